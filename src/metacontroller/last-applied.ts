import { lastAppliedAnnotation } from '../api/group.ts'
import { isFields, type Fields } from '../kubernetes/json.ts'
import { memoize } from '../kubernetes/memoize.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { isServerSideApplied } from './managed-fields.ts'

/** Reads the configuration that dynamic-apply applied last; undefined where its annotation is absent or unusable. */
export const lastAppliedOf = memoize((object: ObservedObject): Fields | undefined => {
  const applied = parsedAnnotation(object)
  return isFields(applied) && hasShapeOf(applied, object) ? applied : undefined
})

/**
 * True where Metacontroller fails on the annotation, and so corrects no drift of the object: it is no JSON, or has
 * another shape than the object.
 */
export function isLastAppliedBroken (object: ObservedObject): boolean {
  // Metacontroller takes an empty annotation, and null, for an absent one.
  const present = !['', 'null', undefined].includes(object.metadata.annotations?.[lastAppliedAnnotation])
  return present && !isServerSideApplied(object) && !isOwnText(object) && lastAppliedOf(object) === undefined
}

/**
 * True where the annotation is the text of the object itself, as in steady state. Text takes less time to write than to parse.
 * Metacontroller sends and records all fields in the same order.
 */
function isOwnText ({ apiVersion, kind, metadata, status, ...content }: ObservedObject): boolean {
  const { labels, annotations: { [lastAppliedAnnotation]: applied, ...annotations } = {}, name, namespace } = metadata
  const others = Object.keys(annotations).length > 0 ? { annotations } : {}
  return applied === JSON.stringify({ apiVersion, kind, metadata: { ...others, labels, name, namespace }, ...content })
}

function parsedAnnotation ({ metadata }: ObservedObject): unknown {
  try {
    return JSON.parse(metadata.annotations?.[lastAppliedAnnotation] ?? 'null')
  } catch {
    return undefined
  }
}

function hasShapeOf (applied: unknown, observed: unknown): boolean {
  if (applied === undefined || applied === null) return true
  if (Array.isArray(observed)) return Array.isArray(applied)
  if (!isFields(observed)) return true
  return isFields(applied) && Object.entries(applied).every(([field, value]) => hasShapeOf(value, observed[field]))
}
