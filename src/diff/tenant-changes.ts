import type { Tenant } from '../api/tenant.ts'
import { roleNameOf } from '../tenancy/desired/role.ts'
import { subjectKey, type ListedSubject } from '../tenancy/subjects/listed-subjects.ts'
import { accessChanges, accessIn } from './effective-access.ts'
import { accessOf, classOf, namespaceChange, noEffects } from './namespace-changes.ts'
import type { NamespaceState } from './namespace-state.ts'
import type { NamespaceChange, TenantChange } from './report.ts'

/** A Tenant with its namespaces, as one side of the comparison has it. */
export interface TenantSide { tenant: Tenant, namespaces: readonly NamespaceState[] }

export function addedTenant ({ tenant, namespaces }: TenantSide, now: Date): TenantChange {
  return {
    name: tenant.metadata.name,
    change: 'added',
    ...pausedIn(tenant),
    namespaces: namespaces.flatMap(state => namespaceChange(undefined, state, now) ?? [])
  }
}

/** Undefined where nothing changes. */
export function changedTenant (before: TenantSide, after: TenantSide, now: Date): TenantChange | undefined {
  const was = new Map(before.namespaces.map(state => [state.name, state]))
  const is = new Set(after.namespaces.map(({ name }) => name))
  const namespaces = [
    ...after.namespaces.flatMap(state => namespaceChange(was.get(state.name), state, now) ?? []),
    ...before.namespaces.filter(({ name }) => !is.has(name)).map(state => unlisted(state, after))
  ]
  const own = ownChanges(before.tenant, after.tenant)
  if (namespaces.length === 0 && Object.keys(own).length === 0) return undefined
  return { name: after.tenant.metadata.name, change: 'changed', ...own, ...pausedIn(after.tenant), namespaces }
}

function ownChanges ({ spec: before }: Tenant, { spec: after }: Tenant): Pick<TenantChange, 'deletionPolicy' | 'paused'> {
  const policies = { before: before.deletionPolicy ?? 'Delete', after: after.deletionPolicy ?? 'Delete' }
  const paused = { before: before.paused === true, after: after.paused === true }
  return {
    ...(policies.before !== policies.after && { deletionPolicy: policies }),
    ...(paused.before !== paused.after && { paused })
  }
}

const pausedIn = ({ spec }: Tenant): Pick<TenantChange, 'isPaused'> => spec.paused === true ? { isPaused: true } : {}

/**
 * A namespace that is no longer listed is kept with everything in it. Only subjects that the Tenant lists nowhere in their role lose
 * their access.
 */
function unlisted (state: NamespaceState, { namespaces }: TenantSide): NamespaceChange {
  const listed = new Set(namespaces.flatMap(({ lists }) => lists).flatMap(({ role, subjects }) =>
    subjects.map(subject => `${role} ${subjectKey(subject)}`)))
  const isKept = (roleObject: string, subject: ListedSubject) => listed.has(`${roleNameOf(roleObject)} ${subjectKey(subject)}`)
  const contents = state.desired.contents.map(manifest => manifest.kind !== 'RoleBinding'
    ? manifest
    : { ...manifest, subjects: (manifest.subjects ?? []).filter(subject => isKept(manifest.roleRef.name, subject)) })
  const access = accessChanges(accessOf(state), accessIn(state.name, contents))
  return { name: state.name, change: 'unlisted', class: classOf(state, undefined), ...noEffects, access }
}

/**
 * A Tenant that is no longer in the input: its namespaces are deleted with it, unless they are kept.
 * @param names of all of its namespaces; those with a state have access that ends
 */
export function removedTenant (
  name: string, names: ReadonlyArray<Pick<NamespaceState, 'name' | 'isKept'>>, states: readonly NamespaceState[] | undefined, now: Date
): TenantChange {
  const byName = new Map((states ?? []).map(state => [state.name, state]))
  return {
    name,
    change: 'removed',
    namespaces: names.map(({ name, isKept }) => {
      const state = byName.get(name)
      const rest = { name, class: classOf(state, undefined) }
      const lost = state === undefined || isKept ? noEffects : namespaceChange(state, undefined, now) ?? noEffects
      return { ...lost, ...rest, change: isKept ? 'kept' : 'deleted' }
    })
  }
}
