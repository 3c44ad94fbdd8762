import { describe, expect, it } from 'vitest'
import { sync } from '../../../src/hook/sync.ts'
import { identity, type ObservedObject } from '../../../src/kubernetes/object.ts'
import { defaultClass, tenant } from '../../support/objects.ts'
import { applied, now, settled, syncRequest, uid, type Strategy, type World } from '../../support/requests.ts'

const people = { admins: [{ kind: 'User' as const, name: 'ada' }, { kind: 'User' as const, name: 'bob' }] }
const fresh: World = { tenant: tenant(people), classes: [defaultClass()] }
const strategies: Strategy[] = ['dynamic-apply', 'server-side-apply']

const running = (strategy: Strategy = 'dynamic-apply') => settled(fresh, strategy).world
const condition = (status: { conditions?: Array<{ type: string }> }, type: string) =>
  status.conditions?.find(item => item.type === type)
const named = (children: ObservedObject[], name: string) => children.find(({ metadata }) => metadata.name === name)

const inOrder = (objects: ObservedObject[]) => objects.toSorted((a, b) => identity(a) < identity(b) ? -1 : 1)

interface HoldCase { why: string, world: (world: World) => World, reason: string, phase: string, stalled: boolean, message: string }

const holds: HoldCase[] = [
  {
    why: 'the class does not exist',
    world: world => ({ ...world, tenant: tenant({ ...people, className: 'gold' }) }),
    reason: 'ClassNotFound',
    phase: 'Blocked',
    stalled: true,
    message: 'TenantClass gold does not exist (existing: default). Create it, or correct spec.className'
  },
  {
    why: 'the class was deleted',
    world: world => ({ ...world, classes: [] }),
    reason: 'ClassNotFound',
    phase: 'Blocked',
    stalled: true,
    message: 'TenantClass default does not exist (none exists). Create it, or correct spec.className'
  },
  {
    why: 'the class has an invalid quota',
    world: world => ({ ...world, classes: [defaultClass(spec => { spec.quotas['tenant-quota'] = { pods: 'many' } })] }),
    reason: 'ClassInvalid',
    phase: 'Blocked',
    stalled: true,
    message: 'TenantClass default: spec.quotas.tenant-quota.pods'
  },
  {
    why: 'the class has invalid limits',
    world: world => ({
      ...world,
      classes: [defaultClass(spec => { spec.limits = [{ type: 'Container', min: { cpu: '2' }, max: { cpu: '1' } }] })]
    }),
    reason: 'ClassInvalid',
    phase: 'Blocked',
    stalled: true,
    message: 'TenantClass default: spec.limits[0]'
  },
  {
    why: 'the class violates a rule of its schema',
    world: world => ({
      ...world,
      classes: [
        defaultClass(spec => { spec.roles.viewer.rules = [{ apiGroups: ['*'], resources: ['pods'], verbs: ['get'] }] })
      ]
    }),
    reason: 'ClassInvalid',
    phase: 'Blocked',
    stalled: true,
    message: "TenantClass default: spec.roles.viewer.rules[0].apiGroups: '*' would also grant access to future resources"
  },
  {
    why: 'an override exceeds its bound',
    world: world => ({ ...world, tenant: tenant({ ...people, quotas: { 'tenant-quota': { pods: '101' } } }) }),
    reason: 'OverrideNotAllowed',
    phase: 'Blocked',
    stalled: true,
    message: 'spec.quotas.tenant-quota.pods: 101 exceeds the maximum 100 of TenantClass default'
  },
  {
    why: 'an override is not allowed',
    world: world => ({
      ...world,
      tenant: tenant({ ...people, quotas: { 'tenant-objects': { 'services.nodeports': 5 } } })
    }),
    reason: 'OverrideNotAllowed',
    phase: 'Blocked',
    stalled: true,
    message: 'spec.quotas.tenant-objects.services.nodeports: cannot be overridden under TenantClass default'
  },
  {
    why: 'an override is no quantity',
    world: world => ({ ...world, tenant: tenant({ ...people, quotas: { 'tenant-quota': { pods: '1.5' } } }) }),
    reason: 'SpecInvalid',
    phase: 'Blocked',
    stalled: true,
    message: 'spec.quotas.tenant-quota.pods'
  },
  {
    why: 'the spec lists all authenticated users',
    world: world => ({
      ...world,
      tenant: tenant({ ...people, viewers: [{ kind: 'Group', name: 'system:authenticated' }] })
    }),
    reason: 'SpecInvalid',
    phase: 'Blocked',
    stalled: true,
    message: 'spec.viewers[0]: users and groups that begin with system:'
  },
  {
    why: 'the Tenant is paused',
    world: world => ({ ...world, tenant: tenant({ ...people, paused: true }) }),
    reason: 'Paused',
    phase: 'Paused',
    stalled: false,
    message: 'reconciliation is paused (spec.paused: true)'
  },
  {
    why: 'the Tenant is being deleted',
    world: world => ({ ...world, metadata: { deletionTimestamp: '2026-11-22T11:00:00Z' } }),
    reason: 'TenantTerminating',
    phase: 'Terminating',
    stalled: false,
    message: 'the Tenant is being deleted'
  }
]

