import { describe, expect, it } from 'vitest'
import { sync, type SyncResult } from '../../src/hook/sync.ts'
import { identity } from '../../src/kubernetes/object.ts'
import { defaultClass, tenant } from '../support/objects.ts'
import { applied, now, settled, syncRequest, type Strategy, type World } from '../support/requests.ts'

const seconds = (count: number) => new Date(now.getTime() + count * 1000)
const end = '2026-11-22T12:01:00Z'
const after = seconds(60)
const lists = {
  admins: [{ kind: 'User' as const, name: 'ada' }],
  viewers: [{ kind: 'User' as const, name: 'eve', expiresAt: end }, { kind: 'Group' as const, name: 'eve' }, { kind: 'User' as const, name: 'bob', expiresAt: '2026-12-01T00:00:00Z' }]
}
const before: World = { tenant: tenant(lists), classes: [defaultClass()] }
const strategies: Strategy[] = ['dynamic-apply', 'server-side-apply']

/** `viewer User/eve` of all bindings. */
function given ({ response }: SyncResult): string[] {
  return response.children.filter(({ kind }) => kind === 'RoleBinding').flatMap(({ roleRef, subjects = [] }) =>
    (subjects as Array<{ kind: string, name: string }>).map(({ kind, name }) => `${(roleRef as { name: string }).name} ${kind}/${name}`)).sort()
}

const all = ['tenant-admin User/ada', 'tenant-viewer Group/eve', 'tenant-viewer User/bob', 'tenant-viewer User/eve']
const withoutEve = all.filter(right => right !== 'tenant-viewer User/eve')

describe.each(strategies)('under %s, a subject', strategy => {
  const { world } = settled(before, strategy)

  it('has its rights until their time, and not any more from then on; no object goes', () => {
    expect(given(sync(syncRequest(world), seconds(59)))).toEqual(all)
    const result = sync(syncRequest(world), after)
    expect(given(result)).toEqual(withoutEve)
    expect(result.response.children.map(identity).sort()).toEqual((world.children ?? []).map(identity).sort())
  })

  it('that goes by time is neither drift nor corrected, and then all is at rest again', () => {
    const first = sync(syncRequest(world), after)
    expect(first.corrected).toEqual([])
    expect(JSON.stringify(first.response.children)).not.toContain('k8s-mtp.dev/corrected')
    const next = { ...world, children: first.response.children.map(child => applied(child, strategy)), status: first.response.status }
    const second = sync(syncRequest(next), seconds(61))
    expect(second.response.status).toMatchObject({ phase: 'Active', nextExpiry: '2026-12-01T00:00:00Z', expired: [{ role: 'viewer', kind: 'User', name: 'eve', expiresAt: end }] })
    expect(second.response.status).not.toHaveProperty('corrected')
    const third = sync(syncRequest({ ...next, status: second.response.status }), seconds(100))
    expect(third.response).toEqual({ ...second.response, resyncAfterSeconds: 3600 })
  })

  it('that somebody puts back after its time is drift like any other', () => {
    const first = sync(syncRequest(world), after).response
    const ended = sync(syncRequest({ ...world, children: first.children.map(child => applied(child, strategy)), status: first.status }), after).response
    const result = sync(syncRequest({ ...world, status: ended.status }), seconds(90))
    expect(given(result)).toEqual(withoutEve)
    expect(result.corrected).toMatchObject([{ kind: 'RoleBinding', what: 'subjects' }])
  })

  const holds: Array<[string, (world: World) => World]> = [
    ['of an unknown class', world => ({ ...world, tenant: tenant({ ...lists, className: 'gold' }) })],
    ['with an override that is refused', world => ({ ...world, tenant: tenant({ ...lists, quotas: { 'tenant-quota': { pods: '101' } } }) })],
    ['that is paused', world => ({ ...world, tenant: tenant({ ...lists, paused: true }) })],
    ['that is being deleted', world => ({ ...world, metadata: { deletionTimestamp: '2026-11-22T11:00:00Z' } })],
    ['whose spec cannot be declared', world => ({ ...world, tenant: { ...tenant(lists), spec: { ...tenant(lists).spec, quotas: 'all' } } })],
    ['whose namespace is not its own any more', world => ({
      ...world,
      children: (world.children ?? []).filter(({ kind }) => kind !== 'Namespace'),
      namespaces: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tenant-acme-shop' } }]
    })],
    ['whose namespace is being deleted', world => ({
      ...world,
      children: (world.children ?? []).map(child => child.kind === 'Namespace' ? { ...child, metadata: { ...child.metadata, deletionTimestamp: '2026-11-22T11:00:00Z' } } : child)
    })]
  ]
  it.each(holds)('of a Tenant %s loses its rights in time too, and the engine is asked to come back for that', (_, change) => {
    const held = change(world)
    const early = sync(syncRequest(held), seconds(50))
    expect(early.hold).toBeDefined()
    expect(given(early)).toEqual(all)
    expect(early.response.resyncAfterSeconds).toBe(10)
    const late = sync(syncRequest(held), after)
    expect(given(late)).toEqual(withoutEve)
    expect(late.response.children.map(identity).sort()).toEqual((held.children ?? []).map(identity).sort())
    expect(late.response.status).toMatchObject({ nextExpiry: '2026-12-01T00:00:00Z', expired: [{ name: 'eve' }] })
  })

  it('whose time cannot be read stays while the Tenant is held for it', () => {
    const odd = { ...tenant(lists), spec: { ...tenant(lists).spec, viewers: [{ kind: 'User', name: 'eve', expiresAt: 'soon' }] } }
    const { response, hold } = sync(syncRequest({ ...world, tenant: odd }), after)
    expect(hold).toBe('SpecInvalid')
    expect(response.status.conditions?.[0]?.message).toMatch(/^spec\.viewers\[0\]\.expiresAt: write date and time to the second.*Correct the Tenant\. See \S+#specinvalid$/)
    expect(given({ response, hold, corrected: [] })).toEqual(['tenant-admin User/ada', 'tenant-viewer User/eve'])
  })
})

describe('the engine is asked to come back', () => {
  const { world } = settled(before)
  it.each([
    ['a minute before, in a minute', 0, 60],
    ['a moment before, in a second', 59.999, 1],
    ['for the end after that', 60, 20]
  ])('%s', (_, time, delay) => {
    expect(sync(syncRequest(world), seconds(time)).response.resyncAfterSeconds).toBe(delay)
  })

  it('as soon as anything else is due, if that is sooner', () => {
    const young = { ...before, tenant: tenant({ viewers: [{ kind: 'User', name: 'eve', expiresAt: '2026-11-22T12:00:05Z' }] }) }
    expect(sync(syncRequest(young), now).response.resyncAfterSeconds).toBe(5)
    expect(sync(syncRequest(before), now).response.resyncAfterSeconds).toBe(20)
  })
})

it('a status says the same until the next right ends', () => {
  const { world, response } = settled(before)
  for (const time of [1, 30, 59]) expect(sync(syncRequest(world), seconds(time)).response.status).toEqual(response.status)
})
