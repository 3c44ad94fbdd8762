import { describe, expect, it } from 'vitest'
import { claimedMetadata } from '../../src/adoption/plan-adoption.ts'
import { planMove } from '../../src/adoption/plan-move.ts'
import type { Situation } from '../../src/adoption/situation.ts'
import { asTenant } from '../../src/tenancy/observed/tenant-namespace.ts'
import { tenantNamespace } from '../support/objects.ts'
import { uid } from '../support/requests.ts'
import { keeper, namespaceName, objectsOf, situation, unmanaged } from './situations.ts'

const earlier = 'uid-of-acme'
const globex = (deletionPolicy: 'Retain' | 'Delete' = 'Retain') =>
  asTenant({ ...tenantNamespace({ deletionPolicy }, `globex.existing.${namespaceName}`), metadata: { name: `globex.existing.${namespaceName}`, uid, generation: 1 } })

/** Tenant globex lists the home namespace of Tenant acme. */
function moving (change: Partial<Situation> = {}): Situation {
  const owners = new Map([[uid, 'Tenant/globex'], [earlier, 'Tenant/acme'], [keeper.uid, 'Namespace/kube-system']])
  return situation({ tenant: globex(), ...objectsOf({}, earlier), owners, ...change })
}

const patches = (of: Situation) => {
  const plan = planMove(of) ?? expect.fail('nothing to move')
  return plan.claims.map(claim => ({ object: claim.object.kind, ...claimedMetadata(claim, plan) }))
}

describe('a move', () => {
  it('gives the namespace and all objects of the earlier Tenant to the other, without references to the earlier one', () => {
    const all = moving()
    const plan = planMove(all)
    expect(plan).toMatchObject({ from: ['acme'], isHome: true, obstacles: [] })
    expect(plan?.claims).toHaveLength(all.contents.length + 1)
    for (const { object, ownerReferences, labels } of patches(all) as Array<{ object: string, ownerReferences: object[], labels: object }>) {
      expect(labels).toEqual({ 'controller-uid': uid, 'k8s-mtp.dev/tenant': 'globex' })
      expect(ownerReferences).toEqual(object === 'Namespace' ? [expect.objectContaining({ kind: 'TenantNamespace', uid }), keeper] : [])
    }
  })

  it('removes what the other Tenant does not declare', () => {
    const extra = { ...objectsOf({}, earlier).contents.find(({ kind }) => kind === 'ResourceQuota') ?? expect.fail() }
    const renamed = { ...extra, metadata: { ...extra.metadata, name: 'tenant-other' } }
    const { contents, namespace } = objectsOf({}, earlier)
    expect(planMove(moving({ namespace, contents: [...contents, renamed] }))?.effects?.removed).toEqual(['ResourceQuota/tenant-other'])
  })

  it('completes an interrupted one, and finds nothing after it', () => {
    const owned = { apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantNamespace', name: `globex.existing.${namespaceName}`, uid, controller: true }
    const namespace = unmanaged('v1', 'Namespace', namespaceName, {}, { labels: { 'controller-uid': uid, 'k8s-mtp.dev/tenant': 'globex' }, ownerReferences: [owned, keeper] })
    const { contents } = objectsOf({}, earlier)
    expect(planMove(moving({ namespace }))).toMatchObject({ from: ['acme'], isHome: false })
    expect(planMove(moving({ namespace }))?.claims).toHaveLength(contents.length)
    expect(planMove(moving({ namespace, contents: [] }))).toBeUndefined()
  })

  it('takes what a Tenant left behind that is gone', () => {
    const plan = planMove(moving({ ...objectsOf(), owners: new Map([[uid, 'Tenant/globex']]) }))
    expect(plan).toMatchObject({ from: ['acme'], isHome: false, obstacles: [] })
  })

  it('takes nothing that belongs to no Tenant, or to another tool', () => {
    expect(planMove(moving({ namespace: unmanaged('v1', 'Namespace', namespaceName), contents: [] }))).toBeUndefined()
    const other = unmanaged('v1', 'Namespace', namespaceName, {}, { ownerReferences: [{ uid: 'capsule', controller: true }] })
    const owners = new Map([[uid, 'Tenant/globex'], ['capsule', 'Tenant.capsule.clastix.io/solar']])
    expect(planMove(moving({ namespace: other, contents: [], owners }))).toBeUndefined()
  })

  it('asks for the entry first', () => {
    const home = { ...globex(), metadata: { name: 'globex', uid: 'uid-of-globex', generation: 1 }, spec: { name: 'home' } }
    const { entry: _, ...tenant } = home
    expect(planMove(moving({ tenant }))?.obstacles[0]).toContain(`Add {existing: ${namespaceName}} to spec.namespaces`)
  })
})
