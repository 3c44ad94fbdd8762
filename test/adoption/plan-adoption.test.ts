import { describe, expect, it } from 'vitest'
import { claimPatch, isAdopted, planAdoption } from '../../src/adoption/plan-adoption.ts'
import type { Situation } from '../../src/adoption/situation.ts'
import { displayName } from '../../src/kubernetes/object.ts'
import { uid } from '../support/requests.ts'
import { earlierUid, foreign, livingTenant, made, namespaceName, situation } from './situations.ts'

const rbac = 'rbac.authorization.k8s.io'
const binding = (name: string, roleRef: object, subjects: object[]) => foreign(`${rbac}/v1`, 'RoleBinding', name, { roleRef: { apiGroup: rbac, ...roleRef }, subjects })
const user = (name: string) => ({ apiGroup: rbac, kind: 'User', name })
const names = (change: Partial<Situation>) => planAdoption(situation(change)).claims.map(({ object }) => displayName(object))
const effects = (change: Partial<Situation>) => {
  const found = planAdoption(situation(change)).effects
  if (found === undefined) throw new Error('the Tenant is on hold')
  return found
}
const quota = (used: Record<string, string>, spec: object = {}) => foreign('v1', 'ResourceQuota', 'theirs', { spec, status: { used } })
const pod = (requests: object = {}, phase = 'Running') => foreign('v1', 'Pod', 'web', { spec: { containers: [{ resources: { requests } }] }, status: { phase } })
const role = (metadata: object = {}) => foreign(`${rbac}/v1`, 'Role', 'tenant-admin', { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] }, metadata)
const controller = (owner: string, kind = 'Tenant') => ({ ownerReferences: [{ apiVersion: 'k8s-mtp.dev/v1', kind, name: 'other', uid: owner, controller: true }] })

describe('what is labelled', () => {
  it.each<[string, Partial<Situation>, string[]]>([
    ['of an empty namespace is the namespace', {}, [`Namespace/${namespaceName}`]],
    ['of somebody else is what has a name of ours, and the namespace comes last', { contents: [role(), foreign(`${rbac}/v1`, 'Role', 'of-a-chart')] }, ['Role/tenant-admin', `Namespace/${namespaceName}`]],
    ['of an earlier life is everything, also what is not declared any more',
      { contents: made({ admins: [{ kind: 'User', name: 'sam' }, { kind: 'Group', name: 'sam' }] }).contents.slice(3, 5) },
      [expect.stringMatching(/^RoleBinding\/tenant-admin$/), expect.stringMatching(/^RoleBinding\/tenant-admin-/), `Namespace/${namespaceName}`]],
    ['is nothing that is labelled already', made({}, uid), []],
    ['is nothing where there is no such namespace', { namespace: undefined }, []]
  ])('%s', (_, change, expected) => {
    expect(names(change)).toEqual(expected)
  })

  it('is adopted only when the engine owns the namespace', () => {
    const owned = situation(made({}, uid))
    expect(isAdopted(planAdoption(owned), owned)).toBe(true)
    const taken = situation(made())
    expect(isAdopted(planAdoption(taken), taken)).toBe(false)
  })

  it('names the object that was looked at, and loses references to owners that are gone, and only those', () => {
    const kept = { uid: 'kept', kind: 'ConfigMap', name: 'x' }
    const gone = { uid: earlierUid, kind: 'Tenant', name: 'acme', controller: true }
    const owners = new Map([[uid, 'Tenant/acme'], ['kept', 'ConfigMap/x']])
    const [claim] = planAdoption(situation({ owners, namespace: foreign('v1', 'Namespace', namespaceName, {}, { ownerReferences: [kept, gone] }) })).claims
    expect(claim && claimPatch(claim, uid)).toEqual({ metadata: { uid: `uid-of-${namespaceName}`, resourceVersion: '7', labels: { 'controller-uid': uid }, ownerReferences: [kept] } })
  })
})

