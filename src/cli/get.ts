import { group } from '../api/group.ts'
import { workloadPolicyName } from '../tenancy/desired/workload-policy-manifest.ts'
import { compareText } from '../kubernetes/compare-text.ts'
import { byNamespace } from '../view/tenant-namespaces.ts'
import { summaryOf, summaryOfNamespace, type TenantSummaries, type TenantSummary } from '../view/tenant-summary.ts'
import { resources } from '../kubernetes/resources.ts'
import { print, printLines } from './output/print.ts'
import { tenantDetails, tenantTable, type GetLayout } from './view/get-text.ts'
import { warnOfNotReadable } from './view/not-readable-text.ts'
import { listInScope, note, openScope, withTenant, type Scope, type ViewOptions } from './view/scope.ts'

/** Shows Tenants. One that is named, and the only one of a member, is shown in full. */
export async function get (names: readonly string[], options: ViewOptions): Promise<void> {
  const scope = await withTenant(await openScope(names, options))
  const tenants = await summariesIn(scope)
  if (options.output !== 'name') warnOfNotReadable(scope)
  await printAs(options.output, { tenants, notReadable: scope.notReadable }, scope.only !== undefined && tenants.length === 1)
}

async function summariesIn (scope: Scope): Promise<TenantSummary[]> {
  const quotas = byNamespace(await listInScope(scope, resources.quotas))
  const { reader: { cluster }, tenants, namespace } = scope
  if (tenants.length > 0 || namespace === undefined) {
    return tenants.map(tenant => summaryOf(tenant, quotas)).sort((a, b) => compareText(a.name, b.name))
  }
  const place = { namespace: namespace.metadata.name, name: workloadPolicyName }
  return [summaryOfNamespace(namespace, await note(scope, cluster.find(resources.workloadPolicies, place)), quotas)]
}

async function printAs (format: string, summaries: TenantSummaries, isSingle: boolean): Promise<void> {
  const layout: GetLayout = { now: new Date(), isWide: format === 'wide' }
  const [first] = summaries.tenants
  if (format === 'json') print(JSON.stringify(summaries, null, 2))
  else if (format === 'yaml') print((await import('./view/yaml-text.ts')).yamlText(summaries))
  else if (format === 'name') summaries.tenants.forEach(({ name }) => print(`tenant.${group}/${name}`))
  else printLines(isSingle && first !== undefined && format === 'text' ? tenantDetails(first, layout) : tenantTable(summaries, layout))
}
