import { engineFieldManager, lastAppliedAnnotation } from '../api/group.ts'
import { isFields, type Fields } from '../kubernetes/json.ts'
import type { ManagedFieldsEntry, ObservedObject } from '../kubernetes/object.ts'

/** What the engine applied last under dynamic-apply; undefined where its annotation is absent or cannot be used. */
export function lastAppliedOf (object: ObservedObject): Fields | undefined {
  const applied = parsedAnnotation(object)
  return isFields(applied) && fits(applied, object) ? applied : undefined
}

/**
 * True where the annotation has been made such that Metacontroller fails on the object each time, and heals nothing of it any more:
 * no JSON, or of another shape than the object.
 */
export function isLastAppliedBroken (object: ObservedObject): boolean {
  // Empty, or null, is to Metacontroller as if it were not there.
  const present = !['', 'null', undefined].includes(object.metadata.annotations?.[lastAppliedAnnotation])
  return present && !isServerSideApplied(object) && lastAppliedOf(object) === undefined
}

/** Under server-side-apply the engine reads no annotation. */
export function isServerSideApplied ({ metadata }: ObservedObject): boolean {
  return metadata.managedFields?.some(isEngineEntry) === true
}

/** What the engine has applied under server-side-apply; it writes nothing else but statuses and ownerReferences. */
export function isEngineEntry ({ manager, operation, subresource }: ManagedFieldsEntry): boolean {
  return manager === engineFieldManager && operation === 'Apply' && subresource === undefined
}

function parsedAnnotation ({ metadata }: ObservedObject): unknown {
  try {
    return JSON.parse(metadata.annotations?.[lastAppliedAnnotation] ?? 'null')
  } catch {
    return undefined
  }
}

function fits (applied: unknown, observed: unknown): boolean {
  if (applied === undefined || applied === null) return true
  if (Array.isArray(observed)) return Array.isArray(applied)
  if (!isFields(observed)) return true
  return isFields(applied) && Object.entries(applied).every(([field, value]) => fits(value, observed[field]))
}
