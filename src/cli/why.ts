import { InputError } from './input/input-error.ts'
import { NegativeResult } from './output/negative-result.ts'
import { print, printLines } from './output/print.ts'
import { warnOfNotReadable } from './view/not-readable-text.ts'
import type { ViewOptions } from './view/scope.ts'
import { whyLines } from './view/why-text.ts'
import { openTarget } from './view/why-target.ts'
import { readCauses } from './view/read-causes.ts'

export type WhyOptions = Omit<ViewOptions, 'namespace'>

/**
 * Explains why a Tenant or namespace is not Ready, why workloads in it have no pods, and why pods do not start.
 * @throws NegativeResult if it is not Ready, InputError if that is not readable
 */
export async function why (name: string, options: WhyOptions): Promise<void> {
  const target = await openTarget(name, options)
  const report = await readCauses(target)
  warnOfNotReadable(report)
  if (options.output === 'json') print(JSON.stringify(report, null, 2))
  else printLines(whyLines(report))
  if (report.ready === 'False') throw new NegativeResult(`${report.about} is not Ready.`)
  if (report.ready === 'Unknown') {
    throw new InputError(`it is unknown whether ${report.about} is Ready, since you may not read its Tenant. Ask the platform team.`)
  }
}
