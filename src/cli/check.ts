import { packageVersion } from '../version.ts'
import { checkLines } from './check/check-text.ts'
import { installation, installed, requirements } from './check/checks.ts'
import { checkAdvice, runChecks, withoutPermission } from './check/run-checks.ts'
import { createReader } from './cluster/reader.ts'
import { openCluster } from './cluster/cluster.ts'
import type { ConnectionOptions } from './cluster/connection.ts'
import { InputError } from './input/input-error.ts'
import { plural } from '../plural.ts'
import { NegativeResult } from './output/negative-result.ts'
import { print, printWarning } from './output/print.ts'

export interface CheckOptions extends ConnectionOptions {
  /** Checks only the requirements of an installation. */
  pre?: boolean
  output: 'text' | 'json'
}

/**
 * Checks a cluster before or after the installation. Changes nothing.
 * @throws NegativeResult if a check failed, InputError if most were skipped for lack of permission: nothing is known then
 */
export async function check ({ pre = false, output, ...options }: CheckOptions): Promise<void> {
  const reader = createReader(await openCluster(options, checkAdvice))
  const findings = await runChecks({ ...requirements, ...(pre ? installation : installed) }, reader)
  if (output === 'json') print(JSON.stringify({ version: packageVersion, checks: findings }, null, 2))
  else checkLines(findings).forEach(parts => print(...parts))
  const failed = findings.filter(({ state }) => state === 'failed').map(({ id }) => id)
  if (failed.length > 0) throw new NegativeResult(`${plural(failed.length, 'check')} failed: ${failed.join(', ')}.`)
  reportSkipped(withoutPermission(findings).length, findings.length)
}

/** A caller without permissions must not take a check of nothing for a success. */
function reportSkipped (skipped: number, all: number): void {
  if (skipped === 0) return
  const message = `${skipped} of ${plural(all, 'check')} skipped, since you may not read what they need. ${checkAdvice}`
  if (skipped > all / 2) throw new InputError(message)
  printWarning(message)
}
