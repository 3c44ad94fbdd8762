import { docsAddress } from '../api/group.ts'
import type { TenantClass } from '../api/tenant-class.ts'
import type { Tenant } from '../api/tenant.ts'
import { classInconsistencies, tenantInconsistencies, type Inconsistency } from '../tenancy/policy/consistency.ts'
import { grantedReach } from '../tenancy/policy/granted-reach.ts'
import type { TenantOfEntry } from '../tenancy/desired/tenant-of-entry.ts'
import { findingAt, ruleOf, type Finding } from './finding.ts'
import type { Source, Sourced } from './source.ts'

/** Reports permissions of a valid class that reach beyond the namespaces of its Tenants, at the first rule that grants them. */
export function reachFindings ({ object, source }: Sourced<TenantClass>): Finding[] {
  return grantedReach(object).map(({ project, granted, path, why, remedy }) => {
    const message = `lets members write ${granted.join(', ')}: ${why}. ${remedy === undefined ? '' : `${remedy}. `}` +
      `See ${docsAddress}/reference/reaching-kinds.md#${project.toLowerCase().replaceAll(' ', '-')}`
    return findingAt(source, 'reaching-permissions', { path, message })
  })
}

/** Reports amounts of a valid class that cannot be used together. */
export function classAmounts ({ object, source }: Sourced<TenantClass>): Finding[] {
  return classInconsistencies(object).map(found => amountFinding(source, found))
}

const inconsistencies = new WeakMap<TenantClass, Map<string, Inconsistency[]>>()

/** Reports amounts that the overrides of a namespace make unusable. Many Tenants have none, or the same. */
export function overriddenAmounts ({ object, source }: Sourced<TenantOfEntry>, tenantClass: TenantClass): Finding[] {
  const { quotas, limits } = object.spec
  if (quotas === undefined && limits === undefined) return []
  const known = inconsistencies.get(tenantClass) ?? new Map<string, Inconsistency[]>()
  inconsistencies.set(tenantClass, known)
  const key = JSON.stringify([quotas, limits])
  const found = known.get(key) ?? tenantInconsistencies(object, tenantClass)
  known.set(key, found)
  return found.map(each => amountFinding(source, each))
}

function amountFinding (source: Source, { rule, path, message }: Inconsistency): Finding {
  return findingAt(source, ruleOf({ rule }), { path, message: `${message}. See ${docsAddress}/classes.md#${rule}` })
}

export function privilegedPods ({ object: { spec }, source }: Sourced<TenantClass>): Finding[] {
  if (spec.podSecurity.enforce !== 'privileged') return []
  const message = 'privileged pods can take over their node, and with it other Tenants. Use restricted or baseline, or nodes of their own'
  return [findingAt(source, 'privileged-pods', { path: ['spec', 'podSecurity', 'enforce'], message })]
}

/** Reports classes that no Tenant of the input uses, unless the input has no Tenant. */
export function unusedClasses (classes: ReadonlyArray<Sourced<TenantClass>>, tenants: ReadonlyArray<Sourced<Tenant>>): Finding[] {
  if (tenants.length === 0) return []
  const used = new Set(tenants.flatMap(({ object: { spec } }) =>
    [spec.className, ...(spec.namespaces ?? []).map(entry => entry.className ?? spec.className)]))
  return classes.filter(({ object }) => !used.has(object.metadata.name)).map(({ object, source }) => findingAt(source, 'unused-class', {
    path: ['metadata', 'name'],
    message: `no Tenant here uses TenantClass ${object.metadata.name}. Remove it, unless Tenants elsewhere do`
  }))
}
