import { keeper } from '../../api/existing-namespace.ts'
import { labels, manager } from '../../api/group.ts'
import { isNamespace, type ObservedObject, type OwnerReference } from '../../kubernetes/object.ts'
import type { Owner } from './loose-tenant.ts'
import type { ObservedState } from './observed-state.ts'

export function isKeeper ({ apiVersion, kind, name }: OwnerReference): boolean {
  return apiVersion === keeper.apiVersion && kind === keeper.kind && name === keeper.name
}

/** True for an existing namespace that the garbage collector does not delete with its Tenant. */
export function isKept ({ metadata }: ObservedObject): boolean {
  return metadata.ownerReferences?.some(isKeeper) === true
}

/** True for the namespace of the Tenant, and for objects in it with our labels. */
export function isProducedBy (owner: Owner, { apiVersion, kind, metadata }: ObservedObject): boolean {
  if (isNamespace({ apiVersion, kind })) return metadata.name === owner.namespace
  return metadata.namespace === owner.namespace &&
    metadata.labels?.[labels.managedBy] === manager &&
    metadata.labels[labels.tenant] === owner.name
}

/**
 * Lists objects that another user gave to the Tenant by its ownership label. Metacontroller adopts them, and deletes
 * them if they are not returned, namespaces with all data included. While the desired state is unknown (undefined), only
 * objects outside the tenant's namespace are known to be unmanaged.
 * Source: https://metacontroller.github.io/metacontroller/api/compositecontroller.html#label-selector
 */
export function unmanagedChildren (owner: Owner, { children }: ObservedState, desired: ReadonlySet<string> | undefined): ObservedObject[] {
  const isUnmanaged = (key: string, child: ObservedObject) =>
    desired === undefined ? isElsewhere(owner, child) : !desired.has(key) && !isProducedBy(owner, child)
  return [...children].filter(([key, child]) => isUnmanaged(key, child)).map(([, child]) => child)
}

function isElsewhere ({ namespace }: Owner, child: ObservedObject): boolean {
  return (isNamespace(child) ? child.metadata.name : child.metadata.namespace) !== namespace
}
