import { group, labels, lastAppliedAnnotation, manager, ownershipLabel } from '../api/group.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { isTenantReference } from './owners.ts'

/** A merge patch of an object's metadata. */
export interface Patch {
  object: ObservedObject
  metadata: Record<string, unknown>
}

/** Metacontroller then takes its ownerReference off by itself. */
export function withoutLabel (object: ObservedObject): Patch {
  return { object, metadata: { uid: object.metadata.uid, labels: { [ownershipLabel]: null } } }
}

/**
 * Takes off everything that says an object is of k8s-mtp, so that nothing guards it any more; what it is and does stays. Of a Tenant that
 * is gone also the reference to it, as there is nobody else to do it. Undefined where there is nothing to take off.
 */
export function markPatch (object: ObservedObject, tenantName: string): Patch | undefined {
  const { uid, resourceVersion, labels: found = {}, annotations = {}, ownerReferences = [] } = object.metadata
  const marks = Object.keys(found).filter(key => isMark(key) || (key === labels.managedBy && found[key] === manager))
  const notes = Object.keys(annotations).filter(key => key.startsWith(`${group}/`) || key === lastAppliedAnnotation)
  const others = ownerReferences.filter(reference => !(isTenantReference(reference) && reference.name === tenantName))
  if (marks.length + notes.length === 0 && others.length === ownerReferences.length) return undefined
  return {
    object,
    metadata: {
      uid,
      ...(marks.length > 0 && { labels: nothingFor(marks) }),
      ...(notes.length > 0 && { annotations: nothingFor(notes) }),
      // A list is replaced as a whole, so nobody may have changed it meanwhile.
      ...(others.length < ownerReferences.length && { resourceVersion, ownerReferences: others })
    }
  }
}

function isMark (key: string): boolean {
  return key === ownershipLabel || key.startsWith(`${group}/`)
}

function nothingFor (keys: string[]): Record<string, null> {
  return Object.fromEntries(keys.map(key => [key, null]))
}
