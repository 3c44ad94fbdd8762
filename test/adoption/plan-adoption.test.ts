import { describe, expect, it } from 'vitest'
import { claimedMetadata, isAdopted, planAdoption } from '../../src/adoption/plan-adoption.ts'
import type { Situation } from '../../src/adoption/situation.ts'
import { displayName, type ObservedObject } from '../../src/kubernetes/object.ts'
import { asTenant } from '../../src/tenancy/observed/tenant-namespace.ts'
import { defaultClass, tenantNamespace } from '../support/objects.ts'
import { uid } from '../support/requests.ts'
import { earlierUid, namespaceName, objectsOf, situation, storedTenant, unmanaged } from './situations.ts'

const rbac = 'rbac.authorization.k8s.io'
const binding = (name: string, roleRef: object, subjects: object[]) =>
  unmanaged(`${rbac}/v1`, 'RoleBinding', name, { roleRef: { apiGroup: rbac, ...roleRef }, subjects })
const user = (name: string) => ({ apiGroup: rbac, kind: 'User', name })
const names = (change: Partial<Situation>) =>
  planAdoption(situation(change)).claims.map(({ object }) => displayName(object))
const effects = (change: Partial<Situation>) => {
  const found = planAdoption(situation(change)).effects
  if (found === undefined) throw new Error('the Tenant is on hold')
  return found
}
const quota = (used: Record<string, string>, spec: object = {}) =>
  unmanaged('v1', 'ResourceQuota', 'of-a-chart', { spec, status: { used } })
const pod = (requests: object = {}, phase = 'Running') =>
  unmanaged('v1', 'Pod', 'web', { spec: { containers: [{ resources: { requests } }] }, status: { phase } })
const role = (metadata: object = {}) => unmanaged(`${rbac}/v1`, 'Role', 'tenant-admin', {
  rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]
}, metadata)
const ownReference = {
  apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', name: 'acme', uid, controller: true, blockOwnerDeletion: true
} as const
type Metadata = (metadata: ObservedObject['metadata']) => ObservedObject['metadata']
const controller = (owner: string, kind = 'Tenant') =>
  ({ ownerReferences: [{ apiVersion: 'k8s-mtp.dev/v1', kind, name: 'other', uid: owner, controller: true }] })

