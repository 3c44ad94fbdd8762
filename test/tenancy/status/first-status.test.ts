import { describe, expect, it } from 'vitest'
import type { TenantSpec } from '../../../src/api/tenant.ts'
import { sync } from '../../../src/hook/sync.ts'
import type { ObservedObject } from '../../../src/kubernetes/object.ts'
import { defaultClass, tenant } from '../../support/objects.ts'
import { applied, now, settled, syncRequest, type World } from '../../support/requests.ts'

const worldOf = (spec: Partial<TenantSpec> = {}): World => ({ tenant: tenant(spec), classes: [defaultClass()] })
const fresh = worldOf()
const first = sync(syncRequest(fresh), now).response.status
const objects = settled(fresh).world.children ?? []
const namespace = objects.filter(({ kind }) => kind === 'Namespace')
const without = (name: string) => objects.filter(({ metadata }) => metadata.name !== name)

function statusAfter (seconds: number, world: Partial<World> = {}) {
  return sync(syncRequest({ ...fresh, status: first, ...world }), new Date(now.getTime() + seconds * 1000)).response.status
}
const reason = ({ conditions = [] }: { conditions?: Array<{ type: string, reason: string }> }) => conditions.find(({ type }) => type === 'Ready')?.reason

describe('the first status', () => {
  it.each<[string, Partial<World>]>([
    ['the namespace', { children: namespace }],
    ['some objects', { children: objects.slice(0, 5) }],
    ['all but one', { children: without('allow-dns') }],
    ['all, and a quota is not enforced yet', { children: objects.map(object => object.kind === 'ResourceQuota' ? { ...object, status: {} } : object).filter(({ kind }) => kind !== 'WorkloadPolicy') }]
  ])('stays the same when there is %s', (_, world) => {
    expect(statusAfter(4.9, world)).toEqual(first)
  })

  const createdAfter = (seconds: number, objects: ObservedObject[]) =>
    objects.map(object => ({ ...object, metadata: { ...object.metadata, creationTimestamp: new Date(now.getTime() + seconds * 1000).toISOString() } }))

  it.each<[string, number, ObservedObject[]]>([
    ['the namespace is waiting for its objects', 19.9, namespace],
    ['the namespace was created late', 39, createdAfter(20, namespace)],
    ['an object was created just now', 59, [...namespace, ...createdAfter(55, without('allow-dns'))]],
    ['the WorkloadPolicy has not followed the quotas', 59, createdAfter(40, without('tenant-workloads'))]
  ])('stays the same while %s', (_, seconds, children) => {
    expect(statusAfter(seconds, { children })).toEqual(first)
  })

  it.each<[string, number, ObservedObject[]]>([
    ['no object follows the namespace for 20 seconds', 60, createdAfter(40, namespace)],
    ['no other object is created for 5 seconds', 60, createdAfter(55, without('allow-dns'))],
    ['no WorkloadPolicy follows the quotas for 20 seconds', 60, createdAfter(40, without('tenant-workloads'))],
    ['the last object is of the future', 60, createdAfter(61, without('allow-dns'))]
  ])('ends when %s', (_, seconds, children) => {
    expect(reason(statusAfter(seconds, { children }))).toBe('ObjectsPending')
  })

  it('ends when the Tenant is ready', () => {
    expect(reason(statusAfter(1, { children: objects }))).toBe('UpToDate')
  })

  it('names what is missing after 5 seconds, and is synced again within 20', () => {
    expect(sync(syncRequest(fresh), now).response.resyncAfterSeconds).toBe(20)
    const status = statusAfter(5, { children: without('allow-dns') })
    expect(reason(status)).toBe('ObjectsPending')
    expect(status.namespaces).toMatchObject([{ phase: 'Active', objects: '14/15', missing: ['NetworkPolicy/allow-dns'] }])
  })

  it.each<[string, Partial<World>]>([
    ['another reason was reported meanwhile', { status: { ...first, conditions: first.conditions?.map(condition => ({ ...condition, reason: 'ObjectsPending' })) }, children: namespace }],
    ['its time is in the future', { status: { ...first, conditions: first.conditions?.map(condition => ({ ...condition, lastTransitionTime: '2026-11-22T12:10:00Z' })) }, children: namespace }],
    ['its time is unreadable', { status: { ...first, conditions: first.conditions?.map(condition => ({ ...condition, lastTransitionTime: 'x' })) }, children: namespace }],
    ['its time is unreadable, and those of objects are not', { status: { ...first, conditions: first.conditions?.map(condition => ({ ...condition, lastTransitionTime: 'x' })) }, children: createdAfter(0, namespace) }],
    ['the class does not exist', { classes: [], children: namespace }],
    ['the Tenant is paused', { tenant: tenant({ paused: true }), children: namespace }]
  ])('ends at once where %s', (_, world) => {
    const status = statusAfter(1, world)
    expect(status.namespaces?.[0]?.phase).toBe('Active')
    expect(status).not.toEqual(first)
  })

  it('has the generation and the class that are reconciled', () => {
    const classes = [{ ...defaultClass(), metadata: { name: 'default', uid: 'other', generation: 9 } }]
    expect(statusAfter(1, { generation: 2, classes, children: namespace })).toMatchObject({ observedGeneration: 2, class: { uid: 'other', generation: 9 }, namespaces: [{ phase: 'Pending' }] })
  })

  it('is the same where the cache of Metacontroller does not have it yet', () => {
    const created = (creationTimestamp: string) => namespace.map(object => ({ ...object, metadata: { ...object.metadata, creationTimestamp } }))
    expect(statusAfter(3, { status: undefined, children: created('2026-11-22T12:00:00Z') })).toEqual(first)
    expect(statusAfter(3, { status: undefined, children: created('2026-11-22T11:00:00Z') })).toMatchObject({ namespaces: [{ phase: 'Active' }] })
  })

  it('ends at once with a condition beside', () => {
    const unmanaged = applied({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'theirs' } })
    expect(statusAfter(1, { children: [...namespace, unmanaged] }).conditions?.map(({ type }) => type)).toContain('UnmanagedObjects')
  })

  it('stays while further namespaces are being created', () => {
    const world = worldOf({ namespaces: [{ name: 'dev' }, { name: 'prod' }] })
    const start = sync(syncRequest(world), now).response.status
    const children = settled(world).world.children ?? []
    const { status } = sync(syncRequest({ ...world, status: start, children }), now).response
    expect(status).toEqual(start)
    const later = sync(syncRequest({ ...world, status: start, children }), new Date(now.getTime() + 20_000)).response.status
    expect(reason(later)).toBe('NamespacesNotReady')
  })
})
