import { docsAddress } from '../api/group.ts'
import { families as allFamilies } from '../verify/families.ts'
import { summaryOf, undecidedReasons, verdictOf, type VerifyReport } from '../verify/report.ts'
import { packageVersion } from '../version.ts'
import { openCluster, type Cluster } from './cluster/cluster.ts'
import type { ConnectionOptions } from './cluster/connection.ts'
import { InputError } from './input/input-error.ts'
import { plural } from '../plural.ts'
import { exitCodes } from './output/exit-codes.ts'
import { NegativeResult } from './output/negative-result.ts'
import { print } from './output/print.ts'
import { boundedResources, refusedWorkloads } from './recheck/refused-workloads.ts'
import { liveApi } from './verify/live-api.ts'
import { createProgress, type Progress } from './verify/progress.ts'
import { runChecks } from './verify/run-checks.ts'
import { readTargets, type Wanted } from './verify/targets.ts'
import { verifyLines } from './verify/verify-text.ts'

export interface VerifyOptions extends Omit<ConnectionOptions, 'as' | 'asGroup'> {
  all?: boolean
  asTenantOf?: string
  output: 'text' | 'json' | 'html'
}

const advice = 'This command reads objects, asks about the access of subjects (create subjectaccessreviews), and sends dry runs as them ' +
  '(impersonate users, groups and serviceaccounts). A cluster admin may do all of it.'

/**
 * Verifies the isolation of namespaces by asking the API server as their subjects. Writes nothing: everything is read, an access review,
 * or a dry run.
 * @throws NegativeResult if a check failed (exit code 1), or an essential one was not decided (2)
 */
export async function verify (tenants: readonly string[], { all = false, asTenantOf, output, ...options }: VerifyOptions): Promise<void> {
  const chosen = [tenants.length > 0, all, asTenantOf !== undefined].filter(Boolean).length
  if (chosen !== 1) throw new InputError('name Tenants, or set either --all or --as-tenant-of.')
  const cluster = await openCluster(options, advice)
  const progress = createProgress(process.stderr)
  const report = await verifyCluster(cluster, { tenants, all, asTenantOf }, new Date(), progress).finally(() => progress.end())
  await printReport(report, output)
  endBy(report)
}

/** @throws NegativeResult unless all essential checks are decided, and none failed */
function endBy ({ summary, namespaces }: VerifyReport): void {
  const verdict = verdictOf(summary)
  if (verdict === 'failed') throw new NegativeResult(`${plural(summary.failed, 'check')} failed.`)
  if (verdict !== 'undecided') return
  const [first = 'no check was decided', ...others] = undecidedReasons(namespaces.flatMap(({ checks }) => checks))
  const more = others.length === 0 ? '' : ` ${plural(others.length, 'further reason')} in the report.`
  throw new NegativeResult(`not decided: ${plural(summary.undecided, 'essential check')}. ${withEnd(first)}${more} ` +
    `The permissions that this command needs: ${docsAddress}/verify.md#what-it-needs`, exitCodes.unusable)
}

const withEnd = (text: string): string => text.endsWith('.') ? text : `${text}.`

/** Verifies the wanted namespaces one after the other. */
export async function verifyCluster (cluster: Cluster, wanted: Wanted, now: Date, progress?: Progress): Promise<VerifyReport> {
  const api = liveApi(cluster)
  const bounded = await boundedResources(cluster)
  const families = allFamilies(async namespace => await refusedWorkloads(cluster, bounded, namespace))
  const { targets, state } = await readTargets(cluster, api, wanted, now)
  const namespaces = []
  for (const [index, target] of targets.entries()) {
    const onCheck = (id: string) => progress?.show(`${index + 1}/${targets.length} ${target.name}: ${id}`)
    namespaces.push(await runChecks(target, { state, api, families }, onCheck))
  }
  const summary = summaryOf(namespaces.flatMap(({ checks }) => checks))
  return { version: packageVersion, kubernetes: await cluster.serverVersion(), time: now.toISOString(), summary, namespaces }
}

async function printReport (report: VerifyReport, output: string): Promise<void> {
  if (output === 'json') return print(JSON.stringify(report, null, 2))
  const titles = allFamilies(async () => []).map(({ id, title }) => ({ id, title }))
  if (output === 'text') return verifyLines(report, titles).forEach(line => print(...line))
  const { verifyPage } = await import('./verify/html/page.ts')
  print(verifyPage(report, titles))
}