describe('an adoption labels', () => {
  it.each<[string, Partial<Situation>, string[]]>([
    ['the namespace only, where it is empty', {}, [`Namespace/${namespaceName}`]],
    [
      'unmanaged objects with declared names, and the namespace last',
      { contents: [role(), unmanaged(`${rbac}/v1`, 'Role', 'of-a-chart')] },
      ['Role/tenant-admin', `Namespace/${namespaceName}`]
    ],
    ['all objects of an earlier Tenant, even when they are no longer desired',
      {
        contents: objectsOf({
          admins: [{ kind: 'User', name: 'sam' }, { kind: 'Group', name: 'sam' }]
        }).contents.slice(3, 5)
      },
      [
        expect.stringMatching(/^RoleBinding\/tenant-admin$/),
        expect.stringMatching(/^RoleBinding\/tenant-admin-/),
        `Namespace/${namespaceName}`
      ]],
    ['nothing that is labelled already', objectsOf({}, uid), []],
    ['nothing where the namespace does not exist', { namespace: undefined }, []]
  ])('%s', (_, change, expected) => {
    expect(names(change)).toEqual(expected)
  })

  it('until Metacontroller owns the namespace', () => {
    const owned = situation(objectsOf({}, uid))
    expect(isAdopted(planAdoption(owned), owned)).toBe(true)
    const orphaned = situation(objectsOf())
    expect(isAdopted(planAdoption(orphaned), orphaned)).toBe(false)
  })

  it('the object that was read, and removes references to owners that no longer exist, and no others', () => {
    const kept = { uid: 'kept', kind: 'ConfigMap', name: 'x' }
    const gone = { uid: earlierUid, kind: 'Tenant', name: 'acme', controller: true }
    const owners = new Map([[uid, 'Tenant/acme'], ['kept', 'ConfigMap/x']])
    const claims = planAdoption(situation({
      owners,
      namespace: unmanaged('v1', 'Namespace', namespaceName, {}, { ownerReferences: [gone] }),
      contents: [role({ ownerReferences: [kept, gone] })]
    })).claims
    expect(claims.map(claim => claimedMetadata(claim, { tenant: 'acme', uid, references: [ownReference] }))).toEqual([
      { uid: 'uid-of-tenant-admin', resourceVersion: '7', labels: { 'controller-uid': uid }, ownerReferences: [kept] },
      {
        uid: `uid-of-${namespaceName}`,
        resourceVersion: '7',
        labels: { 'controller-uid': uid, 'k8s-mtp.dev/tenant': 'acme' },
        ownerReferences: [ownReference]
      }
    ])
  })

  it('objects in the namespace only with the ownership label, since Metacontroller sets their owner', () => {
    const [claim] = planAdoption(situation({ contents: [role()] })).claims
    expect(claim && claimedMetadata(claim, { tenant: 'acme', uid, references: [ownReference] })).toEqual({
      uid: 'uid-of-tenant-admin',
      labels: { 'controller-uid': uid }
    })
  })

  it('the namespace of an entry for its TenantNamespace: the garbage collector would miss a Tenant with that uid', () => {
    const entry = asTenant({ ...tenantNamespace({}, 'acme.shop'), metadata: { name: 'acme.shop', uid, generation: 1 } })
    const plan = planAdoption(situation({ tenant: entry, namespace: unmanaged('v1', 'Namespace', namespaceName) }))
    const [claim] = plan.claims
    expect(claim && claimedMetadata(claim, plan)).toMatchObject({
      labels: { 'controller-uid': uid }, ownerReferences: [{ ...ownReference, kind: 'TenantNamespace', name: 'acme.shop' }]
    })
  })

  it.each<[string, Metadata]>([
    ['without an owner', ({ ownerReferences, ...metadata }) => metadata],
    ['with an owner of another name', metadata => ({ ...metadata, ownerReferences: [{ ...ownReference, name: 'ac' }] })],
    ['with an owner that is no controller', metadata => ({ ...metadata, ownerReferences: [{ ...ownReference, controller: false }] })]
  ])('a namespace with the ownership label %s', (_, change) => {
    const { namespace, contents } = objectsOf({}, uid)
    const changed = { ...namespace, metadata: change(namespace.metadata) }
    const [claim, ...others] = planAdoption(situation({ namespace: changed, contents })).claims
    expect(others).toEqual([])
    expect(claim && claimedMetadata(claim, { tenant: 'acme', uid, references: [ownReference] })).toMatchObject({
      labels: { 'controller-uid': uid }, ownerReferences: [ownReference]
    })
  })
})

describe('an adoption is prevented by', () => {
  const others = new Map([[uid, 'Tenant/acme'], ['other-uid', 'Tenant/other'], ['operator', 'Database/main']])
  it.each<[string, Partial<Situation>, string]>([
    [
      'a namespace name that does not match',
      { namespaceName: 'legacy', namespace: unmanaged('v1', 'Namespace', 'legacy') },
      "namespace legacy is not Tenant acme's. By the rule tenant-<metadata.name>-<spec.name> that is tenant-acme-shop"
    ],
    [
      'a namespace that does not exist',
      { namespace: undefined },
      'namespace tenant-acme-shop does not exist: nothing to adopt'
    ],
    [
      'a terminating namespace',
      { namespace: unmanaged('v1', 'Namespace', namespaceName, {}, { deletionTimestamp: 'now' }) },
      'namespace tenant-acme-shop is being deleted'
    ],
    [
      'a namespace of another Tenant',
      { owners: others, namespace: unmanaged('v1', 'Namespace', namespaceName, {}, controller('other-uid')) },
      'belongs to Tenant/other. To move it, run k8s-mtp move tenant-acme-shop --to acme'
    ],
    [
      'a namespace with an owner that is no controller, as of Capsule',
      { owners: new Map([...others, ['capsule', 'Tenant.capsule.clastix.io/other']]), namespace: unmanaged('v1', 'Namespace', namespaceName, {}, { ownerReferences: [{ uid: 'capsule' }] }) },
      'belongs to Tenant.capsule.clastix.io/other. To move it, remove that ownerReference first'
    ],
    [
      'a namespace that another Tenant is about to own',
      {
        owners: others,
        namespace: unmanaged('v1', 'Namespace', namespaceName, {}, { labels: { 'controller-uid': 'other-uid' } })
      },
      'belongs to Tenant/other'
    ],
    [
      'a namespace of another controller',
      {
        owners: others,
        namespace: unmanaged('v1', 'Namespace', namespaceName, {}, controller('operator', 'Database'))
      },
      'remove that ownerReference first'
    ],
    [
      'an object of another controller',
      { owners: others, contents: [role(controller('operator', 'Database'))] },
      'Role/tenant-admin belongs to Database/main, so Metacontroller cannot adopt it'
    ],
    [
      'a quota with scopes',
      { contents: [unmanaged('v1', 'ResourceQuota', 'tenant-quota', { spec: { scopes: ['BestEffort'] } })] },
      'ResourceQuota/tenant-quota has scopes, which are immutable'
    ],
    [
      'a paused Tenant',
      { tenant: storedTenant({ paused: true }) },
      'the Tenant is on hold: reconciliation is paused (spec.paused: true)'
    ],
    [
      'a terminating Tenant',
      { tenant: storedTenant({}, { deletionTimestamp: 'now' }) },
      'the Tenant is on hold: the Tenant is being deleted'
    ],
    [
      'a class that does not exist',
      { tenant: storedTenant({ className: 'gold' }) },
      'the Tenant is on hold: TenantClass gold does not exist (existing: default)'
    ],
    [
      'an override that exceeds its bound',
      { tenant: storedTenant({ quotas: { 'tenant-quota': { pods: 1000 } } }) },
      'the Tenant is on hold: spec.quotas.tenant-quota.pods: 1000 exceeds the maximum 100'
    ]
  ])('%s', (_, change, expected) => {
    expect(planAdoption(situation(change)).obstacles).toEqual([expect.stringContaining(expected)])
  })

  it('no controller that no longer exists', () => {
    expect(planAdoption(situation({
      namespace: unmanaged('v1', 'Namespace', namespaceName, {}, controller(earlierUid))
    })).obstacles).toEqual([])
  })
})

