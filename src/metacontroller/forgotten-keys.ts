import { labels, lastAppliedAnnotation, namespaceNameLabel, ownershipLabel } from '../api/group.ts'
import { fieldsAt, type Fields } from '../kubernetes/json.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { lastAppliedOf } from './last-applied.ts'
import { fieldsOfUpdates, isServerSideApplied } from './managed-fields.ts'

/** Metacontroller and the API server set them beside what is applied. */
const besideApplied: readonly string[] = [ownershipLabel, lastAppliedAnnotation, namespaceNameLabel]

/**
 * dynamic-apply: the labels or annotations that the engine has set on an object whose record of them was lost. Once they are no longer
 * declared, it would take them for those of another tool. None while there is a record: mutating webhooks set keys in its name too.
 */
export function forgottenKeys (object: ObservedObject, map: 'labels' | 'annotations'): string[] {
  if (isServerSideApplied(object) || hasRecord(object)) return []
  return keysIn(fieldsOfUpdates(object), map).filter(key => !besideApplied.includes(key))
}

/** True with the label that each object of a Tenant has. */
function hasRecord (object: ObservedObject): boolean {
  return Object.hasOwn(fieldsAt(fieldsAt(lastAppliedOf(object) ?? {}, 'metadata'), 'labels'), labels.tenant)
}

function keysIn (owned: Fields, map: string): string[] {
  const steps = Object.keys(fieldsAt(fieldsAt(owned, 'f:metadata'), `f:${map}`))
  return steps.filter(step => step.startsWith('f:')).map(step => step.slice('f:'.length))
}
