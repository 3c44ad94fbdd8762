import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checker } from '../../src/api/validation/checker.ts'
import { Tenant } from '../../src/api/tenant.ts'
import { sync } from '../../src/hook/sync.ts'
import { identity, isNamespace, type ObservedObject } from '../../src/kubernetes/object.ts'
import { casesOfRun } from '../support/cases-of-run.ts'
import { defaultClass as shippedClass, tenant } from '../support/objects.ts'
import { applied, now, settled, syncRequest, type Strategy, type World } from '../support/requests.ts'

const subject = fc.oneof(
  fc.record({
    kind: fc.constantFrom('User' as const, 'Group' as const),
    name: fc.constantFrom('ada', 'bob', 'ops', 'deployer')
  }),
  fc.record({
    kind: fc.constant('ServiceAccount' as const),
    name: fc.constantFrom('deployer', 'bob'),
    namespace: fc.constantFrom('ci', 'cd')
  })
)
const defaultClass: typeof shippedClass = (change = () => {}) => shippedClass(spec => {
  spec.additionalRoles = { 'release-manager': spec.roles.operator, auditor: spec.roles.viewer }
  change(spec)
})
const people = fc.array(subject, { maxLength: 6 })
const pods = fc.constantFrom<string | number>(30, '30', '100', '0', '1e1')
const cpu = fc.constantFrom<string | number>(1, '1000m', '0.5', '2', '1500m')
const tenants = fc.record({
  admins: people,
  operators: people,
  viewers: people,
  roles: fc.record({ auditor: people, 'release-manager': people }, { requiredKeys: [] }),
  quotas: fc.record({ 'tenant-quota': fc.record({ pods, cpu }) })
}, { requiredKeys: [] }).map(spec => tenant(spec))
const strategies = fc.constantFrom<Strategy>('dynamic-apply', 'server-side-apply')

/** Changes of a Tenant in steady state: of its spec, its class or its observed state. */
const disturbances = fc.constantFrom(...[
  world => world,
  world => ({ ...world, classes: [] }),
  world => ({ ...world, classes: [shippedClass()], tenant: tenant({ roles: { auditor: [] } }) }),
  world => ({ ...world, tenant: tenant({ className: 'gold' }) }),
  world => ({ ...world, tenant: tenant({ paused: true }) }),
  world => ({ ...world, tenant: tenant({ quotas: { 'tenant-quota': { pods: 1000 } } }) }),
  world => ({ ...world, tenant: { ...tenant(), spec: { name: 'shop', admins: 'ada' } } }),
  world => ({ ...world, tenant: { ...tenant(), spec: null } }),
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
] satisfies Array<(world: World) => World>)

/** Some of the children, and some of those changed. */
function disturbed (children: ObservedObject[], keep: boolean[], change: boolean[]): ObservedObject[] {
  return children.filter((child, index) => isNamespace(child) || keep[index % keep.length] !== false)
    .map((child, index) => change[index % change.length] === true
      ? {
          ...child,
          spec: { hard: { pods: '999' } },
          rules: [{ verbs: ['*'] }]
        }
      : child)
}

const flags = fc.array(fc.boolean(), { minLength: 1, maxLength: 14 })
const identities = (children: readonly ObservedObject[]) => children.map(identity).sort()