describe('the effects of an adoption', () => {
  it('are none on the unchanged objects of an earlier Tenant', () => {
    expect(effects(objectsOf())).toMatchObject({
      created: [],
      changed: [],
      removed: [],
      upToDate: { length: 15 },
      access: { gained: [], lost: [], changedRules: [] },
      restrictions: []
    })
  })

  it('are listed field by field for unmanaged objects', () => {
    const { created, changed, unmanaged: others } = effects({
      contents: [
        role({ labels: { 'app.kubernetes.io/managed-by': 'Helm' } }),
        unmanaged(`${rbac}/v1`, 'Role', 'of-a-chart')
      ]
    })
    expect(created).toContain('Role/tenant-viewer')
    expect(created).not.toContain('Role/tenant-admin')
    expect(others).toEqual(['Role/of-a-chart'])
    expect(changed.find(({ object }) => object === 'Role/tenant-admin')).toMatchObject({
      replaces: true,
      recreated: false,
      fields: expect.arrayContaining([
        { field: 'labels.app.kubernetes.io/managed-by', from: 'Helm', to: 'k8s-mtp' },
        { field: 'rules', from: '1 item', to: expect.stringMatching(/^\d+ items$/) }
      ])
    })
    expect(changed.find(({ object }) => object === `Namespace/${namespaceName}`)).toMatchObject({
      replaces: false,
      fields: expect.arrayContaining([
        { field: 'labels.pod-security.kubernetes.io/enforce', from: '(none)', to: 'restricted' }
      ])
    })
  })

  it('include the removal of objects that are no longer desired', () => {
    const { removed, access } = effects(objectsOf({
      admins: [{ kind: 'User', name: 'sam' }, { kind: 'Group', name: 'sam' }]
    }))
    expect(removed).toEqual([expect.stringMatching(/^RoleBinding\/tenant-admin-/)])
    expect(access.lost).toEqual([
      { subject: 'Group sam', role: 'Role/tenant-admin' },
      { subject: 'User sam', role: 'Role/tenant-admin' }
    ])
  })

  it('list who gains access, who loses it, and whose role has other rules', () => {
    const tenant = storedTenant({
      admins: [{ kind: 'User', name: 'ada' }, { kind: 'User', name: 'kim' }],
      operators: [{ kind: 'ServiceAccount', name: 'deployer', namespace: 'ci' }]
    })
    const contents = [
      role(),
      binding('tenant-admin', { kind: 'Role', name: 'tenant-admin' }, [user('mallory'), user('kim')]),
      binding('tenant-viewer', { kind: 'ClusterRole', name: 'edit' }, [user('eve')]),
      binding('of-a-chart', { kind: 'ClusterRole', name: 'view' }, [user('bob')])
    ]
    const { access, changed } = effects({ tenant, contents })
    expect(access).toEqual({
      gained: [
        { subject: 'User ada', role: 'Role/tenant-admin' },
        { subject: 'ServiceAccount ci/deployer', role: 'Role/tenant-operator' }
      ],
      lost: [{ subject: 'User eve', role: 'ClusterRole/edit' }, { subject: 'User mallory', role: 'Role/tenant-admin' }],
      changedRules: [{ subject: 'User kim', role: 'Role/tenant-admin' }]
    })
    expect(changed.filter(({ recreated }) => recreated).map(({ object }) => object))
      .toEqual(['RoleBinding/tenant-viewer'])
  })

  it('include no access that has ended, and list who loses it', () => {
    const until = (name: string, expiresAt: string) => ({ kind: 'User' as const, name, expiresAt })
    const tenant = storedTenant({
      viewers: [
        until('eve', '2026-11-22T12:00:00Z'),
        until('bob', '2026-11-22T12:00:00Z'),
        until('kim', '2026-11-22T12:00:01Z')
      ]
    })
    const { access } = effects({
      tenant,
      contents: [role(), binding('tenant-viewer', { kind: 'Role', name: 'tenant-viewer' }, [user('eve')])]
    })
    expect(access).toMatchObject({
      gained: [{ subject: 'User kim', role: 'Role/tenant-viewer' }],
      lost: [{ subject: 'User eve', role: 'Role/tenant-viewer' }]
    })
  })
})