describe.each(strategies)('under %s, a Tenant on hold changes nothing', strategy => {
  it.each(holds)('when $why', ({ world, reason, phase, stalled, message }) => {
    const before = running(strategy)
    const { response, hold } = sync(syncRequest(world(before)), now)
    expect(hold).toBe(reason)
    expect(response.status.phase).toBe(phase)
    expect(condition(response.status, 'Ready')).toMatchObject({
      status: 'False',
      reason,
      message: expect.stringContaining(message) as string
    })
    expect(condition(response.status, 'Stalled') !== undefined).toBe(stalled)
    expect(inOrder(response.children.map(child => applied(child, strategy)))).toEqual(inOrder(before.children ?? []))
  })

  it('and returns no labels of other tools', () => {
    const before = running(strategy)
    const children = structuredClone(before.children ?? [])
    Object.assign(named(children, 'tenant-acme-shop')?.metadata.labels ?? {}, { 'istio-injection': 'enabled' })
    const { response } = sync(syncRequest({ ...before, children, classes: [] }), now)
    expect(named(response.children, 'tenant-acme-shop')?.metadata.labels).not.toHaveProperty('istio-injection')
    expect(named(response.children, 'tenant-acme-shop')?.metadata.labels).toHaveProperty('k8s-mtp.dev/tenant', 'acme')
  })

  it('except that it revokes a subject that is no longer listed', () => {
    const before = running(strategy)
    const { response } = sync(syncRequest({
      ...before,
      classes: [],
      tenant: tenant({ admins: [{ kind: 'User', name: 'ada' }] })
    }), now)
    expect(named(response.children.filter(({ kind }) => kind === 'RoleBinding'), 'tenant-admin'))
      .toMatchObject({ subjects: [{ name: 'ada' }] })
  })

  it('except that a cordon takes effect, and is reported once it has', () => {
    const before = running(strategy)
    const cordoned = sync(syncRequest({
      ...before,
      classes: [],
      tenant: tenant({ ...people, cordoned: true })
    }), now).response
    expect(named(cordoned.children, 'tenant-workloads')).toMatchObject({ spec: { cordoned: true, tenantName: 'acme' } })
    expect(condition(cordoned.status, 'Cordoned')).toBeUndefined()
    const children = cordoned.children.map(child => applied(child, strategy))
    const after = sync(syncRequest({
      ...before,
      children,
      classes: [],
      tenant: tenant({ ...people, cordoned: true })
    }), now).response
    expect(condition(after.status, 'Cordoned')).toMatchObject({ status: 'True' })
    expect(condition(after.status, 'Ready')).toMatchObject({ reason: 'ClassNotFound' })
    const lifted = sync(syncRequest({ ...before, children, classes: [], tenant: tenant(people) }), now).response
    expect(named(lifted.children, 'tenant-workloads')).toMatchObject({ spec: { cordoned: true } })
  })

  it('and grants no access to a subject that was added', () => {
    const before = running(strategy)
    const { response } = sync(syncRequest({
      ...before,
      classes: [],
      tenant: tenant({ ...people, admins: [...people.admins, { kind: 'User', name: 'carl' }] })
    }), now)
    const binding = response.children.find(({ kind, metadata }) => kind === 'RoleBinding' && metadata.name === 'tenant-admin')
    expect(JSON.stringify(binding)).not.toContain('carl')
  })

  it('and keeps a binding without its last subject: with an empty list only where that takes it from its other owners', () => {
    const { response } = sync(syncRequest({ ...running(strategy), classes: [], tenant: tenant() }), now)
    const binding = response.children.find(({ kind, metadata }) => kind === 'RoleBinding' && metadata.name === 'tenant-admin')
    expect(binding).toMatchObject({ roleRef: { name: 'tenant-admin' } })
    // By dynamic-apply each sync would write an empty list, since the API server drops it.
    expect(binding?.['subjects']).toEqual(strategy === 'dynamic-apply' ? undefined : [])
  })
})

