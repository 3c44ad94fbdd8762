import type { KubeObject } from '../cluster/kube-object.ts'
import { systemFields } from './dynamic-apply.ts'
import { goJson } from './json.ts'
import { lastAppliedAnnotation, withoutLastApplied } from './last-applied.ts'
import { nameOf } from './object-map.ts'
import { ownedBy } from './owner.ts'
import type { Child } from './plan-writes.ts'
import { writeOf, type Resource, type Write } from './write.ts'

export const fieldManager = 'metacontroller'

/** What this process applied to each child, and the metadata of the response: both are compared before it applies again. */
export type ApplyCache = Map<string, { applied: string, uid: string, generation: number, resourceVersion: string }>

export function serverSideApply ({ resource, parent, observed, desired, method }: Child, cache: ApplyCache): Write[] {
  if (observed?.metadata.deletionTimestamp !== undefined) return []
  const body = appliedFields(ownedBy(parent, desired))
  const key = cacheKey(resource, desired)
  const applied = goJson(body)
  if (observed !== undefined && (method === 'OnDelete' || isUnchanged(cache, key, applied, observed))) return []

  const removal = observed !== undefined && removalOfLastApplied(resource, observed)
  const apply = writeOf(resource, desired, {
    verb: 'patch',
    patch: 'apply',
    query: { fieldManager, force: 'true' },
    body,
    ignored: ['Conflict'],
    remember: { key, applied },
    ...(removal !== false && { needsPrevious: true })
  })
  return removal === false ? [apply] : [removal, apply]
}

export function remember (cache: ApplyCache, { key, applied }: { key: string, applied: string }, { metadata }: KubeObject): void {
  const { uid = '', generation = 0, resourceVersion = '' } = metadata
  cache.set(key, { applied, uid, generation, resourceVersion })
}

export function cacheKey ({ group, kind }: Resource, object: KubeObject): string {
  return [group, kind, nameOf(object)].join('/')
}

/**
 * Kinds with a generation are compared by it only, so a removed label stays removed until the spec changes; other kinds
 * by resourceVersion, so each change, even of their status, causes an apply.
 */
function isUnchanged (cache: ApplyCache, key: string, applied: string, { metadata }: KubeObject): boolean {
  const last = cache.get(key)
  const generation = metadata.generation ?? 0
  return last !== undefined && last.uid === metadata.uid && last.applied === applied && last.generation === generation &&
    (generation !== 0 || last.resourceVersion === metadata.resourceVersion)
}

/** Removes the annotation of dynamic-apply before the first apply. */
function removalOfLastApplied (resource: Resource, observed: KubeObject): Write | false {
  if (observed.metadata.annotations?.[lastAppliedAnnotation] === undefined) return false
  const path = '/metadata/annotations/' + lastAppliedAnnotation.replaceAll('~', '~0').replaceAll('/', '~1')
  return writeOf(resource, observed, {
    verb: 'patch',
    patch: 'json',
    body: [{ op: 'remove', path }],
    ignored: ['NotFound']
  })
}

function appliedFields (object: KubeObject): KubeObject {
  const { status: _, ...rest } = withoutLastApplied(object)
  const metadata = Object.entries(rest.metadata).filter(([key]) => !systemFields.includes(key))
  // The name is no system field, so it is still there.
  return {
    ...rest,
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: Object.fromEntries(metadata) as KubeObject['metadata']
  }
}
