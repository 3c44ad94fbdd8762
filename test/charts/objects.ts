import { parseAllDocuments, type ScalarTag, type Tags } from 'yaml'
import { isRecord } from '../cluster/api-error.ts'
import type { KubeObject } from '../cluster/kube-object.ts'

/** A number as of YAML 1.1, such as a `defaultMode` of 0755. */
const octal: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^0[0-7]+$/,
  resolve: text => Number.parseInt(text, 8)
}

/** As Helm and kubectl read it: the last of equal keys wins. */
const asInGo = { customTags: (tags: Tags): Tags => [octal, ...tags], merge: true, uniqueKeys: false }

/** Parses the objects of a YAML or JSON text, also those in a List. Errors name its `origin`. */
export function parseObjects (text: string, origin: string): KubeObject[] {
  return parseAllDocuments(text, asInGo).flatMap(document => {
    const [error] = document.errors
    if (error !== undefined) throw new Error(`${origin}: ${error.message.split('\n')[0]}`)
    return objectsIn(document.toJS({ maxAliasCount: 1000 }), origin)
  })
}

function objectsIn (value: unknown, origin: string): KubeObject[] {
  if (value === null || value === undefined) return []
  if (!isRecord(value) || typeof value.apiVersion !== 'string' || typeof value.kind !== 'string') {
    throw new Error(`${origin} has a document that is no Kubernetes object`)
  }
  if (/List$/.test(value.kind) && Array.isArray(value.items)) return value.items.flatMap(item => objectsIn(item, origin))
  const metadata = isRecord(value.metadata) ? value.metadata : {}
  if (typeof metadata.name !== 'string' && typeof metadata.generateName !== 'string') {
    throw new Error(`${origin} has a ${value.kind} without a name`)
  }
  return [value as unknown as KubeObject]
}

/** Where a kind has the template of its pods. */
const templates: Record<string, string[]> = {
  Deployment: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  ReplicationController: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  PodTemplate: ['template'],
  Pod: []
}

/** A pod, or the template of one, which has the same fields. */
export interface PodTemplate { metadata?: Record<string, unknown>, spec: Record<string, unknown> }

/** Returns the pod that an object is, or makes; undefined for other kinds. */
export function podOf (object: KubeObject): PodTemplate | undefined {
  const found = templates[object.kind]?.reduce<unknown>((value, key) => isRecord(value) ? value[key] : undefined, object)
  return isRecord(found) && isRecord(found.spec) ? found as unknown as PodTemplate : undefined
}

/** All containers of a pod. */
export function containersOf ({ spec }: PodTemplate): Record<string, unknown>[] {
  return ['containers', 'initContainers', 'ephemeralContainers'].flatMap(field => recordsIn(spec[field]))
}

export function recordsIn (value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}

/** Objects after what they refer to. */
export function inInstallOrder (objects: KubeObject[]): KubeObject[] {
  const rank = (object: KubeObject): number => ['ServiceAccount', 'Role'].includes(object.kind) ? 0 : podOf(object) === undefined ? 1 : 2
  return [...objects].sort((one, other) => rank(one) - rank(other))
}