describe('an existing namespace of the name', () => {
  const existing: ObservedObject = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'tenant-acme-shop', uid: 'x', labels: { team: 'other' } }
  }

  it('is reported as a conflict, and no child is returned that could change it', () => {
    const { response } = sync(syncRequest({ ...fresh, namespaces: [existing] }), now)
    expect(response.children).toEqual([])
    expect(response.status).toMatchObject({
      phase: 'Blocked',
      namespaces: [{ name: 'tenant-acme-shop', phase: 'Conflict', ready: false }]
    })
    expect(condition(response.status, 'Stalled')).toMatchObject({
      reason: 'NamespaceConflict',
      message: expect.stringContaining('exists and belongs to no Tenant; it is left unchanged') as string
    })
  })

  it('of an earlier Tenant is reported with the command that adopts it', () => {
    const orphaned = { ...existing, metadata: { ...existing.metadata, labels: { 'k8s-mtp.dev/tenant': 'acme' } } }
    const { response } = sync(syncRequest({ ...fresh, namespaces: [orphaned] }), now)
    expect(condition(response.status, 'Ready')).toMatchObject({
      message: expect.stringContaining('To adopt it with everything in it: k8s-mtp adopt acme tenant-acme-shop') as string
    })
  })

  it('of this Tenant is waited for until Metacontroller observes it', () => {
    const owned = { ...existing, metadata: { ...existing.metadata, ownerReferences: [{ uid, controller: true }] } }
    const { response } = sync(syncRequest({ ...fresh, namespaces: [owned] }), now)
    expect(response.children).toEqual([])
    expect(condition(response.status, 'Reconciling')).toMatchObject({ reason: 'NamespacePending' })
  })
})

it('takes a namespace with another controller for a conflict, even when it names this Tenant as an owner', () => {
  const existing: ObservedObject = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: 'tenant-acme-shop',
      ownerReferences: [{ uid, controller: false }, { uid: 'x', controller: true }]
    }
  }
  expect(sync(syncRequest({ ...fresh, namespaces: [existing] }), now).hold).toBe('NamespaceConflict')
})

it('revokes subjects in a namespace that the Tenant had before', () => {
  const before = running()
  const former = structuredClone(before.children ?? [])
    .filter(({ kind, metadata }) => kind === 'RoleBinding' && metadata.name === 'tenant-admin')
    .map(binding => ({ ...binding, metadata: { ...binding.metadata, namespace: 'tenant-acme-old' } }))
  const { response } = sync(syncRequest({
    ...before,
    children: [...before.children ?? [], ...former],
    tenant: tenant({ admins: [{ kind: 'User', name: 'ada' }] })
  }), now)
  const kept = response.children.find(({ kind, metadata }) => kind === 'RoleBinding' && metadata.namespace === 'tenant-acme-old')
  expect(kept).toMatchObject({ subjects: [{ name: 'ada' }] })
})

describe('a terminating namespace', () => {
  const terminating = (world: World, rest: (child: ObservedObject) => boolean) => {
    const children = structuredClone(world.children ?? []).filter(child => child.kind === 'Namespace' || rest(child))
    const namespace = children.find(({ kind }) => kind === 'Namespace')
    if (namespace !== undefined) namespace.metadata.deletionTimestamp = '2026-11-22T11:59:00Z'
    return { ...world, children }
  }

  it('keeps the objects that are left in it, its deny policy above all, and gets no new ones', () => {
    const before = terminating(running(), ({ kind }) => kind === 'NetworkPolicy')
    const { response } = sync(syncRequest(before), now)
    expect(response.children.map(identity).sort()).toEqual(before.children.map(identity).sort())
    expect(response.status).toMatchObject({ phase: 'Provisioning', namespaces: [{ phase: 'Terminating' }] })
    expect(condition(response.status, 'Reconciling')).toMatchObject({ reason: 'NamespaceTerminating' })
  })
})

describe('on hold, an object', () => {
  it('with a corrupt last-applied annotation is returned by name, and so is not deleted', () => {
    const before = running()
    const children = structuredClone(before.children ?? [])
    const quota = named(children, 'tenant-quota')
    Object.assign(quota?.metadata.annotations ?? {}, { 'metacontroller.k8s.io/last-applied-configuration': '{broken' })
    const { response } = sync(syncRequest({ ...before, children, classes: [] }), now)
    expect(response.children).toContainEqual({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'tenant-quota', namespace: 'tenant-acme-shop' }
    })
  })

  it('that has drifted is returned as observed', () => {
    const before = running()
    const children = structuredClone(before.children ?? [])
    Object.assign(named(children, 'tenant-quota') ?? {}, { spec: { hard: { pods: '999' } } })
    const { response } = sync(syncRequest({ ...before, children, classes: [] }), now)
    expect(named(response.children, 'tenant-quota')).toMatchObject({ spec: { hard: { pods: '999' } } })
  })
})
