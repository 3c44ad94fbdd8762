import { isRecord } from '../cluster/api-error.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import type { LabelSelector } from './label-selector.ts'
import { keyOf, type ObjectMap } from './object-map.ts'

export type HookVersion = 'v1' | 'v2'

export interface SyncResponse { status: Record<string, unknown>, children: KubeObject[], resyncAfterSeconds: number }

export interface RelatedRule {
  apiVersion: string
  resource: string
  labelSelector?: LabelSelector
  namespaceSelector?: LabelSelector
  namespace?: string
  names?: string[]
}

export interface Request { controller: KubeObject, parent: KubeObject }
export interface SyncRequest extends Request { children: Record<string, unknown>, related: Record<string, unknown>, finalizing: boolean }

export function syncRequest (request: Request, children: ObjectMap, related: ObjectMap, version: HookVersion): SyncRequest {
  const wire = (map: ObjectMap) => onTheWire(map, request.parent, version)
  return { ...request, children: wire(children), related: wire(related), finalizing: false }
}

/** In version 1 the keys of a namespaced parent's children are names without the namespace. */
function onTheWire (map: ObjectMap, parent: KubeObject, version: HookVersion): Record<string, Record<string, KubeObject>> {
  const short = version === 'v1' && parent.metadata.namespace !== undefined
  return sortedByKey([...map.kinds.values()].map(({ kind, objects }) =>
    [keyOf(kind), sortedByKey([...objects].map(([name, object]) => [short ? object.metadata.name : name, object]))]))
}

function sortedByKey<T> (entries: [string, T][]): Record<string, T> {
  return Object.fromEntries(entries.sort(([left], [right]) => left < right ? -1 : 1))
}

/** Throws for a response of another shape; an unknown field is an error only in strict decoding. */
export function parseSyncResponse (text: string, strict: boolean): SyncResponse {
  const response = record('the response', decoded(text), strict && [
    'status',
    'children',
    'resyncAfterSeconds',
    'finalized'
  ])
  const { resyncAfterSeconds = 0, finalized = false } = response
  if (typeof (resyncAfterSeconds ?? 0) !== 'number') throw new Error('resyncAfterSeconds is no number')
  if (typeof (finalized ?? false) !== 'boolean') throw new Error('finalized is no boolean')
  return {
    status: record('status', response.status ?? {}),
    children: list('children', response.children).map(child),
    resyncAfterSeconds: Number(resyncAfterSeconds ?? 0)
  }
}

export function parseCustomizeResponse (text: string, strict: boolean): RelatedRule[] {
  const response = record('the response', decoded(text), strict && ['relatedResources'])
  const fields = ['apiVersion', 'resource', 'labelSelector', 'namespaceSelector', 'namespace', 'names']
  return list('relatedResources', response.relatedResources).map(entry => {
    const rule = record('a related resource', entry, strict && fields)
    if (typeof rule.apiVersion !== 'string' || typeof rule.resource !== 'string') throw new Error('a related resource names no resource')
    if (list('names', rule.names).some(name => typeof name !== 'string')) throw new Error('names are no strings')
    for (const key of ['labelSelector', 'namespaceSelector']) {
      if (rule[key] != null) record(key, rule[key], strict && ['matchLabels', 'matchExpressions'])
    }
    // The fields are checked above; the content of a selector is checked where it is matched.
    return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== null)) as unknown as RelatedRule
  })
}

/** Go decodes null as an empty response, and the engine then deletes all observed children. */
function decoded (text: string): unknown {
  return JSON.parse(text) ?? {}
}

/** The engine requires only a kind of a child. */
function child (value: unknown): KubeObject {
  const object = record('a child', value)
  if (typeof object.kind !== 'string' || object.kind === '') throw new Error('a child has no kind')
  const metadata = isRecord(object.metadata) ? object.metadata : {}
  // The API server validates the rest.
  return {
    ...object,
    apiVersion: object.apiVersion ?? '',
    metadata: { ...metadata, name: metadata.name ?? '' }
  } as KubeObject
}

function record (what: string, value: unknown, known: string[] | false = false): Record<string, unknown> {
  if (!isRecord(value)) throw new Error(`${what} is no object`)
  const unknown = known === false ? [] : Object.keys(value).filter(key => !known.includes(key))
  if (unknown.length > 0) throw new Error(`${what} has unknown fields: ${unknown.join(', ')}`)
  return value
}

function list (what: string, value: unknown): unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw new Error(`${what} is no list`)
  return value
}
