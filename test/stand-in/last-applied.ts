import { isRecord } from '../cluster/api-error.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { goJson } from './json.ts'

export const lastAppliedAnnotation = 'metacontroller.k8s.io/last-applied-configuration'

/** Reads the last applied configuration; undefined without one. Throws for a corrupt annotation: that child is never updated. */
export function readLastApplied (object: KubeObject): unknown {
  const text = object.metadata.annotations?.[lastAppliedAnnotation] ?? ''
  if (text === '') return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (value === null || isRecord(value)) return value
  } catch {
    // falls through: invalid JSON fails as JSON of another shape does
  }
  throw new Error(`the annotation ${lastAppliedAnnotation} is not a JSON object`)
}

export function withLastApplied (object: KubeObject, applied: KubeObject): KubeObject {
  const annotations = { ...stringsOf(object.metadata.annotations), [lastAppliedAnnotation]: goJson(applied) }
  return { ...object, metadata: { ...object.metadata, annotations } }
}

/** Keeps an empty map of annotations, as Metacontroller does. */
export function withoutLastApplied (object: KubeObject): KubeObject {
  const { [lastAppliedAnnotation]: removed, ...annotations } = object.metadata.annotations ?? {}
  return removed === undefined ? object : { ...object, metadata: { ...object.metadata, annotations } }
}

/** Drops all annotations where one value is no string, as Metacontroller does. */
function stringsOf (annotations: unknown): Record<string, string> {
  if (!isRecord(annotations)) return {}
  const entries = Object.entries(annotations)
    .flatMap(([key, value]) => typeof value === 'string' ? [[key, value] as const] : [])
  return entries.length === Object.keys(annotations).length ? Object.fromEntries(entries) : {}
}
