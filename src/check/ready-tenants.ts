import { fieldsAt, isFields, textAt, type Fields } from '../kubernetes/json.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { ok, warning, type Result } from './finding.ts'

export function readyTenants (tenants: readonly ObservedObject[]): Result {
  const others = tenants.filter(tenant => readyCondition(tenant)['status'] !== 'True')
  const [first] = others
  if (first === undefined) return ok(tenants.length === 0 ? 'no Tenant exists' : `${tenants.length} of ${tenants.length} Tenants are Ready`)
  const condition = readyCondition(first)
  const reason = textAt(condition, 'reason') || 'it has no status yet'
  return warning(`${tenants.length - others.length} of ${tenants.length} Tenants are Ready; ${first.metadata.name} is not: ${reason}`,
    textAt(condition, 'message') || `Look for the reason: kubectl describe tenant ${first.metadata.name}`)
}

function readyCondition (tenant: ObservedObject): Fields {
  const { conditions } = fieldsAt(tenant, 'status')
  return (Array.isArray(conditions) ? conditions.filter(isFields) : []).find(({ type }) => type === 'Ready') ?? {}
}
