import { describe, expect, test } from 'vitest'
import { lastAppliedAnnotation } from './last-applied.ts'
import { owner, role, roles, tenant } from './samples.ts'
import { remember, serverSideApply, type ApplyCache } from './server-side-apply.ts'

const child = { resource: roles, parent: tenant, method: 'InPlace' as const, desired: role({}, [{ verbs: ['get'] }]) }

/** The cache after the child was applied, with this metadata in the response. */
function cacheAfter (metadata: { uid: string, generation?: number, resourceVersion: string }): ApplyCache {
  const cache: ApplyCache = new Map()
  const [write] = serverSideApply({ ...child, observed: undefined }, cache)
  if (write?.remember !== undefined) remember(cache, write.remember, role(metadata))
  return cache
}

describe('server-side-apply', () => {
  test('applies the desired fields by force, with the ownerReference and without those that the server sets', () => {
    const desired = {
      ...role({ uid: 'u', resourceVersion: '1', generation: 2, annotations: { [lastAppliedAnnotation]: '{}' } }),
      status: {}
    }
    expect(serverSideApply({ ...child, observed: undefined, desired }, new Map())).toMatchObject([{
      verb: 'patch',
      patch: 'apply',
      query: { fieldManager: 'metacontroller', force: 'true' },
      body: {
        apiVersion: desired.apiVersion,
        kind: 'Role',
        metadata: { name: 'admin', namespace: 'shop', annotations: {}, ownerReferences: [owner] },
        rules: []
      },
      ignored: ['Conflict']
    }])
  })

  test.each([
    {
      title: 'applies once after a restart',
      cached: undefined,
      observed: { uid: 'u', resourceVersion: '5' },
      writes: 1
    },
    {
      title: 'writes nothing while the child does not change',
      cached: { uid: 'u', resourceVersion: '5' },
      observed: { uid: 'u', resourceVersion: '5' },
      writes: 0
    },
    {
      title: 'applies after any change of a kind without generation',
      cached: { uid: 'u', resourceVersion: '5' },
      observed: { uid: 'u', resourceVersion: '6' },
      writes: 1
    },
    {
      title: 'ignores a change of metadata of a kind with generation',
      cached: { uid: 'u', generation: 1, resourceVersion: '5' },
      observed: { uid: 'u', generation: 1, resourceVersion: '6' },
      writes: 0
    },
    {
      title: 'applies after a change of the spec of a kind with generation',
      cached: { uid: 'u', generation: 1, resourceVersion: '5' },
      observed: { uid: 'u', generation: 2, resourceVersion: '6' },
      writes: 1
    },
    {
      title: 'applies to another object of the same name',
      cached: { uid: 'u', resourceVersion: '5' },
      observed: { uid: 'v', resourceVersion: '5' },
      writes: 1
    },
    {
      title: 'ignores a terminating child',
      cached: undefined,
      observed: { uid: 'u', deletionTimestamp: '2026-01-01T00:00:00Z' },
      writes: 0
    }
  ])('$title', ({ cached, observed, writes }) => {
    const cache: ApplyCache = cached === undefined ? new Map() : cacheAfter(cached)
    expect(serverSideApply({ ...child, observed: role(observed) }, cache)).toHaveLength(writes)
  })

  test('applies when the desired state changes', () => {
    const cache = cacheAfter({ uid: 'u', resourceVersion: '5' })
    const desired = role({}, [{ verbs: ['list'] }])
    expect(serverSideApply({
      ...child,
      desired,
      observed: role({ uid: 'u', resourceVersion: '5' })
    }, cache)).toHaveLength(1)
  })

  test('corrects nothing without an update strategy', () => {
    expect(serverSideApply({ ...child, method: 'OnDelete', observed: role({ uid: 'u' }) }, new Map())).toEqual([])
  })

  test('removes the annotation of dynamic-apply first', () => {
    const observed = role({ uid: 'u', annotations: { [lastAppliedAnnotation]: '{broken' } })
    expect(serverSideApply({ ...child, observed }, new Map())).toMatchObject([
      {
        patch: 'json',
        body: [{ op: 'remove', path: '/metadata/annotations/metacontroller.k8s.io~1last-applied-configuration' }]
      },
      { patch: 'apply', needsPrevious: true }
    ])
  })
})