describe('what stands in the way', () => {
  const others = new Map([[uid, 'Tenant/acme'], ['other-uid', 'Tenant/other'], ['operator', 'Database/main']])
  it.each<[string, Partial<Situation>, string]>([
    ['a name that does not fit', { namespaceName: 'legacy', namespace: foreign('v1', 'Namespace', 'legacy') }, "namespace legacy is not Tenant acme's. By the rule tenant-<metadata.name>-<spec.name> that is tenant-acme-shop"],
    ['no namespace', { namespace: undefined }, 'namespace tenant-acme-shop does not exist: nothing to adopt'],
    ['a namespace that is going', { namespace: foreign('v1', 'Namespace', namespaceName, {}, { deletionTimestamp: 'now' }) }, 'namespace tenant-acme-shop is being deleted'],
    ['a namespace of another Tenant', { owners: others, namespace: foreign('v1', 'Namespace', namespaceName, {}, controller('other-uid')) }, 'belongs to Tenant/other. To move it, release it first: k8s-mtp release other tenant-acme-shop'],
    ['a namespace that another Tenant is about to own', { owners: others, namespace: foreign('v1', 'Namespace', namespaceName, {}, { labels: { 'controller-uid': 'other-uid' } }) }, 'belongs to Tenant/other'],
    ['a namespace of another controller', { owners: others, namespace: foreign('v1', 'Namespace', namespaceName, {}, controller('operator', 'Database')) }, 'remove that ownerReference first'],
    ['an object of another controller', { owners: others, contents: [role(controller('operator', 'Database'))] }, 'Role/tenant-admin belongs to Database/main, so Metacontroller cannot adopt it'],
    ['a quota with scopes', { contents: [foreign('v1', 'ResourceQuota', 'tenant-quota', { spec: { scopes: ['BestEffort'] } })] }, 'ResourceQuota/tenant-quota has scopes, which are immutable'],
    ['a paused Tenant', { tenant: livingTenant({ paused: true }) }, 'the Tenant is on hold: reconciliation is paused (spec.paused: true)'],
    ['a Tenant that is going', { tenant: livingTenant({}, { deletionTimestamp: 'now' }) }, 'the Tenant is on hold: the Tenant is being deleted'],
    ['a class that does not exist', { tenant: livingTenant({ className: 'gold' }) }, 'the Tenant is on hold: TenantClass gold does not exist (existing: default)'],
    ['an override past its bound', { tenant: livingTenant({ quotas: { 'tenant-quota': { pods: 1000 } } }) }, 'the Tenant is on hold: spec.quotas.tenant-quota.pods: 1000 exceeds the maximum 100']
  ])('is %s', (_, change, expected) => {
    expect(planAdoption(situation(change)).obstacles).toEqual([expect.stringContaining(expected)])
  })

  it('is neither a controller that is gone nor an owner that is none', () => {
    expect(planAdoption(situation({ namespace: foreign('v1', 'Namespace', namespaceName, {}, controller(earlierUid)) })).obstacles).toEqual([])
  })
})

