import { conditionOf } from '../kubernetes/conditions.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { ok, warning, type Result } from './finding.ts'

export function readyTenants (tenants: readonly ObservedObject[]): Result {
  const others = tenants.filter(tenant => conditionOf(tenant, 'Ready')?.status !== 'True')
  const [first] = others
  if (first === undefined) return ok(tenants.length === 0 ? 'no Tenant exists' : `${tenants.length} of ${tenants.length} Tenants are Ready`)
  const condition = conditionOf(first, 'Ready')
  const reason = condition?.reason || 'it has no status yet'
  return warning(`${tenants.length - others.length} of ${tenants.length} Tenants are Ready; ${first.metadata.name} is not: ${reason}`,
    condition?.message || `Look for the reason: kubectl describe tenant ${first.metadata.name}`)
}
