import { describe, expect, it } from 'vitest'
import { customize } from '../../../src/hook/customize.ts'
import { sync } from '../../../src/hook/sync.ts'
import type { ObservedObject } from '../../../src/kubernetes/object.ts'
import type { TenantNamespaceSpec } from '../../../src/api/tenant-namespace.ts'
import { createRandom } from '../../server/fuzz/random.ts'
import { defaultClass, tenant, tenantNamespace } from '../../support/objects.ts'
import { applied, now, settled, syncRequest, uid, type Strategy, type World } from '../../support/requests.ts'

const classes = [defaultClass()]
const objectOf = (spec: Partial<TenantNamespaceSpec> = {}, name = 'acme.existing.legacy') => tenantNamespace({ deletionPolicy: 'Retain', ...spec }, name)
const keeper = { apiVersion: 'v1', kind: 'Namespace', name: 'kube-system', uid: 'uid-of-kube-system' }

/** A namespace as the adoption leaves it. */
function given (name = 'legacy', kept = true): ObservedObject {
  const ownerReferences = [{ uid, controller: true }, ...(kept ? [keeper] : [])]
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, uid: `uid-of-${name}`, labels: { 'controller-uid': uid, team: 'shop' }, ownerReferences } }
}

const responseTo = (world: Partial<World>) => sync(syncRequest({ tenant: objectOf(), classes, ...world }), now).response
const ready = (response: ReturnType<typeof responseTo>) => response.status.conditions?.find(({ type }) => type === 'Ready')

describe('an existing namespace', () => {
  it('is asked for by its own name', () => {
    expect(customize({ parent: syncRequest({ tenant: objectOf() }).parent }).relatedResources).toContainEqual({ apiVersion: 'v1', resource: 'namespaces', names: ['legacy'] })
  })

  it.each<[string, Partial<World>, string, string]>([
    ['does not exist', {}, 'NamespaceMissing', 'k8s-mtp adopt acme legacy'],
    ['has no owner', { namespaces: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'legacy' } }] }, 'NamespaceConflict', 'Remove its entry from spec.namespaces, or adopt the namespace'],
    [
      'belongs to another Tenant',
      { namespaces: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'legacy', labels: { 'k8s-mtp.dev/tenant': 'globex' } } }] },
      'NamespaceConflict', 'k8s-mtp move legacy --to acme'
    ],
    ['is being deleted', { children: [{ ...given(), metadata: { ...given().metadata, deletionTimestamp: '2026-11-22T11:59:00Z' } }] }, 'NamespaceTerminating', 'are not created again'],
    ['is kept, and its entry says Delete', { tenant: objectOf({ deletionPolicy: 'Delete' }), children: [given()] }, 'NamespaceKept', 'k8s-mtp adopt acme legacy']
  ])('that %s puts its entry on hold, and says what to do', (_, world, reason, remedy) => {
    const response = responseTo(world)
    expect(ready(response)).toMatchObject({ status: 'False', reason, message: expect.stringContaining(remedy) as string })
    expect(response.status).toMatchObject({ phase: 'Blocked', namespaces: [{ name: 'legacy' }] })
    expect(response.children.map(({ metadata }) => metadata.name)).toEqual((world.children ?? []).map(({ metadata }) => metadata.name))
  })

  it.each<Strategy>(['dynamic-apply', 'server-side-apply'])('has all objects of its class once it was given, by %s', strategy => {
    const { world } = settled({ tenant: objectOf(), classes, children: [given()] }, strategy)
    expect(world.status).toMatchObject({ phase: 'Provisioning', namespaces: [{ name: 'legacy', ready: false, reason: 'NamespaceNotKept', message: expect.stringContaining('k8s-mtp adopt acme legacy') as string }] })
    const children = (world.children ?? []).map(child => child.kind === 'Namespace' ? { ...child, metadata: { ...child.metadata, ownerReferences: given().metadata.ownerReferences } } : child)
    const response = responseTo({ ...world, children } as World)
    expect(response.status).toMatchObject({ phase: 'Active', namespaces: [{ name: 'legacy', ready: true }] })
    expect(response.children.find(({ kind }) => kind === 'Namespace')?.metadata.labels).toMatchObject({ 'k8s-mtp.dev/deletion-policy': 'Retain', 'k8s-mtp.dev/tenant': 'acme' })
    expect(new Set(response.children.filter(({ kind }) => kind !== 'Namespace').map(({ metadata }) => metadata.namespace))).toEqual(new Set(['legacy']))
  })

  it('is in a response exactly while it is observed, whatever else is', () => {
    const random = createRandom(20261127)
    const complete = settled({ tenant: objectOf(), classes, children: [given()] }).world.children ?? []
    for (let run = 0; run < 300; run++) {
      const observed = random.chance(0.7)
      const namespace = given('legacy', random.chance(0.5))
      const world: Partial<World> = {
        tenant: objectOf({ deletionPolicy: random.oneOf(['Retain', 'Delete']), className: random.oneOf(['default', 'gold']), paused: random.chance(0.2), cordoned: random.chance(0.2) }),
        children: observed ? random.oneOf([[namespace], complete]) : [],
        namespaces: random.oneOf([[], [namespace], [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'legacy' } }]]),
        classes: random.oneOf([classes, []])
      }
      const names = responseTo(world).children.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name)
      expect(names).toEqual(observed ? ['legacy'] : [])
    }
  })
})

it('leaves room for the longest name of a Tenant', () => {
  const name = `${'a'.repeat(54)}.existing.${'b'.repeat(63)}`
  const response = responseTo({ tenant: objectOf({}, name) })
  expect(ready(response)).toMatchObject({ reason: 'NamespaceMissing' })
})

describe('an entry of an existing namespace', () => {
  const listed = (namespaces: object[]) => sync(syncRequest({ tenant: { ...tenant(), spec: { ...tenant().spec, namespaces } }, classes }), now).response
  const specsOf = (response: ReturnType<typeof listed>) => Object.fromEntries(response.children.filter(({ kind }) => kind === 'TenantNamespace').map(child => [child.metadata.name, child['spec']]))

  it('keeps the namespace unless it says otherwise, whatever the Tenant says', () => {
    const response = listed([{ existing: 'legacy' }, { existing: 'scratch', deletionPolicy: 'Delete' }, { name: 'dev' }])
    expect(specsOf(response)).toEqual({
      'acme.existing.legacy': { className: 'default', deletionPolicy: 'Retain' }, 'acme.existing.scratch': { className: 'default' }, 'acme.dev': { className: 'default' }
    })
  })

  it('keeps its deletion policy once it is no longer listed', () => {
    const children = ['acme.existing.legacy', 'acme.existing.scratch'].map(name => applied({
      apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantNamespace', metadata: { name }, spec: { className: 'default', ...(name.endsWith('legacy') && { deletionPolicy: 'Retain' }) }
    }))
    for (const deletionPolicy of ['Retain', 'Delete'] as const) {
      const response = sync(syncRequest({ tenant: tenant({ deletionPolicy, namespaces: [] }), classes, children }), now).response
      expect(specsOf(response)).toEqual({ 'acme.existing.legacy': { className: 'default', deletionPolicy: 'Retain' }, 'acme.existing.scratch': { className: 'default' } })
      expect(response.status.conditions?.find(({ type }) => type === 'UnlistedNamespaces')?.message).toContain('k8s-mtp release acme NAME (legacy, scratch)')
    }
  })
})