describe('the restrictions of an adoption', () => {
  const restrictions = (change: Partial<Situation>) => effects(change).restrictions
  it.each<[string, Partial<Situation>, string[]]>([
    ['are none in an empty namespace', {}, []],
    [
      'include pod security where a pod runs',
      { pods: [pod()] },
      ['pod security changes from none to restricted: 1 running pod continues, but']
    ],
    [
      'include pod security where pods cannot be listed',
      { pods: undefined },
      ['pod security changes from none to restricted: running pods (they could not be listed) continue']
    ],
    [
      'include no pod security that is as strict already',
      {
        pods: [pod()],
        namespace: unmanaged('v1', 'Namespace', namespaceName, {}, {
          labels: { 'pod-security.kubernetes.io/enforce': 'restricted' }
        })
      },
      []
    ],
    [
      'include a quota of which more is in use',
      { contents: [quota({ pods: '21', 'requests.cpu': '100m' })] },
      ['ResourceQuota/tenant-quota allows pods 20, and 21 is in use']
    ],
    ['ignore the count of a quota with scopes', { contents: [quota({ pods: '21' }, { scopes: ['BestEffort'] })] }, []],
    [
      'include a quota by the running pods where no quota has counted',
      { pods: [pod({ cpu: '300m' }), pod({ cpu: '300m' }), pod({ cpu: '9' }, 'Succeeded')] },
      ['pod security', 'ResourceQuota/tenant-quota allows cpu 500m, and 600m is in use']
    ],
    [
      'include unmanaged objects that open traffic or grant access, and who may change them',
      {
        contents: [
          unmanaged('v1', 'LimitRange', 'theirs'), unmanaged(`${rbac}/v1`, 'RoleBinding', 'theirs'),
          unmanaged('networking.k8s.io/v1', 'NetworkPolicy', 'theirs')
        ],
        classes: new Map([['default', defaultClass(spec => { spec.allowedAuthors = [{ kind: 'User', name: 'ada' }, { kind: 'Group', name: 'ops' }] })]])
      },
      ['only allowed authors of the TenantClass (User ada, Group ops) can change LimitRange/theirs, RoleBinding/theirs, NetworkPolicy/theirs, or create more']
    ],
    [
      'include them where the class allows no authors',
      { contents: [unmanaged(`${rbac}/v1`, 'Role', 'theirs')] },
      ['only allowed authors of the TenantClass (none) can change Role/theirs, or create more of these kinds: add the controllers']
    ]
  ])('%s', (_, change, expected) => {
    expect(restrictions(change)).toEqual(expected.map(text => expect.stringContaining(text)))
  })
})
