import { labels, manager } from '../../api/group.ts'
import { isNamespace, type Observed, type ObservedObject } from '../../kubernetes/object.ts'

/** The tenant that children are judged for: its name, and the name of its namespace where that can be told. */
export interface Owner {
  tenant: string
  namespace: string | undefined
}

/** True for the namespace of the tenant, and for what lies in it and bears our labels. */
export function isMadeBy (owner: Owner, { apiVersion, kind, metadata }: ObservedObject): boolean {
  if (isNamespace({ apiVersion, kind })) return metadata.name === owner.namespace
  return metadata.namespace === owner.namespace &&
    metadata.labels?.[labels.managedBy] === manager &&
    metadata.labels[labels.tenant] === owner.tenant
}

/**
 * Objects that became the Tenant's by a label that somebody put on them. Metacontroller adopts such objects and deletes
 * them where they are not returned, namespaces with all their data included. Without knowing what is desired, only what
 * lies outside of the tenant's namespace is known to be foreign.
 * Source: https://metacontroller.github.io/metacontroller/api/compositecontroller.html#label-selector
 */
export function foreignChildren (owner: Owner, { children }: Observed, desired: ReadonlySet<string> | undefined): ObservedObject[] {
  return [...children].filter(([key, child]) => desired === undefined ? isElsewhere(owner, child) : !desired.has(key) && !isMadeBy(owner, child))
    .map(([, child]) => child)
}

function isElsewhere ({ namespace }: Owner, child: ObservedObject): boolean {
  return (isNamespace(child) ? child.metadata.name : child.metadata.namespace) !== namespace
}
