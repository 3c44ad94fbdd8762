import { isOfMembers, pressureOf, type ResourceUse } from '../../view/quota-use.ts'
import type { QuotaUsage, TenantUsage, UsageReport } from '../../view/usage-report.ts'
import type { Style } from '../output/colour.ts'
import { plural } from '../../plural.ts'
import { columns } from '../output/layout.ts'
import { onOneLine, type Part } from '../output/print.ts'
import { bar } from './bar.ts'
import { styled, table } from './table.ts'

export interface UsageLayout {
  isUnicode: boolean
  /** Also resources of which nothing is used. */
  all: boolean
}

const barWidth = 20
const flags: Record<ResourceUse['level'], string> = { ok: '', high: 'above 80 %', full: 'full', exceeded: 'exceeded' }
const styles: Partial<Record<ResourceUse['level'], Style>> = { high: 'yellow', full: 'red', exceeded: 'red' }

/** A line for each quota: the resource with the highest use. */
export function usageTable ({ tenants }: UsageReport, { isUnicode }: UsageLayout): Part[][] {
  const rows = tenants.flatMap(({ tenant, quotas }) => quotas.flatMap(({ namespace, quota, resources }) =>
    resources.filter(isShown).slice(0, 1).map(use =>
      ({ use, row: { cells: [tenant, namespace, quota, ...cellsOf(use, isUnicode)], style: styles[use.level] } }))))
  if (rows.length === 0) return [['no quota is used']]
  const sorted = rows.sort((a, b) => pressureOf(b.use) - pressureOf(a.use)).map(({ row }) => row)
  return [
    ...table(['TENANT', 'NAMESPACE', 'QUOTA', 'HIGHEST USE', '', '', 'USED', ''], sorted),
    ['k8s-mtp usage TENANT shows all resources']
  ]
}

interface Block { title: string, shown: ResourceUse[], hidden: number }

/** For each Tenant its totals, and each quota with a bar for each resource. */
export function usageBars ({ tenants }: UsageReport, layout: UsageLayout): Part[][] {
  if (tenants.length === 0) return [['no quotas found']]
  return tenants.flatMap((tenant, index) => [...index === 0 ? [] : [['']], ...barsOf(tenant, layout)])
}

function barsOf ({ tenant, quotas, totals }: TenantUsage, layout: UsageLayout): Part[][] {
  const sums = totals.length === 0 ? [] : [blockOf('all namespaces', totals, layout)]
  const blocks = [...sums, ...quotas.map(quota => blockOfQuota(quota, layout))]
  // One table for all, so that the bars of a Tenant start in one column.
  const lines = columns(blocks.flatMap(({ shown }) => shown.map(use => cellsOf(use, layout.isUnicode))))
  const hidden = blocks.reduce((sum, block) => sum + block.hidden, 0)
  let next = 0
  return [
    [{ style: 'bold', text: onOneLine(`Tenant ${tenant}`) }],
    ...blocks.filter(({ shown }) => shown.length > 0).flatMap(({ title, shown }) => [
      [`  ${onOneLine(title)}`],
      ...shown.map(({ level }) => [styled(styles[level], `    ${lines[next++] ?? ''}`)])
    ]),
    ...hidden === 0 ? [] : [[`  ${plural(hidden, 'resource')} not listed, hardly used or not at all (--all lists them)`]]
  ]
}

function blockOfQuota ({ namespace, quota, resources }: QuotaUsage, layout: UsageLayout): Block {
  return blockOf(`${namespace}  ${quota}`, resources, layout)
}

function blockOf (title: string, resources: readonly ResourceUse[], { all }: UsageLayout): Block {
  const shown = resources.filter(use => all || isShown(use))
  return { title, shown, hidden: resources.length - shown.length }
}

function isShown (use: ResourceUse): boolean {
  return use.level !== 'ok' || ((use.percent ?? 0) > 0 && isOfMembers(use))
}

function cellsOf ({ resource, used, hard, percent, level }: ResourceUse, isUnicode: boolean): string[] {
  const shown = percent ?? (level === 'exceeded' ? 100 : 0)
  return [resource, bar(shown, barWidth, isUnicode), percent === undefined ? '' : `${percent} %`, `${used} of ${hard}`, flags[level]]
}
