import { describe, expect, it } from 'vitest'
import { reconcile } from '../../../src/tenancy/reconcile.ts'
import type { TenantSpec } from '../../../src/api/tenant.ts'
import { customize } from '../../../src/hook/customize.ts'
import { readRequest } from '../../../src/hook/read-request.ts'
import { sync, type SyncResult } from '../../../src/hook/sync.ts'
import { identity, type KubernetesObject, type ObservedObject } from '../../../src/kubernetes/object.ts'
import { createRandom } from '../../server/fuzz/random.ts'
import { defaultClass, keyed, tenant, tenantNamespace } from '../../support/objects.ts'
import { applied, now, settled, syncRequest, type Strategy, type World } from '../../support/requests.ts'

const classes = [defaultClass()]
const ada = { kind: 'User', name: 'ada' } as const
const eve = { kind: 'User', name: 'eve' } as const
const named = (children: readonly KubernetesObject[], name: string) => children.find(({ kind, metadata }) => kind === 'TenantNamespace' && metadata.name === name)
const ready = ({ response }: SyncResult) => response.status.conditions?.find(({ type }) => type === 'Ready')

/** The state once all namespaces are ready: the TenantNamespaces have the status that their own sync gives. */
function steady (spec: Partial<TenantSpec>, strategy: Strategy = 'dynamic-apply'): World {
  const { world } = settled({ tenant: tenant(spec), classes }, strategy)
  const children = (world.children ?? []).map(child => child.kind === 'TenantNamespace' ? withOwnStatus(child, strategy) : child)
  return { ...world, children, status: sync(syncRequest({ ...world, children }), now).response.status }
}

function withOwnStatus (child: ObservedObject, strategy: Strategy): ObservedObject {
  const owned = { ...child, metadata: { ...child.metadata, ownerReferences: [{ uid: 'uid-of-acme', controller: true }] } }
  const { response } = settled({ tenant: owned, classes }, strategy)
  return { ...child, metadata: { ...child.metadata, generation: 1 }, status: response.status }
}

