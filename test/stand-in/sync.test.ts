import { describe, expect, test } from 'vitest'
import { ApiError } from '../cluster/api-error.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { mapOf } from './object-map.ts'
import { role, roles, tenant } from './samples.ts'
import { sync, type Controller, type World } from './sync.ts'
import type { Write } from './write.ts'

const controller: Controller = {
  object: { apiVersion: 'metacontroller.k8s.io/v1alpha1', kind: 'CompositeController', metadata: { name: 'k8s-mtp' } },
  spec: { parentResource: { apiVersion: 'k8s-mtp.dev/v1', resource: 'tenants' }, generateSelector: true },
  parent: { group: 'k8s-mtp.dev', version: 'v1', kind: 'Tenant', plural: 'tenants', namespaced: false },
  children: [{ resource: roles, method: 'InPlace' }],
  strategy: 'dynamic-apply',
  cache: new Map(),
  resourceOf: ({ kind }) => kind === 'Role' ? roles : undefined
}

interface Situation { seconds: number, children?: KubeObject[], refuses?: Write['verb'], parent?: KubeObject }

/** Syncs once, and returns the resyncs that it requested, its writes and its error. */
async function synced ({ seconds, children = [role()], refuses, parent = tenant }: Situation) {
  const resyncs: number[] = []
  const writes: string[] = []
  const world: World = {
    candidates: () => [],
    related: async () => mapOf([]),
    callHook: async () => ({ status: {}, children, resyncAfterSeconds: seconds }),
    read: async () => parent,
    async write ({ verb, name, body }) {
      if (verb === refuses) throw new ApiError(403, 'Forbidden', 'not allowed')
      writes.push(`${verb} ${name}`)
      return body as KubeObject
    },
    resyncAfter: (_, after) => { resyncs.push(after) }
  }
  const error = await sync(controller, world, parent).then(() => undefined, String)
  return { resyncs, writes, error }
}

describe('a sync requests the next one', () => {
  test('after the time of the response', async () => {
    expect(await synced({ seconds: 5 })).toEqual({
      resyncs: [5],
      writes: ['create admin', 'update acme'],
      error: undefined
    })
  })

  test('only where the response has a time', async () => {
    expect(await synced({ seconds: 0 })).toMatchObject({ resyncs: [], error: undefined })
  })

  test('even when a child cannot be applied', async () => {
    const outcome = await synced({ seconds: 5, refuses: 'create' })
    expect(outcome).toMatchObject({
      resyncs: [5],
      writes: ['update acme'],
      error: expect.stringContaining('not allowed') as string
    })
  })

  test('even when the status cannot be written', async () => {
    expect(await synced({ seconds: 5, refuses: 'update' })).toMatchObject({ resyncs: [5], writes: ['create admin'] })
  })

  test('even when a child belongs to another parent', async () => {
    const children = [role({ labels: { 'controller-uid': 'another' } })]
    expect(await synced({ seconds: 5, children })).toMatchObject({
      resyncs: [5],
      writes: [],
      error: expect.stringContaining('labels') as string
    })
  })

  test('even for a parent that is being deleted', async () => {
    const parent = { ...tenant, metadata: { ...tenant.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }
    expect(await synced({ seconds: 5, parent })).toMatchObject({ resyncs: [5], writes: ['update acme'] })
  })
})
