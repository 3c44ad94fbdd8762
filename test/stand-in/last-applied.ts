import { isRecord } from '../cluster/api-error.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { goJson } from './json.ts'

export const lastAppliedAnnotation = 'metacontroller.k8s.io/last-applied-configuration'

/** What the engine applied last, undefined if it never did. Throws where the annotation cannot be read: that child stays as it is for ever. */
export function readLastApplied (object: KubeObject): unknown {
  const text = object.metadata.annotations?.[lastAppliedAnnotation] ?? ''
  if (text === '') return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (value === null || isRecord(value)) return value
  } catch {
    // falls through: text that is no JSON is as unreadable as JSON that is no object
  }
  throw new Error(`the annotation ${lastAppliedAnnotation} is not a JSON object`)
}

export function withLastApplied (object: KubeObject, applied: KubeObject): KubeObject {
  const annotations = { ...stringsOf(object.metadata.annotations), [lastAppliedAnnotation]: goJson(applied) }
  return { ...object, metadata: { ...object.metadata, annotations } }
}

/** Annotations that become empty stay as an empty map, as the engine writes them. */
export function withoutLastApplied (object: KubeObject): KubeObject {
  const { [lastAppliedAnnotation]: removed, ...annotations } = object.metadata.annotations ?? {}
  return removed === undefined ? object : { ...object, metadata: { ...object.metadata, annotations } }
}

/** One value that is no string loses all the annotations. */
function stringsOf (annotations: unknown): Record<string, string> {
  if (!isRecord(annotations)) return {}
  const entries = Object.entries(annotations).flatMap(([key, value]) => typeof value === 'string' ? [[key, value] as const] : [])
  return entries.length === Object.keys(annotations).length ? Object.fromEntries(entries) : {}
}