describe.each<Strategy>(['dynamic-apply', 'server-side-apply'])('under %s, a Tenant with further namespaces', strategy => {
  const spec: Partial<TenantSpec> = { admins: [ada, eve], namespaces: [{ name: 'dev' }, { name: 'prod', admins: [eve] }] }

  it('is ready once all of them are, and then no sync is a write', () => {
    const world = steady(spec, strategy)
    const { response } = sync(syncRequest(world), new Date('2027-01-01T00:00:00Z'))
    expect(response.status).toEqual(world.status)
    expect(response.status).toMatchObject({ phase: 'Active', namespaces: [{ name: 'tenant-acme-shop' }, { name: 'tenant-acme-dev', ready: true }, { name: 'tenant-acme-prod' }] })
    expect(response.resyncAfterSeconds).toBeUndefined()
  })

  it.each<[string, Partial<TenantSpec>]>([
    ['its spec is invalid', { ...spec, quotas: { 'tenant-quota': { pods: '-' } }, name: '-' }],
    ['it is paused', { ...spec, paused: true }],
    ['an entry is invalid', { ...spec, namespaces: [{ name: '-' }] }]
  ])('is on hold in all of them when %s', (_, changed) => {
    const world = steady(spec, strategy)
    const { response } = sync(syncRequest({ ...world, tenant: tenant({ ...changed, namespaces: [...changed.namespaces ?? [], { name: 'more' }] }) }), now)
    expect(named(response.children, 'acme.more')).toBeUndefined()
    for (const name of ['acme.dev', 'acme.prod']) {
      const { metadata: _, ...before } = named(world.children ?? [], name) ?? expect.fail()
      expect(named(response.children, name)?.spec).toEqual(changed.paused === true ? { ...before.spec as object, paused: true } : before.spec)
    }
  })

  it.each(['k8s-mtp.dev/tenant', 'app.kubernetes.io/managed-by'])('records that the label %s of one was removed or changed, and its correction', label => {
    const world = steady(spec, strategy)
    const before = named(world.children ?? [], 'acme.dev') as ObservedObject
    const { [label]: removed = '', ...others } = before.metadata.labels ?? {}
    for (const labels of [others, { ...others, [label]: 'other' }]) {
      const drifted = { ...before, metadata: { ...before.metadata, labels } }
      const { response, corrected } = sync(syncRequest({ ...world, children: (world.children ?? []).map(child => child === before ? drifted : child) }), now)
      expect(corrected).toEqual([{ kind: 'TenantNamespace', name: 'acme.dev', what: `metadata.labels.${label}` }])
      const { metadata } = named(response.children, 'acme.dev') ?? expect.fail()
      expect(metadata.labels?.[label]).toBe(removed)
      expect(metadata.annotations?.['k8s-mtp.dev/corrected']).toMatch(new RegExp(`Z metadata.labels.${label}$`))
    }
  })

  it('records no correction when its own entry changes', () => {
    const world = steady(spec, strategy)
    const { corrected } = sync(syncRequest({ ...world, tenant: tenant({ ...spec, namespaces: [{ name: 'dev', admins: [] }, { name: 'prod', className: 'other' }] }) }), now)
    expect(corrected).toEqual([])
  })

  it('revokes access on hold by the list of the entry', () => {
    const world = steady(spec, strategy)
    const changed = { ...spec, paused: true, admins: [eve], namespaces: [{ name: 'dev' }, { name: 'prod', admins: [] }] }
    const { children } = sync(syncRequest({ ...world, tenant: tenant(changed) }), now).response
    expect(named(children, 'acme.dev')?.spec).toMatchObject({ subjects: { admin: keyed([eve]) } })
    expect(named(children, 'acme.prod')?.spec).toEqual({ className: 'default', paused: true })
  })

  it('goes on with all others when the class of one is missing', () => {
    const world = steady(spec, strategy)
    const valid = sync(syncRequest({ ...world, tenant: tenant({ ...spec, className: 'gold', namespaces: [{ name: 'dev', className: 'default', viewers: [ada] }] }) }), now)
    expect(ready(valid)).toMatchObject({ reason: 'ClassNotFound' })
    expect(named(valid.response.children, 'acme.dev')?.spec).toMatchObject({ subjects: { viewer: keyed([ada]) } })
  })

  it('keeps one that is not listed, with the members that the Tenant still lists', () => {
    const world = steady(spec, strategy)
    const { response } = sync(syncRequest({ ...world, tenant: tenant({ admins: [ada], cordoned: true }) }), now)
    expect(named(response.children, 'acme.dev')?.spec).toEqual({ className: 'default', subjects: { admin: keyed([ada]) }, cordoned: true })
    expect(named(response.children, 'acme.prod')?.spec).toEqual({ className: 'default', cordoned: true })
    expect(response.status.conditions).toContainEqual(expect.objectContaining({ type: 'UnlistedNamespaces', message: expect.stringContaining('tenant-acme-dev, tenant-acme-prod') as string }))
    expect(response.status.namespaces?.map(({ name, reason }) => [name, reason])).toContainEqual(['tenant-acme-dev', 'NamespaceUnlisted'])
  })

  it('summarises each, and says which are stalled', () => {
    const { world } = settled({ tenant: tenant(spec), classes }, strategy)
    expect(ready(sync(syncRequest(world), new Date(now.getTime() + 20_000)))).toMatchObject({ reason: 'NamespacesNotReady', message: expect.stringContaining('tenant-acme-dev (RollingOut), tenant-acme-prod (RollingOut)') as string })
    const blocked = (world.children ?? []).map(child => child.kind !== 'TenantNamespace' ? child : { ...withOwnStatus({ ...child, spec: { ...child['spec'] as object, className: 'gold' } }, strategy), spec: child['spec'] })
    const { response } = sync(syncRequest({ ...world, children: blocked }), now)
    expect(response.status).toMatchObject({ phase: 'Blocked', conditions: [{ type: 'Ready', status: 'False' }, { type: 'Stalled', reason: 'NamespacesNotReady' }] })
    expect(response.status.namespaces?.[1]).toMatchObject({ ready: false, reason: 'ClassNotFound', message: expect.stringContaining('TenantClass gold does not exist') as string })
    expect(response.resyncAfterSeconds).toBeUndefined()
  })

  it('never leaves one out, whatever its spec becomes', () => {
    const seed = Math.floor(Math.random() * 2 ** 32)
    const random = createRandom(seed)
    const world = steady(spec, strategy)
    const observed = (world.children ?? []).filter(({ kind }) => kind === 'TenantNamespace')
    const values = [undefined, null, [], {}, 'dev', [null], [{ name: 'dev' }], [{ name: 'dev', admins: 'x' }], [{ name: 'prod' }, { name: 'prod' }], true, 0]
    for (let round = 0; round < 300; round++) {
      const changes = Object.fromEntries(['namespaces', 'admins', 'name', 'className', 'paused', 'cordoned', 'deletionPolicy'].filter(() => random.chance(0.4)).map(field => [field, random.oneOf(values as [unknown, ...unknown[]])]))
      const changed = { ...tenant(), spec: random.chance(0.05) ? random.oneOf(values as [unknown, ...unknown[]]) : { ...tenant(spec).spec, ...changes } }
      const { children } = sync(syncRequest({ ...world, tenant: changed, ...(random.chance(0.1) && { classes: [] }) }), now).response
      expect(children.map(identity), `seed ${seed}, round ${round}: ${JSON.stringify(changes)}`).toEqual(expect.arrayContaining(observed.map(identity)))
    }
  })
})

