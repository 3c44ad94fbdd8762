import { correctedAnnotation, group, lastAppliedAnnotation, podSecurityPrefix } from '../../api/group.ts'
import type { Fields } from '../../kubernetes/json.ts'
import { isNamespace, type KubernetesObject } from '../../kubernetes/object.ts'
import { withoutListOrder } from '../../metacontroller/merged-lists.ts'
import type { Manifest } from '../desired/manifest.ts'
import { readRecord } from '../observed/correction-record.ts'

/** Labels and annotations that k8s-mtp manages although they are not declared. */
export interface Undeclared {
  prefixes: readonly string[]
  labels: readonly string[]
  annotations: readonly string[]
}

/**
 * Reduces an object to the fields that k8s-mtp manages: its content, the declared labels and annotations, and the undeclared ones that it
 * manages too. Other labels and annotations belong to the tools that set them.
 */
export function managedPart (object: KubernetesObject, manifest: Manifest, undeclared: Undeclared): Fields {
  const { apiVersion, kind, metadata, status, ...content } = object
  if (isNamespace(object)) delete content['spec'] // holds only the finalizers of the API server
  const prefixes = [`${group}/`, podSecurityPrefix, ...undeclared.prefixes]
  const labels = managedKeys(metadata.labels, manifest.metadata.labels, prefixes, undeclared.labels)
  const annotations = managedKeys(ownAnnotations(object), manifest.metadata.annotations, prefixes, undeclared.annotations)
  return { ...content, metadata: { labels, annotations } }
}

/** The managed part without the order of lists that Metacontroller merges, which have none. */
export function managedView (...of: Parameters<typeof managedPart>): Fields {
  return withoutListOrder(managedPart(...of)) as Fields
}

/** Leaves out the annotation of the engine and a readable record of corrections; an unreadable record is drift. */
function ownAnnotations (object: KubernetesObject): Record<string, string> {
  if (object.metadata.annotations === undefined) return {}
  const { [lastAppliedAnnotation]: _, [correctedAnnotation]: record, ...annotations } = object.metadata.annotations
  return record === undefined || readRecord(object) !== undefined ? annotations : { ...annotations, [correctedAnnotation]: record }
}

function managedKeys (
  all: Record<string, string> = {}, declared: Record<string, string> = {}, prefixes: readonly string[], undeclared: readonly string[]
): Record<string, string> {
  if (all === declared) return all
  return Object.fromEntries(Object.entries(all)
    .filter(([key]) => Object.hasOwn(declared, key) || undeclared.includes(key) || prefixes.some(prefix => key.startsWith(prefix))))
}
