import { existingOf } from '../../api/further-namespace.ts'
import { group } from '../../api/group.ts'
import { tenantAndEntry } from '../../api/tenant-namespace.ts'
import type { NamespaceStatus } from '../../api/tenant-status.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'
import type { ConditionState } from './conditions.ts'
import { identityOf, observedState } from './namespace-state.ts'
import { shortenList } from './shorten-list.ts'

export function unlistedProblem (object: ObservedObject): Pick<NamespaceStatus, 'reason' | 'message'> {
  const state = isLeftover(object) ? ', and the Tenant does not have it' : '; it is kept'
  return { reason: 'NamespaceUnlisted', message: `spec.namespaces does not list it${state}. ${remedyOf([object])}` }
}

export function unlistedCondition (unlisted: readonly ObservedObject[]): ConditionState[] {
  if (unlisted.length === 0) return []
  const [left, kept] = [unlisted.filter(isLeftover), unlisted.filter(object => !isLeftover(object))]
  const message = [
    ...about('kept with their data and isolation, since spec.namespaces no longer lists them', kept),
    ...about('not of this Tenant any more, and no longer listed', left)
  ].join('. ')
  return [{ type: 'UnlistedNamespaces', status: 'True', reason: 'NamespaceUnlisted', message }]
}

function about (what: string, objects: readonly ObservedObject[]): string[] {
  return objects.length === 0 ? [] : [`${what}: ${namesOf(objects)}. ${remedyOf(objects)}`]
}

function namesOf (objects: readonly ObservedObject[]): string {
  return shortenList(objects.map(object => identityOf(object).name).sort())
}

/** True where another Tenant has the namespace, or none: only the object that stood for it is left. */
function isLeftover (object: ObservedObject): boolean {
  const { status } = observedState(object)
  return status.phase === 'Conflict' || status.reason === 'NamespaceMissing'
}

/** All of them are leftovers, or none is. */
function remedyOf (unlisted: readonly ObservedObject[]): string {
  if (unlisted.every(isLeftover)) return `Remove what stands for them, ${deletion(unlisted)}`
  const existing = unlisted.filter(isOfExisting)
  const created = unlisted.filter(object => !isOfExisting(object))
  return [
    'Add its entry again',
    ...(created.length > 0 ? [`delete the namespace with its data, ${deletion(created)}`] : []),
    ...(existing.length > 0 ? [releaseOf(existing)] : [])
  ].join('; or ')
}

function isOfExisting ({ metadata }: ObservedObject): boolean {
  return existingOf(tenantAndEntry(metadata.name)[1]) !== undefined
}

function deletion (objects: readonly ObservedObject[]): string {
  return 'as a member of a break-glass group: ' +
    `kubectl delete tenantnamespaces.${group} ${oneOrNAME(objects.map(({ metadata }) => metadata.name))}`
}

function releaseOf (objects: readonly ObservedObject[]): string {
  const [tenant] = tenantAndEntry(objects[0]?.metadata.name ?? '')
  return `release the existing namespace: k8s-mtp release ${tenant} ${oneOrNAME(objects.map(object => identityOf(object).name))}`
}

function oneOrNAME (names: readonly string[]): string {
  return names.length === 1 ? names.join() : `NAME (${shortenList([...names].sort())})`
}
