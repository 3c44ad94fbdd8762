import { Value } from '@sinclair/typebox/value'
import { group, correctedAnnotation, lastAppliedAnnotation, podSecurityPrefix } from '../../api/group.ts'
import { isFields, type Fields } from '../../kubernetes/json.ts'
import { stampOf } from '../correction/correction-annotation.ts'
import type { Manifest } from '../desired/manifest.ts'
import { isNamespace, type ObservedObject } from '../../kubernetes/object.ts'

/**
 * The part of an object in which everything is to be as declared and nothing else is to be: its content, the declared labels and
 * annotations, those that only we give, and those with a reserved prefix. All others belong to whoever set them.
 */
export function governedPart (object: Manifest | ObservedObject, manifest: Manifest, reservedPrefixes: readonly string[] = []): Fields {
  const { apiVersion, kind, metadata, status, ...content } = object
  if (isNamespace(object)) delete content['spec'] // holds only the finalizers of the API server
  const prefixes = [`${group}/`, podSecurityPrefix, ...reservedPrefixes]
  const labels = governedKeys(metadata.labels, manifest.metadata.labels, prefixes)
  const annotations = governedKeys(ownAnnotations(object), manifest.metadata.annotations, prefixes)
  return { ...content, metadata: { labels, annotations } }
}

/** Without what the engine keeps there, and without the note of what was corrected: one that can be read stays, garbage is drift like any other. */
function ownAnnotations (object: Manifest | ObservedObject): Record<string, string> {
  const { [lastAppliedAnnotation]: _, [correctedAnnotation]: noted, ...annotations } = object.metadata.annotations ?? {}
  return noted === undefined || stampOf(object) !== undefined ? annotations : { ...annotations, [correctedAnnotation]: noted }
}

function governedKeys (all: Record<string, string> = {}, declared: Record<string, string> = {}, prefixes: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => Object.hasOwn(declared, key) || prefixes.some(prefix => key.startsWith(prefix))))
}

/** The paths at which two values differ, such as `spec.hard.pods`; a list is one value. */
export function differences (a: unknown, b: unknown, path = ''): string[] {
  if (!isFields(a) || !isFields(b)) return Value.Equal(a, b) ? [] : [path]
  const fields = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()
  return fields.flatMap(field => differences(own(a, field), own(b, field), path === '' ? field : `${path}.${field}`))
}

function own (fields: Fields, field: string): unknown {
  return Object.hasOwn(fields, field) ? fields[field] : undefined
}