describe('what changes in the namespace', () => {
  it('of an earlier life, with nothing changed since, is nothing', () => {
    expect(effects(made())).toMatchObject({ created: [], changed: [], removed: [], upToDate: { length: 15 }, access: { gained: [], lost: [], changedRules: [] }, restrictions: [] })
  })

  it('of somebody else is said field by field', () => {
    const { created, changed, unmanaged } = effects({ contents: [role({ labels: { 'app.kubernetes.io/managed-by': 'Helm' } }), foreign(`${rbac}/v1`, 'Role', 'of-a-chart')] })
    expect(created).toContain('Role/tenant-viewer')
    expect(created).not.toContain('Role/tenant-admin')
    expect(unmanaged).toEqual(['Role/of-a-chart'])
    expect(changed.find(({ object }) => object === 'Role/tenant-admin')).toMatchObject({
      replaces: true,
      recreated: false,
      fields: expect.arrayContaining([{ field: 'labels.app.kubernetes.io/managed-by', from: 'Helm', to: 'k8s-mtp' }, { field: 'rules', from: '1 item', to: expect.stringMatching(/^\d+ items$/) }])
    })
    expect(changed.find(({ object }) => object === `Namespace/${namespaceName}`)).toMatchObject({
      replaces: false, fields: expect.arrayContaining([{ field: 'labels.pod-security.kubernetes.io/enforce', from: '(none)', to: 'restricted' }])
    })
  })

  it('of an earlier life that is not declared any more is deleted', () => {
    const { removed, access } = effects(made({ admins: [{ kind: 'User', name: 'sam' }, { kind: 'Group', name: 'sam' }] }))
    expect(removed).toEqual([expect.stringMatching(/^RoleBinding\/tenant-admin-/)])
    expect(access.lost).toEqual([{ subject: 'Group sam', role: 'Role/tenant-admin' }, { subject: 'User sam', role: 'Role/tenant-admin' }])
  })

  it('tells who gains, who loses, and whose role gets other rules', () => {
    const tenant = livingTenant({ admins: [{ kind: 'User', name: 'ada' }, { kind: 'User', name: 'kim' }], operators: [{ kind: 'ServiceAccount', name: 'deployer', namespace: 'ci' }] })
    const contents = [role(), binding('tenant-admin', { kind: 'Role', name: 'tenant-admin' }, [user('mallory'), user('kim')]), binding('tenant-viewer', { kind: 'ClusterRole', name: 'edit' }, [user('eve')]), binding('theirs', { kind: 'ClusterRole', name: 'view' }, [user('bob')])]
    const { access, changed } = effects({ tenant, contents })
    expect(access).toEqual({
      gained: [{ subject: 'User ada', role: 'Role/tenant-admin' }, { subject: 'ServiceAccount ci/deployer', role: 'Role/tenant-operator' }],
      lost: [{ subject: 'User eve', role: 'ClusterRole/edit' }, { subject: 'User mallory', role: 'Role/tenant-admin' }],
      changedRules: [{ subject: 'User kim', role: 'Role/tenant-admin' }]
    })
    expect(changed.filter(({ recreated }) => recreated).map(({ object }) => object)).toEqual(['RoleBinding/tenant-viewer'])
  })

  it('tells nobody who gains a right that has ended, and that whoever still has it loses it', () => {
    const until = (name: string, expiresAt: string) => ({ kind: 'User' as const, name, expiresAt })
    const tenant = livingTenant({ viewers: [until('eve', '2026-11-22T12:00:00Z'), until('bob', '2026-11-22T12:00:00Z'), until('kim', '2026-11-22T12:00:01Z')] })
    const { access } = effects({ tenant, contents: [role(), binding('tenant-viewer', { kind: 'Role', name: 'tenant-viewer' }, [user('eve')])] })
    expect(access).toMatchObject({ gained: [{ subject: 'User kim', role: 'Role/tenant-viewer' }], lost: [{ subject: 'User eve', role: 'Role/tenant-viewer' }] })
  })
})

describe('what gets tighter', () => {
  const tight = (change: Partial<Situation>) => effects(change).restrictions
  it.each<[string, Partial<Situation>, string[]]>([
    ['nothing in an empty namespace', {}, []],
    ['pod security where a pod is', { pods: [pod()] }, ['pod security changes from none to restricted: 1 running pod continues, but']],
    ['pod security where pods cannot be read', { pods: undefined }, ['pod security changes from none to restricted: running pods (they could not be listed) continue']],
    ['no pod security that is as strict', { pods: [pod()], namespace: foreign('v1', 'Namespace', namespaceName, {}, { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } }) }, []],
    ['a quota that less is in use of than is asked', { contents: [quota({ pods: '21', 'requests.cpu': '100m' })] }, ['ResourceQuota/tenant-quota allows pods 20, and 21 is in use']],
    ['no quota by what a scoped one has counted', { contents: [quota({ pods: '21' }, { scopes: ['BestEffort'] })] }, []],
    ['a quota by the pods that run, where no quota has counted', { pods: [pod({ cpu: '300m' }), pod({ cpu: '300m' }), pod({ cpu: '9' }, 'Succeeded')] }, ['pod security', 'ResourceQuota/tenant-quota allows cpu 500m, and 600m is in use']]
  ])('is %s', (_, change, expected) => {
    expect(tight(change)).toEqual(expected.map(text => expect.stringContaining(text)))
  })
})
