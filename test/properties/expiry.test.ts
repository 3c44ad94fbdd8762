import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Subject } from '../../src/api/subject.ts'
import type { TenantSpec } from '../../src/api/tenant.ts'
import { sync, type SyncResult } from '../../src/hook/sync.ts'
import { identity, isNamespace } from '../../src/kubernetes/object.ts'
import { casesOfRun } from '../support/cases-of-run.ts'
import { defaultClass, tenant } from '../support/objects.ts'
import { now, settled, syncRequest, type Strategy, type World } from '../support/requests.ts'

const lists = ['admins', 'operators', 'viewers'] as const
const minutes = (count: number) => new Date(now.getTime() + count * 60_000)
const expiry = fc.integer({ min: -3, max: 3 }).map(count => minutes(count).toISOString().replace('.000', ''))
const subject = fc.oneof(
  fc.record({
    kind: fc.constantFrom('User' as const, 'Group' as const),
    name: fc.constantFrom('ada', 'bob', 'deployer'),
    expiresAt: expiry
  }, { requiredKeys: ['kind', 'name'] }),
  fc.record({
    kind: fc.constant('ServiceAccount' as const),
    name: fc.constantFrom('deployer', 'bob'),
    namespace: fc.constantFrom('ci', 'cd'),
    expiresAt: expiry
  }, { requiredKeys: ['kind', 'name', 'namespace'] })
)
const people = fc.array(subject, { maxLength: 6 })
const specs = fc.record({
  admins: people,
  operators: people,
  viewers: people,
  roles: fc.record({ auditor: people, 'release-manager': people }, { requiredKeys: [] })
}, { requiredKeys: [] })
/** With further roles: one of a name that every object inherits. */
const tenantClass = defaultClass(spec => {
  spec.additionalRoles = Object.fromEntries(['auditor', 'constructor', 'release-manager'].map(name => [name, spec.roles.viewer]))
})
const strategies = fc.constantFrom<Strategy>('dynamic-apply', 'server-side-apply')
const times = fc.integer({ min: -4, max: 4 }).map(minutes)

/** Worlds in which the hook declares the desired state, or puts the Tenant on hold. */
const disturbances = fc.constantFrom<Array<(world: World, spec: Partial<TenantSpec>) => World>[number]>(
  world => world,
world => ({ ...world, classes: [] }),
world => ({ ...world, classes: [defaultClass()] }),
(world, spec) => ({ ...world, tenant: tenant({ ...spec, paused: true }) }),
(world, spec) => ({ ...world, tenant: tenant({ ...spec, quotas: { 'tenant-quota': { pods: 1000 } } }) }),
world => ({ ...world, metadata: { deletionTimestamp: '2026-11-22T11:00:00Z' } }),
world => ({
  ...world,
  children: (world.children ?? []).map(child => isNamespace(child)
    ? {
        ...child,
        metadata: { ...child.metadata, deletionTimestamp: '2026-11-22T11:00:00Z' }
      }
    : child)
})
)

const text = (role: string, { kind, name, namespace }: Subject) => `${role} ${kind} ${namespace ?? ''} ${name}`

function granted ({ children }: SyncResult['response']): string[] {
  return children.filter(({ kind }) => kind === 'RoleBinding').flatMap(({ roleRef, subjects }) =>
    ((subjects ?? []) as Subject[]).map(item => text((roleRef as { name: string }).name, item))).sort()
}

const listsOf = (spec: Partial<TenantSpec>): Array<[string, Subject[]]> =>
  [...lists.map((list): [string, Subject[]] => [list.slice(0, -1), spec[list] ?? []]), ...Object.entries(spec.roles ?? {})]

/** Decides by the entries alone: a subject has access while one of its entries has no end, or a later one. */
function expectedAccess (spec: Partial<TenantSpec>, time: Date): string[] {
  const counting = listsOf(spec).flatMap(([role, listed]) => listed
    .filter(({ expiresAt }) => expiresAt === undefined || Date.parse(expiresAt) > time.getTime())
    .map(item => text(`tenant-${role}`, item)))
  return [...new Set(counting)].sort()
}

const withoutEnds = (lists: object) => Object.fromEntries(Object.entries(lists).map(([list, subjects]) =>
  [list, (subjects as Subject[]).map(({ expiresAt, ...item }) => item)]))
const withoutExpiry = ({ roles, ...spec }: Partial<TenantSpec>): Partial<TenantSpec> =>
  ({ ...withoutEnds(spec), ...(roles !== undefined && { roles: withoutEnds(roles) }) })

/** The Tenant in its steady state, from before its subjects had an expiry. */
const running = (spec: Partial<TenantSpec>, strategy: Strategy) => ({
  ...settled({ tenant: tenant(withoutExpiry(spec)), classes: [tenantClass] }, strategy).world,
  tenant: tenant(spec),
  generation: 2
})

describe('whenever access ends', () => {
  it('the bindings have exactly the subjects whose access has not ended', () => {
    fc.assert(fc.property(specs, strategies, times, (spec, strategy, time) => {
      expect(granted(sync(syncRequest(running(spec, strategy)), time).response)).toEqual(expectedAccess(spec, time))
    }), { numRuns: casesOfRun(30) })
  })

  it('they have even when the Tenant is on hold', () => {
    fc.assert(fc.property(specs, strategies, times, disturbances, (spec, strategy, time, disturb) => {
      expect(granted(sync(syncRequest(disturb(running(spec, strategy), spec)), time).response))
        .toEqual(expectedAccess(spec, time))
    }), { numRuns: casesOfRun(30) })
  })

  it('the response has the objects of one without expiry, with fewer subjects and no other change', () => {
    fc.assert(fc.property(specs, strategies, times, disturbances, (spec, strategy, time, disturb) => {
      const { response } = sync(syncRequest(disturb(running(spec, strategy), spec)), time)
      const unlimited = sync(syncRequest(disturb(running(withoutExpiry(spec), strategy), withoutExpiry(spec))), time).response
      expect(response.children.map(identity)).toEqual(unlimited.children.map(identity))
      response.children.forEach((child, index) => {
        const { subjects = [], ...content } = child
        const { subjects: others = [], ...rest } = unlimited.children[index] ?? child
        expect(content).toEqual(rest)
        expect(others).toEqual(expect.arrayContaining(subjects as unknown[]) as unknown[])
      })
    }), { numRuns: casesOfRun(30) })
  })

  it('the next sync is requested in time, and until then the status stays the same', () => {
    fc.assert(fc.property(specs, strategies, times, (spec, strategy, time) => {
      const { world, response } = settled({ tenant: tenant(spec), classes: [tenantClass] }, strategy)
      const next = listsOf(spec).flatMap(([, listed]) => listed)
        .map(({ expiresAt }) => Date.parse(expiresAt ?? '')).filter(end => end > now.getTime() && end <= time.getTime())
      const { response: later } = sync(syncRequest(world), time)
      if (time >= now && next.length === 0) expect(later.status).toEqual(response.status)
      if (granted(later).join() !== granted(response)
        .join() && time > now) {
        expect(now.getTime() + (response.resyncAfterSeconds ?? Infinity) * 1000)
          .toBeLessThanOrEqual(time.getTime())
      }
    }), { numRuns: casesOfRun(30) })
  })
})
