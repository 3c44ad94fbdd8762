import { existingOf } from '../api/further-namespace.ts'
import { apiVersion, group, ownershipLabel } from '../api/group.ts'
import { tenantAndEntry, tenantNamespaceName } from '../api/tenant-namespace.ts'
import { tenantNamespaceKind } from '../tenancy/desired/child-kinds.ts'
import type { ObservedTenant } from '../tenancy/observed/loose-tenant.ts'
import { isFields } from '../kubernetes/json.ts'
import { isKeeper } from '../tenancy/observed/ownership.ts'
import { groupOf, isNamespace, type ObservedObject, type OwnerReference } from '../kubernetes/object.ts'

export function isTenantReference ({ apiVersion = '', kind }: OwnerReference): boolean {
  return (kind === 'Tenant' || kind === 'TenantNamespace') && groupOf(apiVersion) === group
}

/** True for a reference to the Tenant of this name, or to one of its TenantNamespaces. */
export function isReferenceTo (tenantName: string, reference: OwnerReference): boolean {
  return isTenantReference(reference) && tenantAndEntry(reference.name ?? '')[0] === tenantName
}

export function isOwnedBy ({ metadata }: ObservedObject, uid: string): boolean {
  return metadata.ownerReferences?.some(reference => reference.uid === uid) === true
}

/** A reference as Metacontroller writes it. */
export type Owner = Required<OwnerReference> & { blockOwnerDeletion: true }

/**
 * The reference to a Tenant, or to the TenantNamespace that it was read from. The garbage collector deletes an object whose owner does
 * not exist under its kind, name and uid.
 */
export function ownerReferenceTo ({ metadata: { name, uid }, entry }: ObservedTenant): Owner {
  const owner = entry === undefined ? { kind: 'Tenant', name } : { kind: tenantNamespaceKind.kind, name: tenantNamespaceName(name, entry) }
  return { apiVersion, ...owner, uid, controller: true, blockOwnerDeletion: true }
}

/** True for an existing namespace that outlives its Tenant, which a second owner ensures. */
export function needsKeeper ({ entry = '', spec }: ObservedTenant): boolean {
  return existingOf(entry) !== undefined && isFields(spec) && spec['deletionPolicy'] === 'Retain'
}

export function isControlledBy ({ metadata }: ObservedObject, { kind, name, uid }: Owner): boolean {
  return metadata.ownerReferences?.some(reference => reference.uid === uid && reference.kind === kind && reference.name === name &&
    reference.controller === true) === true
}

export function hasLabelOf ({ metadata }: ObservedObject, uid: string): boolean {
  return metadata.labels?.[ownershipLabel] === uid
}

/** `Database.example.com/main`; without the group, which k8s-mtp's own kinds lack too, the Tenant of another tool would look like ours. */
export function ownerName ({ apiVersion = '', kind = '', name = '' }: OwnerReference): string {
  const group = groupOf(apiVersion)
  return `${kind}${group === '' ? '' : `.${group}`}/${name}`
}

/**
 * Names the owner that prevents an adoption: Metacontroller skips objects with a controller, and the label of another
 * existing Tenant means that this Tenant is about to adopt the object. A namespace has no other owner at all: Capsule is none that is a
 * controller, and manages it.
 */
export function otherOwner (object: ObservedObject, uid: string, owners: ReadonlyMap<string, string>): string | undefined {
  const other = object.metadata.ownerReferences?.find(reference =>
    (reference.controller === true || isNamespace(object)) && reference.uid !== uid && owners.has(reference.uid) && !isKeeper(reference))
  if (other !== undefined) return owners.get(other.uid)
  const labelled = object.metadata.labels?.[ownershipLabel]
  return labelled === undefined || labelled === uid ? undefined : owners.get(labelled)
}

/**
 * Lists references to owners that no longer exist, such as the Tenant before a restore. They keep Metacontroller from
 * adopting the object, and the garbage collector deletes an object that has no other owner.
 */
export function danglingOwners ({ metadata }: ObservedObject, uid: string, owners: ReadonlyMap<string, string>): OwnerReference[] {
  return (metadata.ownerReferences ?? []).filter(reference => reference.uid !== uid && !owners.has(reference.uid))
}
