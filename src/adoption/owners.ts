import { group, ownershipLabel } from '../api/group.ts'
import type { ObservedObject, OwnerReference } from '../kubernetes/object.ts'

export function isTenantReference ({ apiVersion, kind }: OwnerReference): boolean {
  return kind === 'Tenant' && apiVersion?.split('/')[0] === group
}

export function isOwnedBy ({ metadata }: ObservedObject, uid: string): boolean {
  return metadata.ownerReferences?.some(reference => reference.uid === uid) === true
}

export function hasLabelOf ({ metadata }: ObservedObject, uid: string): boolean {
  return metadata.labels?.[ownershipLabel] === uid
}

/**
 * Who stands in the way of an object becoming a Tenant's, as people say it: Metacontroller passes over what has a controller
 * already, and a label of another Tenant that lives says that the object is about to become that one's.
 */
export function otherOwner (object: ObservedObject, uid: string, owners: ReadonlyMap<string, string>): string | undefined {
  const controller = object.metadata.ownerReferences?.find(reference => reference.controller === true && reference.uid !== uid && owners.has(reference.uid))
  if (controller !== undefined) return owners.get(controller.uid)
  const labelled = object.metadata.labels?.[ownershipLabel]
  return labelled === undefined || labelled === uid ? undefined : owners.get(labelled)
}

/**
 * References to owners that are not there any more, such as a Tenant of before a restore. They keep Metacontroller away, and the garbage
 * collector deletes what has no other owner.
 */
export function danglingOwners ({ metadata }: ObservedObject, uid: string, owners: ReadonlyMap<string, string>): OwnerReference[] {
  return (metadata.ownerReferences ?? []).filter(reference => reference.uid !== uid && !owners.has(reference.uid))
}
