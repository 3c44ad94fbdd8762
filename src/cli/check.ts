import { skipped, type Finding, type Result } from '../check/finding.ts'
import { packageVersion } from '../version.ts'
import { checkLines } from './check/check-text.ts'
import { installation, installed, requirements, type Check } from './check/checks.ts'
import { createReader, type Reader } from './check/reader.ts'
import { ClusterError } from './cluster/cluster-error.ts'
import { openCluster } from './cluster/cluster.ts'
import type { ConnectionOptions } from './cluster/connection.ts'
import { plural } from './output/layout.ts'
import { NegativeResult } from './output/negative-result.ts'
import { print } from './output/print.ts'

export interface CheckOptions extends ConnectionOptions {
  /** Checks only the requirements of an installation. */
  pre?: boolean
  output: 'text' | 'json'
}

const advice = 'Grant it, or run the command as a cluster admin.'

/**
 * Checks a cluster before or after the installation. Changes nothing.
 * @throws NegativeResult if a check failed, so that the exit code tells
 */
export async function check ({ pre = false, output, ...options }: CheckOptions): Promise<void> {
  const reader = createReader(await openCluster(options, advice))
  const findings = await run({ ...requirements, ...(pre ? installation : installed) }, reader)
  if (output === 'json') print(JSON.stringify({ version: packageVersion, checks: findings }, null, 2))
  else checkLines(findings).forEach(parts => print(...parts))
  const failed = findings.filter(({ state }) => state === 'failed').map(({ id }) => id)
  if (failed.length > 0) throw new NegativeResult(`${plural(failed.length, 'check')} failed: ${failed.join(', ')}.`)
}

async function run (checks: Readonly<Record<string, Check>>, reader: Reader): Promise<Finding[]> {
  return await Promise.all(Object.entries(checks).map(async ([id, decide]) => ({ id, ...await decide(reader).catch(skippedBecause) })))
}

/** The caller may lack a permission, and the cluster a kind; other errors end the command. */
function skippedBecause (error: unknown): Result {
  if (!(error instanceof ClusterError)) throw error
  if (error.code === 403) return skipped(error.response, advice)
  if (error.code === 404) {
    return skipped('the API server does not serve a kind that this check reads', 'Install k8s-mtp first. See the check crds.')
  }
  throw error
}