describe('for any Tenant, the response', () => {
  it('is the same for the same request', () => {
    fc.assert(fc.property(tenants, object => {
      const request = syncRequest({ tenant: object, classes: [defaultClass()] })
      expect(sync(structuredClone(request), now)).toEqual(sync(request, now))
    }))
  })

  it('does not depend on the order of people, quotas or observed children', () => {
    fc.assert(fc.property(tenants, strategies, (object, strategy) => {
      const { world, response } = settled({ tenant: object, classes: [defaultClass()] }, strategy)
      const reversed = defaultClass(spec => {
        spec.quotas = Object.fromEntries(Object.entries(spec.quotas)
          .toReversed())
      })
      const spec = {
        ...object.spec,
        admins: (object.spec.admins ?? []).toReversed(),
        operators: (object.spec.operators ?? []).toReversed()
      }
      const again = sync(syncRequest({
        ...world,
        tenant: tenant(spec),
        classes: [reversed],
        children: (world.children ?? []).toReversed()
      }), now)
      expect(again.response).toEqual(response)
    }), { numRuns: casesOfRun(50) })
  })

  it('reaches a steady state, in which it is the same again and nothing has drifted', () => {
    fc.assert(fc.property(tenants, strategies, (object, strategy) => {
      const { response, world, rounds } = settled({ tenant: object, classes: [defaultClass()] }, strategy)
      expect(rounds).toBeLessThanOrEqual(5)
      expect(response.status.phase).toBe('Active')
      expect(sync(syncRequest(world), now).response).toEqual(response)
    }), { numRuns: casesOfRun(50) })
  })

  it('puts every namespaced child into the namespace of the tenant', () => {
    fc.assert(fc.property(tenants, object => {
      const { response } = settled({ tenant: object, classes: [defaultClass()] })
      expect(new Set(response.children.map(child => isNamespace(child) ? child.metadata.name : child.metadata.namespace)))
        .toEqual(new Set(['tenant-acme-shop']))
      expect(response.children.filter(isNamespace).map(({ metadata }) => metadata.namespace)).toEqual([undefined])
    }), { numRuns: casesOfRun(50) })
  })

  it('grants each subject its own role only, and has no two subjects of one name in a binding', () => {
    fc.assert(fc.property(tenants, object => {
      const bindings = settled({
        tenant: object,
        classes: [defaultClass()]
      }).response.children.filter(({ kind }) => kind === 'RoleBinding')
      const granted = bindings.flatMap(({ roleRef, subjects = [] }) =>
        (subjects as Array<{ kind: string, name: string, namespace?: string }>)
          .map(({ kind, name, namespace }) => `${(roleRef as { name: string }).name} ${kind} ${namespace ?? ''} ${name}`))
      const { admins = [], operators = [], viewers = [], roles = {} } = object.spec
      const listed = Object.entries({ admin: admins, operator: operators, viewer: viewers, ...roles }).flatMap(([role, subjects]) =>
        subjects.map(({ kind, name, namespace }) => `tenant-${role} ${kind} ${namespace ?? ''} ${name}`))
      expect(granted.sort()).toEqual([...new Set(listed)].sort())
      for (const { subjects } of bindings) {
        const names = ((subjects ?? []) as Array<{ name: string }>).map(({ name }) => name)
        expect(new Set(names).size).toBe(names.length)
      }
    }))
  })
})

describe('for any observed state and any disturbance', () => {
  const check = checker(Tenant)

  it('the response includes each observed child', () => {
    fc.assert(fc.property(disturbances, strategies, flags, flags, (disturb, strategy, keep, change) => {
      const { world } = settled({ tenant: tenant(), classes: [defaultClass()] }, strategy)
      const before = disturb({ ...world, children: disturbed(world.children ?? [], keep, change) })
      const { response } = sync(syncRequest(before), now)
      expect(identities(response.children))
        .toEqual(expect.arrayContaining(identities(before.children ?? [])) as string[])
    }))
  })

  it('a Tenant on hold gets no new objects', () => {
    fc.assert(fc.property(disturbances, strategies, flags, (disturb, strategy, keep) => {
      const { world } = settled({ tenant: tenant(), classes: [defaultClass()] }, strategy)
      const before = disturb({ ...world, children: disturbed(world.children ?? [], keep, [false]) })
      const { response, hold } = sync(syncRequest(before), now)
      fc.pre(hold !== undefined)
      expect(identities(response.children)).toEqual(identities(before.children ?? []))
    }))
  })

  it('a spec of any shape puts the Tenant on hold or is declared, and never throws', () => {
    fc.assert(fc.property(fc.jsonValue(), spec => {
      const object = { apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', metadata: { name: 'acme' }, spec }
      const { hold } = sync(syncRequest({ tenant: object, classes: [defaultClass()] }), now)
      expect(hold === undefined).toBe(check(object).ok)
    }))
  })

  it('a child that Metacontroller has never applied is returned by name', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }), names => {
      const { world } = settled({ tenant: tenant(), classes: [defaultClass()] })
      const unmanaged = [...new Set(names)].map(name => ({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name, labels: { team: 'x' } }
      }))
      const { response } = sync(syncRequest({ ...world, children: [...world.children ?? [], ...unmanaged] }), now)
      for (const { metadata: { name } } of unmanaged) {
        expect(response.children).toContainEqual({
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name }
        })
      }
    }))
  })
})

describe('after any disturbance', () => {
  it('the response is the same for the same request and time, and reaches a steady state with the same records', () => {
    fc.assert(fc.property(strategies, flags, flags, (strategy, keep, change) => {
      const { world } = settled({ tenant: tenant(), classes: [defaultClass()] }, strategy)
      const request = syncRequest({ ...world, children: disturbed(world.children ?? [], keep, change) })
      const first = sync(structuredClone(request), now)
      expect(sync(request, now)).toEqual(first)
      const after = settled({
        ...world,
        children: first.response.children.map(child => applied(child, strategy)),
        status: first.response.status
      }, strategy)
      expect(after.response.status.phase).toBe('Active')
      const again = sync(syncRequest(after.world), new Date('2027-01-01T00:00:00Z'))
      expect(again.response).toEqual(after.response)
      expect(again.corrected).toEqual([])
    }), { numRuns: casesOfRun(50) })
  })
})

it('applied() returns the objects that the engine creates for a response', () => {
  const { response } = settled({ tenant: tenant(), classes: [defaultClass()] })
  expect(identities(response.children.map(child => applied(child)))).toEqual(identities(response.children))
})
