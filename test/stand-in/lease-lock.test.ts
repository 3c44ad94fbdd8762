import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ApiError } from '../cluster/api-error.ts'
import type { KubeClient } from '../cluster/client.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { createLeaseLock, type LeaseLock } from './lease-lock.ts'

let stored: KubeObject | undefined
let requests: string[]

/** An API server with one object. */
const client = {
  async get () {
    requests.push('get')
    if (stored === undefined) throw new ApiError(404, 'NotFound', 'not found')
    return stored
  },
  async create (object: KubeObject) {
    requests.push('create')
    if (stored !== undefined) throw new ApiError(409, 'AlreadyExists', 'already exists')
    stored = { ...object, metadata: { ...object.metadata, resourceVersion: '1' } }
    return stored
  },
  async update (object: KubeObject) {
    requests.push('update')
    const version = stored?.metadata.resourceVersion
    if (object.metadata.resourceVersion !== version) throw new ApiError(409, 'Conflict', 'the object has been modified')
    stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(Number(version) + 1) } }
    return stored
  }
} as unknown as KubeClient

const lockOf = (identity: string): LeaseLock =>
  createLeaseLock({ client, name: 'metacontroller', namespace: 'here', identity, duration: 15, now: () => Date.now() })

beforeEach(() => {
  stored = undefined
  requests = []
  vi.useFakeTimers({ now: 0, toFake: ['Date'] })
})
afterEach(() => { vi.useRealTimers() })

test('creates the Lease, and renews it without reading it', async () => {
  const a = lockOf('a')
  expect(await a.tryHold()).toBe(true)
  expect(stored).toMatchObject({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'metacontroller', namespace: 'here' } })
  const first = stored?.spec
  expect(first).toEqual({
    holderIdentity: 'a',
    leaseDurationSeconds: 15,
    acquireTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
    renewTime: expect.stringMatching(/\.\d{6}Z$/),
    leaseTransitions: 0
  })
  expect(await a.tryHold()).toBe(true)
  expect(stored?.spec).toMatchObject({ acquireTime: (first as { acquireTime: string }).acquireTime, leaseTransitions: 0 })
  expect(requests).toEqual(['get', 'create', 'update'])
})

test('another takes it over once it has not changed for its duration', async () => {
  const [a, b] = [lockOf('a'), lockOf('b')]
  await a.tryHold()
  expect(await b.tryHold()).toBe(false)
  vi.setSystemTime(14_000)
  await a.tryHold()
  expect(await b.tryHold()).toBe(false)
  vi.setSystemTime(28_999)
  expect(await b.tryHold()).toBe(false)
  vi.setSystemTime(29_000)
  expect(await b.tryHold()).toBe(true)
  expect(stored?.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 })
  expect(await a.tryHold()).toBe(false)
})

test('does not trust the time in the Lease, by the clock of another machine', async () => {
  await lockOf('a').tryHold()
  stored = { ...stored, spec: { ...stored?.spec as object, renewTime: '2000-01-01T00:00:00.000000Z' } } as KubeObject
  expect(await lockOf('b').tryHold()).toBe(false)
})

test('takes a Lease without a holder at once', async () => {
  await lockOf('a').tryHold()
  stored = { ...stored, spec: { ...stored?.spec as object, holderIdentity: '' } } as KubeObject
  expect(await lockOf('b').tryHold()).toBe(true)
})

test('only one of two that try at the same time gets it', async () => {
  const tries = await Promise.allSettled([lockOf('a').tryHold(), lockOf('b').tryHold()])
  expect(tries.filter(each => each.status === 'fulfilled' && each.value)).toHaveLength(1)
})

test('renews it after a change by others, and creates it again', async () => {
  const a = lockOf('a')
  await a.tryHold()
  stored = { ...stored, metadata: { ...stored?.metadata, resourceVersion: '7' } } as KubeObject
  expect(await a.tryHold()).toBe(true)
  stored = undefined
  expect(await a.tryHold()).toBe(true)
  expect(stored).toMatchObject({ spec: { holderIdentity: 'a' } })
})
