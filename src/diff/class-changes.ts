import type { TenantClass } from '../api/tenant-class.ts'
import { fieldChanges } from '../adoption/field-changes.ts'
import { differencesBetween } from '../kubernetes/json.ts'
import { plainTenant } from '../tenancy/desired/plain-tenant.ts'
import { roleChanges } from './effective-access.ts'
import { accessOf, effectsBetween, hasEffects, noEffects } from './namespace-changes.ts'
import { tenantState, type Classes, type NamespaceState, type StateProblem } from './namespace-state.ts'
import type { BoundChange, ClassChange, Effects, NamespaceChange } from './report.ts'

/** The namespace of any Tenant of the class, or the problems that each of them would have. */
export function plainState (tenantClass: TenantClass, now: Date): { state?: NamespaceState | undefined, problems: StateProblem[] } {
  const classes: Classes = new Map([[tenantClass.metadata.name, tenantClass]])
  const { namespaces: [state], problems } = tenantState(plainTenant(tenantClass), classes, now)
  return { state, problems }
}

type Side = { tenantClass: TenantClass, state: NamespaceState | undefined } | undefined

/** Describes the change of a class; undefined where there is none. */
export function classChange (name: string, before: Side, after: Side, now: Date): ClassChange | undefined {
  const rest = { roles: [], overrides: [], tenants: [], namespaces: 0 }
  if (before === undefined || after === undefined) {
    if (before === after) return undefined
    return { name, change: before === undefined ? 'added' : 'removed', ...noEffects, ...rest }
  }
  const isComparable = before.state !== undefined && after.state !== undefined
  const effects = isComparable ? effectsBetween(before.state, after.state, now) : noEffects
  const roles = isComparable ? roleChanges(accessOf(before.state), accessOf(after.state)) : []
  const overrides = otherChanges(before.tenantClass, after.tenantClass, hasEffects(effects) || roles.length > 0)
  return { name, change: 'changed', ...effects, ...rest, roles, overrides }
}

/** Changes of the class that no effect shows: what Tenants may override, and otherwise fields that differ in form only. */
function otherChanges (before: TenantClass, after: TenantClass, hasOthers: boolean): ClassChange['overrides'] {
  const read = ({ spec }: TenantClass) => hasOthers
    ? { overrides: spec.overrides, namespaceMetadata: { reservedPrefixes: spec.namespaceMetadata?.reservedPrefixes } }
    : spec
  return fieldChanges(differencesBetween(read(before), read(after))).map(({ field, from, to }) => ({ field, before: from, after: to }))
}

/** A text that is equal for equal effects on namespaces of different Tenants. */
export function signatureOf (effects: Effects, namespace: string, tenantName: string): string {
  const { access, expiry, quotas, limits, network, bounds, metadata } = effects
  const rules = (list: Effects['access'][number]['gained']) => list.map(rule =>
    rule.resourceNames?.[0] === namespace ? { ...rule, resourceNames: [] } : rule)
  return JSON.stringify({
    access: access.map(({ subjects, roles, gained, lost }) => [
      // With the same roles as before, the class changes them for all subjects.
      roles.before.join() === roles.after.join() ? [] : subjects, roles, rules(gained), rules(lost)
    ]),
    expiry,
    quotas,
    limits,
    network,
    metadata,
    bounds: bounds.map(bound => ofAnyTenant(bound, tenantName))
  })
}

/** A bound with `{tenant}` in host names, as its class has it. */
export function ofAnyTenant (bound: BoundChange, tenantName: string): BoundChange {
  if (bound.field !== 'hostNames') return bound
  const patterns = (names: readonly string[]) =>
    names.map(name => name.split('.').map(label => label === tenantName ? '{tenant}' : label).join('.'))
  const { added, removed } = bound
  return { ...bound, ...(added !== undefined && { added: patterns(added) }), ...(removed !== undefined && { removed: patterns(removed) }) }
}

/** Whether all effects on a namespace are those of its changed class. Roles of the class change for all who have them. */
export function isByClass (change: NamespaceChange, tenantName: string, ofClass: ClassChange): boolean {
  if (change.change !== 'changed' || change.class.before !== change.class.after || change.deletionPolicy !== undefined) return false
  const hasSameRoles = change.access.every(({ roles }) => roles.before.join() === roles.after.join())
  const withoutAccess = (effects: Effects) => signatureOf({ ...effects, access: [] }, change.name, tenantName)
  return hasSameRoles && withoutAccess(change) === withoutAccess(ofClass)
}