describe('a further namespace', () => {
  it('is the Tenant with that namespace alone: the same objects, of the same names', () => {
    const own = settled({ tenant: tenantNamespace({ subjects: { admin: keyed([ada]) } }), classes }).response
    const home = settled({ tenant: tenant({ name: 'dev', admins: [ada] }), classes }).response
    expect(own).toEqual(home)
  })

  it('is on hold without its Tenant, with the command that gives it to a new one', () => {
    const { world } = settled({ tenant: tenantNamespace({ subjects: { admin: keyed([ada]) } }), classes })
    const orphan = { ...tenantNamespace(), metadata: { name: 'acme.dev' } }
    const { response } = sync(syncRequest({ ...world, tenant: orphan }), now)
    expect(response.status.conditions?.[0]).toMatchObject({ reason: 'TenantMissing', message: expect.stringContaining('k8s-mtp adopt acme tenant-acme-dev') as string })
    expect(response.children.map(identity).sort()).toEqual((world.children ?? []).map(identity).sort())
  })

  it('asks for its own namespace', () => {
    const { parent } = syncRequest({ tenant: tenantNamespace() })
    expect(customize({ parent }).relatedResources).toContainEqual({ apiVersion: 'v1', resource: 'namespaces', names: ['tenant-acme-dev'] })
  })

  it('is on hold while the CompositeController of an earlier version sends no TenantNamespaces; a Tenant without any goes on', () => {
    const statusOf = (spec: Partial<TenantSpec>) => {
      const request = syncRequest({ tenant: tenant(spec), classes })
      const { 'TenantNamespace.k8s-mtp.dev/v1': _, ...children } = request.children
      return reconcile(request.parent, readRequest({ ...request, children }), now, '1').status.conditions?.[0]
    }
    expect(statusOf({ namespaces: [{ name: 'dev' }] })).toMatchObject({ reason: 'EngineMisconfigured', message: expect.stringContaining('TenantNamespace.k8s-mtp.dev/v1') as string })
    expect(statusOf({})).toMatchObject({ reason: 'NamespacePending' })
  })
})

it('a TenantNamespace that was given to the Tenant, but is named for another, is kept', () => {
  const foreign = applied({ ...tenantNamespace({}, 'globex.dev') })
  const { response } = sync(syncRequest({ ...steady({}), children: [...steady({}).children ?? [], foreign] }), now)
  expect(named(response.children, 'globex.dev')).toBeDefined()
})
