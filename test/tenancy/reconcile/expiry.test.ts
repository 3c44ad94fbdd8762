import { describe, expect, it } from 'vitest'
import { sync, type SyncResult } from '../../../src/hook/sync.ts'
import { identity } from '../../../src/kubernetes/object.ts'
import { defaultClass, tenant } from '../../support/objects.ts'
import { applied, now, settled, syncRequest, type Strategy, type World } from '../../support/requests.ts'

const seconds = (count: number) => new Date(now.getTime() + count * 1000)
const end = '2026-11-22T12:01:00Z'
const after = seconds(60)
const lists = {
  admins: [{ kind: 'User' as const, name: 'ada' }],
  viewers: [
    { kind: 'User' as const, name: 'eve', expiresAt: end },
    { kind: 'Group' as const, name: 'eve' },
    { kind: 'User' as const, name: 'bob', expiresAt: '2026-12-01T00:00:00Z' }
  ]
}
const before: World = { tenant: tenant(lists), classes: [defaultClass()] }
const strategies: Strategy[] = ['dynamic-apply', 'server-side-apply']

/** The subjects of all bindings, as `tenant-viewer User/eve`. */
function granted ({ response }: SyncResult): string[] {
  return response.children.filter(({ kind }) => kind === 'RoleBinding').flatMap(({ roleRef, subjects = [] }) =>
    (subjects as Array<{ kind: string, name: string }>)
      .map(({ kind, name }) => `${(roleRef as { name: string }).name} ${kind}/${name}`)).sort()
}

const all = ['tenant-admin User/ada', 'tenant-viewer Group/eve', 'tenant-viewer User/bob', 'tenant-viewer User/eve']
const withoutEve = all.filter(access => access !== 'tenant-viewer User/eve')

describe.each(strategies)('under %s, a subject with an expiry', strategy => {
  const { world } = settled(before, strategy)

  it('has access until its expiry, and none from then on, and no object is deleted', () => {
    expect(granted(sync(syncRequest(world), seconds(59)))).toEqual(all)
    const result = sync(syncRequest(world), after)
    expect(granted(result)).toEqual(withoutEve)
    expect(result.response.children.map(identity).sort()).toEqual((world.children ?? []).map(identity).sort())
  })

  it('is removed without being drift, and the Tenant returns to its steady state', () => {
    const first = sync(syncRequest(world), after)
    expect(first.corrected).toEqual([])
    expect(JSON.stringify(first.response.children)).not.toContain('k8s-mtp.dev/corrected')
    const next = {
      ...world,
      children: first.response.children.map(child => applied(child, strategy)),
      status: first.response.status
    }
    const second = sync(syncRequest(next), seconds(61))
    expect(second.response.status).toMatchObject({
      phase: 'Active',
      nextExpiry: '2026-12-01T00:00:00Z',
      expired: [{ role: 'viewer', kind: 'User', name: 'eve', expiresAt: end }]
    })
    expect(second.response.status).not.toHaveProperty('corrected')
    const third = sync(syncRequest({ ...next, status: second.response.status }), seconds(100))
    expect(third.response).toEqual({ ...second.response, resyncAfterSeconds: 3600 })
  })

  it('is drift when it is added again after its expiry', () => {
    const first = sync(syncRequest(world), after).response
    const ended = sync(syncRequest({
      ...world,
      children: first.children.map(child => applied(child, strategy)),
      status: first.status
    }), after).response
    const result = sync(syncRequest({ ...world, status: ended.status }), seconds(90))
    expect(granted(result)).toEqual(withoutEve)
    expect(result.corrected).toMatchObject([{ kind: 'RoleBinding', what: 'subjects' }])
  })

  const holds: Array<[string, (world: World) => World]> = [
    ['whose class does not exist', world => ({ ...world, tenant: tenant({ ...lists, className: 'gold' }) })],
    [
      'with an override that is not allowed',
      world => ({ ...world, tenant: tenant({ ...lists, quotas: { 'tenant-quota': { pods: '101' } } }) })
    ],
    ['that is paused', world => ({ ...world, tenant: tenant({ ...lists, paused: true }) })],
    ['that is being deleted', world => ({ ...world, metadata: { deletionTimestamp: '2026-11-22T11:00:00Z' } })],
    [
      'whose spec is invalid',
      world => ({ ...world, tenant: { ...tenant(lists), spec: { ...tenant(lists).spec, quotas: 'all' } } })
    ],
    ['whose namespace it no longer owns', world => ({
      ...world,
      children: (world.children ?? []).filter(({ kind }) => kind !== 'Namespace'),
      namespaces: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tenant-acme-shop' } }]
    })],
    ['whose namespace is terminating', world => ({
      ...world,
      children: (world.children ?? []).map(child => child.kind === 'Namespace'
        ? {
            ...child,
            metadata: { ...child.metadata, deletionTimestamp: '2026-11-22T11:00:00Z' }
          }
        : child)
    })]
  ]
  it.each(holds)('of a Tenant %s loses access in time, and the next sync is requested for it', (_, change) => {
    const onHold = change(world)
    const early = sync(syncRequest(onHold), seconds(50))
    expect(early.hold).toBeDefined()
    expect(granted(early)).toEqual(all)
    expect(early.response.resyncAfterSeconds).toBe(10)
    const late = sync(syncRequest(onHold), after)
    expect(granted(late)).toEqual(withoutEve)
    expect(late.response.children.map(identity).sort()).toEqual((onHold.children ?? []).map(identity).sort())
    expect(late.response.status).toMatchObject({ nextExpiry: '2026-12-01T00:00:00Z', expired: [{ name: 'eve' }] })
  })

  it('that cannot be read keeps access while the Tenant is on hold for it', () => {
    const odd = {
      ...tenant(lists),
      spec: { ...tenant(lists).spec, viewers: [{ kind: 'User', name: 'eve', expiresAt: 'soon' }] }
    }
    const { response, hold } = sync(syncRequest({ ...world, tenant: odd }), after)
    expect(hold).toBe('SpecInvalid')
    expect(response.status.conditions?.[0]?.message)
      .toMatch(/^spec\.viewers\[0\]\.expiresAt: write date and time to the second.*Correct the Tenant\. See \S+#specinvalid$/)
    expect(granted({ response, hold, corrected: [] })).toEqual(['tenant-admin User/ada', 'tenant-viewer User/eve'])
  })
})

describe('the next sync is requested', () => {
  const { world } = settled(before)
  it.each([
    ['in a minute, a minute before access ends', 0, 60],
    ['in a second, a moment before access ends', 59.999, 1],
    ['in 20 seconds, while the end of access is rolled out', 60, 20]
  ])('%s', (_, time, delay) => {
    expect(sync(syncRequest(world), seconds(time)).response.resyncAfterSeconds).toBe(delay)
  })

  it('for the sooner of expiry and progress', () => {
    const young = {
      ...before,
      tenant: tenant({ viewers: [{ kind: 'User', name: 'eve', expiresAt: '2026-11-22T12:00:05Z' }] })
    }
    expect(sync(syncRequest(young), now).response.resyncAfterSeconds).toBe(5)
    expect(sync(syncRequest(before), now).response.resyncAfterSeconds).toBe(20)
  })
})

it('keeps the status unchanged until access ends', () => {
  const { world, response } = settled(before)
  for (const time of [1, 30, 59]) {
    expect(sync(syncRequest(world), seconds(time)).response.status)
      .toEqual(response.status)
  }
})
