import { group, labels, lastAppliedAnnotation, manager, ownershipLabel } from '../api/group.ts'
import { isNamespace, type ObservedObject } from '../kubernetes/object.ts'
import { isKeeper } from '../tenancy/observed/ownership.ts'
import { isReferenceTo } from './owners.ts'

/** A merge patch of an object's metadata. */
export interface Patch {
  object: ObservedObject
  metadata: Record<string, unknown>
}

/** Removes the ownership label; Metacontroller then removes its ownerReference. */
export function ownershipPatch (object: ObservedObject): Patch {
  return { object, metadata: { uid: object.metadata.uid, labels: { [ownershipLabel]: null } } }
}

/**
 * Removes all metadata by which an object is managed; its content stays. Where the Tenant is gone, also the reference
 * to it, which no controller removes. Undefined where there is nothing to remove.
 */
export function managedMetadataPatch (object: ObservedObject, tenantName: string): Patch | undefined {
  const { uid, resourceVersion, labels: found = {}, annotations: foundAnnotations = {}, ownerReferences = [] } = object.metadata
  const managedLabels = Object.keys(found).filter(key => isManagedLabel(key) || (key === labels.managedBy && found[key] === manager))
  const annotations = Object.keys(foundAnnotations).filter(key => key.startsWith(`${group}/`) || key === lastAppliedAnnotation)
  const others = ownerReferences.filter(reference => !isReferenceTo(tenantName, reference) && !(isNamespace(object) && isKeeper(reference)))
  if (managedLabels.length + annotations.length === 0 && others.length === ownerReferences.length) return undefined
  return {
    object,
    metadata: {
      uid,
      ...(managedLabels.length > 0 && { labels: removing(managedLabels) }),
      ...(annotations.length > 0 && { annotations: removing(annotations) }),
      // A merge patch replaces the whole list, so it must not have changed meanwhile.
      ...(others.length < ownerReferences.length && { resourceVersion, ownerReferences: others })
    }
  }
}

function isManagedLabel (key: string): boolean {
  return key === ownershipLabel || key.startsWith(`${group}/`)
}

function removing (keys: string[]): Record<string, null> {
  return Object.fromEntries(keys.map(key => [key, null]))
}
