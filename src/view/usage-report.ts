import { Type, type Static } from '@sinclair/typebox'
import { compareText } from '../kubernetes/compare-text.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { formatQuantity, parseQuantity, type Quantity } from '../kubernetes/quantity.ts'
import { countedResource } from '../kubernetes/quota-resources.ts'
import { NotReadable } from './not-readable.ts'
import { byUse, pressureOf, resourceUse, ResourceUse, usesOf } from './quota-use.ts'

export const QuotaUsage = Type.Object({
  namespace: Type.String({ description: 'Name of the namespace.' }),
  quota: Type.String({ description: 'Name of the ResourceQuota.' }),
  resources: Type.Array(ResourceUse, { description: 'The highest use first.' })
}, { description: 'The use of one quota.' })
export type QuotaUsage = Static<typeof QuotaUsage>

export const TenantUsage = Type.Object({
  tenant: Type.String({ description: 'metadata.name of the Tenant.' }),
  quotas: Type.Array(QuotaUsage, { description: 'The quotas of all its namespaces, the one with the highest use first.' }),
  totals: Type.Array(ResourceUse, {
    description: 'The sums over its namespaces, where it has several. Of several quotas on a resource in a namespace, the lowest counts.'
  })
}, { description: 'The use of the quotas of a Tenant.' })
export type TenantUsage = Static<typeof TenantUsage>

export const UsageReport = Type.Object({
  tenants: Type.Array(TenantUsage, { description: 'The Tenant with the highest use first.' }),
  notReadable: NotReadable
}, { description: 'The output of `k8s-mtp usage -o json`.' })
export type UsageReport = Static<typeof UsageReport>

/** @param tenantOf the Tenant of a namespace; undefined for other namespaces, whose quotas are left out */
export function usageReport (
  quotas: readonly ObservedObject[], tenantOf: (namespace: string) => string | undefined, notReadable: string[] = []
): UsageReport {
  const byTenant = new Map<string, QuotaUsage[]>()
  for (const quota of quotas) {
    const namespace = quota.metadata.namespace ?? ''
    const tenant = tenantOf(namespace)
    if (tenant === undefined) continue
    byTenant.set(tenant, [...byTenant.get(tenant) ?? [], { namespace, quota: quota.metadata.name, resources: usesOf(quota) }])
  }
  const tenants = [...byTenant].map(([tenant, used]) => ({ tenant, quotas: used.sort(byHighest), totals: totalsOf(used) }))
  return { tenants: tenants.sort(byHighestOfTenant), notReadable }
}

function highest (resources: readonly ResourceUse[]): number {
  return Math.max(0, ...resources.map(pressureOf))
}

function byHighest (a: QuotaUsage, b: QuotaUsage): number {
  return highest(b.resources) - highest(a.resources) || compareText(a.namespace, b.namespace) || compareText(a.quota, b.quota)
}

function byHighestOfTenant (a: TenantUsage, b: TenantUsage): number {
  const of = ({ quotas }: TenantUsage) => highest(quotas.flatMap(({ resources }) => resources))
  return of(b) - of(a) || compareText(a.tenant, b.tenant)
}

/** Empty for a single namespace, whose quotas are the totals. */
function totalsOf (quotas: readonly QuotaUsage[]): ResourceUse[] {
  if (new Set(quotas.map(({ namespace }) => namespace)).size < 2) return []
  const sums = new Map<string, { used: Quantity, hard: Quantity }>()
  for (const { resource, used, hard } of lowestByNamespace(quotas)) {
    const before = sums.get(resource)
    sums.set(resource, { used: sum(before?.used, used), hard: sum(before?.hard, hard) })
  }
  return [...sums].flatMap(([resource, { used, hard }]) =>
    resourceUse(resource, formatQuantity(used), formatQuantity(hard)) ?? []).sort(byUse)
}

interface Counted { resource: string, used: string, hard: string }

function lowestByNamespace (quotas: readonly QuotaUsage[]): Counted[] {
  const lowest = new Map<string, Counted>()
  for (const { namespace, resources } of quotas) {
    for (const { resource: name, used, hard } of resources) {
      const resource = countedResource(name)
      const key = `${namespace}/${resource}`
      const other = lowest.get(key)
      if (other === undefined || milliOf(hard) < milliOf(other.hard)) lowest.set(key, { resource, used, hard })
    }
  }
  return [...lowest.values()]
}

function milliOf (amount: string): bigint {
  return parseQuantity(amount)?.milli ?? 0n
}

/** In binary units as soon as one of them is. */
function sum (before: Quantity | undefined, amount: string): Quantity {
  const added = parseQuantity(amount) ?? { milli: 0n, format: 'decimal' }
  const format = before?.format === 'binary' || added.format === 'binary' ? 'binary' : 'decimal'
  return { milli: (before?.milli ?? 0n) + added.milli, format }
}
