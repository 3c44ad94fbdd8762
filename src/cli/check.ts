import { packageVersion } from '../version.ts'
import { checkLines } from './check/check-text.ts'
import { installation, installed, requirements } from './check/checks.ts'
import { checkAdvice, runChecks } from './check/run-checks.ts'
import { createReader } from './cluster/reader.ts'
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

/**
 * Checks a cluster before or after the installation. Changes nothing.
 * @throws NegativeResult if a check failed, so that the exit code tells
 */
export async function check ({ pre = false, output, ...options }: CheckOptions): Promise<void> {
  const reader = createReader(await openCluster(options, checkAdvice))
  const findings = await runChecks({ ...requirements, ...(pre ? installation : installed) }, reader)
  if (output === 'json') print(JSON.stringify({ version: packageVersion, checks: findings }, null, 2))
  else checkLines(findings).forEach(parts => print(...parts))
  const failed = findings.filter(({ state }) => state === 'failed').map(({ id }) => id)
  if (failed.length > 0) throw new NegativeResult(`${plural(failed.length, 'check')} failed: ${failed.join(', ')}.`)
}
