import type { KubeObject } from '../cluster/kube-object.ts'
import { systemFields } from './dynamic-apply.ts'
import { goJson } from './json.ts'
import { lastAppliedAnnotation, withoutLastApplied } from './last-applied.ts'
import { nameOf } from './object-map.ts'
import { ownedBy } from './owner.ts'
import type { Child } from './plan-writes.ts'
import { writeOf, type Resource, type Write } from './write.ts'

export const fieldManager = 'metacontroller'

/** What this process applied to each child, and what the server answered: the only thing that is compared before applying again. */
export type ApplyCache = Map<string, { applied: string, uid: string, generation: number, resourceVersion: string }>

export function serverSideApply ({ resource, parent, observed, desired, method }: Child, cache: ApplyCache): Write[] {
  if (observed?.metadata.deletionTimestamp !== undefined) return []
  const body = declaredPart(ownedBy(parent, desired))
  const key = cacheKey(resource, desired)
  const applied = goJson(body)
  if (observed !== undefined && (method === 'OnDelete' || isUnchanged(cache, key, applied, observed))) return []

  const moved = observed !== undefined && removalOfLastApplied(resource, observed)
  const apply = writeOf(resource, desired, {
    verb: 'patch',
    patch: 'apply',
    query: { fieldManager, force: 'true' },
    body,
    swallowed: ['Conflict'],
    remember: { key, applied },
    ...(moved !== false && { needsPrevious: true })
  })
  return moved === false ? [apply] : [moved, apply]
}

export function remember (cache: ApplyCache, { key, applied }: { key: string, applied: string }, { metadata }: KubeObject): void {
  const { uid = '', generation = 0, resourceVersion = '' } = metadata
  cache.set(key, { applied, uid, generation, resourceVersion })
}

export function cacheKey ({ group, kind }: Resource, object: KubeObject): string {
  return [group, kind, nameOf(object)].join('/')
}

/**
 * Kinds with a generation are compared by it alone, so that a label that somebody takes off them stays away until the spec changes;
 * the others by resourceVersion, so that each change by anybody, of their status as well, is answered with an apply.
 */
function isUnchanged (cache: ApplyCache, key: string, applied: string, { metadata }: KubeObject): boolean {
  const last = cache.get(key)
  const generation = metadata.generation ?? 0
  return last !== undefined && last.uid === metadata.uid && last.applied === applied && last.generation === generation &&
    (generation !== 0 || last.resourceVersion === metadata.resourceVersion)
}

/** A child that came from dynamic-apply loses its annotation first. */
function removalOfLastApplied (resource: Resource, observed: KubeObject): Write | false {
  if (observed.metadata.annotations?.[lastAppliedAnnotation] === undefined) return false
  const path = '/metadata/annotations/' + lastAppliedAnnotation.replaceAll('~', '~0').replaceAll('/', '~1')
  return writeOf(resource, observed, { verb: 'patch', patch: 'json', body: [{ op: 'remove', path }], swallowed: ['NotFound'] })
}

function declaredPart (object: KubeObject): KubeObject {
  const { status: _, ...rest } = withoutLastApplied(object)
  const metadata = Object.entries(rest.metadata).filter(([key]) => !systemFields.includes(key))
  // The name is no system field, so it is still there.
  return { ...rest, apiVersion: object.apiVersion, kind: object.kind, metadata: Object.fromEntries(metadata) as KubeObject['metadata'] }
}
