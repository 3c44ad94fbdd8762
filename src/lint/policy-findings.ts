import type { TenantClass } from '../api/tenant-class.ts'
import type { Tenant } from '../api/tenant.ts'
import { desiredFor } from '../tenancy/desired/desired-state.ts'
import { plainTenant } from '../tenancy/desired/plain-tenant.ts'
import type { TenantOfEntry } from '../tenancy/desired/tenant-of-entry.ts'
import type { FieldProblem } from '../tenancy/policy/problem.ts'
import { findingAt, ruleOf, type Finding } from './finding.ts'
import type { Sourced } from './source.ts'

/** Reports what puts a Tenant on hold, in the Tenant or in its class. */
export function problemFindings (
  problems: readonly FieldProblem[], { tenant, tenantClass }: { tenant: Sourced<Tenant>, tenantClass: Sourced<TenantClass> }
): Finding[] {
  return problems.map(problem => {
    const { source } = problem.reason === 'ClassInvalid' ? tenantClass : tenant
    return findingAt(source, problem.reason === 'OverrideNotAllowed' ? 'override-not-allowed' : ruleOf(problem), problem)
  })
}

/** Checks a namespace against its class. */
export function policyFindings (tenant: Sourced<TenantOfEntry>, tenantClass: Sourced<TenantClass>, now: Date): Finding[] {
  return problemFindings(desiredFor(tenant.object, tenantClass.object, now).problems ?? [], { tenant, tenantClass })
}

/** Checks a class against a Tenant without overrides. */
export function classFindings (tenantClass: Sourced<TenantClass>, now: Date): Finding[] {
  return policyFindings({ ...tenantClass, object: plainTenant(tenantClass.object) }, tenantClass, now)
}

/**
 * @param existing names of the classes that exist
 * @param isByPath true where the input has classes by their paths, so that one may be missing
 */
export function unknownClass (
  { object: { spec: { className } }, source }: Sourced<TenantOfEntry>, existing: readonly string[], isByPath = existing.length === 0
): Finding {
  const others = existing.length === 0 ? '' : `, or use one of: ${existing.join(', ')}`
  const path = isByPath ? ' If it exists, add the path of the classes to the command, such as classes/.' : ''
  const message = `TenantClass ${className} does not exist. Create it${others}.${path}`
  return findingAt(source, 'unknown-class', { path: ['spec', 'className'], message })
}
