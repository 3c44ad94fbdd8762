import type { KubeClient } from '../../cluster/client.ts'
import type { GuardrailCase } from './case.ts'
import {
  addManager, dryRun, furtherObject, labelled, managedRef, namespaceRef, ownerReference, tryDelete, unknownUid, type Who, type World
} from './world.ts'

const create = { className: 'default' }
const apply = { ...dryRun, fieldManager: 'metacontroller', force: true }
const owned = (...ownerReferences: object[]) => ({ metadata: { ownerReferences } })
const reads = ({ name }: { name: string }) => ({ short: name.split('-')[0] ?? '', rest: name.split('-')[1] ?? '' })

const byHand = /TenantNamespace acme-\w+\.\w+ is managed by k8s-mtp and cannot be written by hand. Change spec.namespaces of the Tenant; in an emergency/
const statusOf = { status: { phase: 'Active' } }

type Change = [what: string, change: (who: KubeClient, world: World) => Promise<unknown>]

/** Every verb, subresource and patch type that writes the object. */
const changes: Change[] = [
  ['its creation', (who, { tenant }) => who.create(furtherObject(tenant, `${tenant.name}.new`), dryRun)],
  ['its creation without labels and owner', (who, { tenant: { name } }) => who.create({ apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantNamespace', metadata: { name: `${name}.new` }, spec: create }, dryRun)],
  ['a change of its spec', (who, { further }) => who.patch(further.ref, { spec: { className: 'large' } }, dryRun)],
  ['a JSON patch', (who, { further }) => who.patch(further.ref, [{ op: 'add', path: '/spec/cordoned', value: true }], { ...dryRun, type: 'json' })],
  ['a server-side apply', (who, { further }) => who.apply({ apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantNamespace', metadata: { name: further.name }, spec: { className: 'large' } }, { ...dryRun, fieldManager: 'mallory', force: true })],
  ['an update', async (who, { further }) => who.update({ ...await who.get(further.ref), spec: { className: 'large' } }, dryRun)],
  ['another owner', (who, { further, tenant }) => who.patch(further.ref, owned(ownerReference(tenant), { apiVersion: 'v1', kind: 'Node', name: 'missing', uid: unknownUid }), dryRun)],
  ['the label of another Tenant', (who, { further, retained }) => who.patch(further.ref, { metadata: { labels: { 'controller-uid': retained.uid } } }, dryRun)],
  ['an annotation', (who, { further }) => who.patch(further.ref, { metadata: { annotations: { some: 'note' } } }, dryRun)],
  ['a finalizer', (who, { further }) => who.patch(further.ref, { metadata: { finalizers: ['example.com/keep'] } }, dryRun)],
  ['a change of its status', (who, { further }) => who.patch(further.ref, statusOf, { ...dryRun, subresource: 'status' })]
]
const otherThanBefore = changes.filter(([what]) => what !== 'a change of its status')

const written: GuardrailCase[] = [
  ...changes.map(([refuses, change]) => ({ refuses, change, who: 'a cluster administrator' as Who })),
  ...otherThanBefore.map(([refuses, change]) => ({ refuses, change, who: 'the garbage collector' as Who })),
  ...changes.slice(2, 3).map(([refuses, change]) => ({ refuses, change, who: 'the namespace controller' as Who }))
].map(({ refuses, change, who }): GuardrailCase => ({
  rule: 'tenant-namespace-objects/write',
  refuses: `${refuses} of a TenantNamespace`,
  who,
  attempt: change,
  message: byHand,
  allows: 'the same',
  allowedWho: 'a member of the break-glass group',
  control: change
}))

const byEngine: GuardrailCase[] = [
  {
    rule: 'engine/tenantnamespaces-delete',
    refuses: 'deletion of a TenantNamespace',
    who: 'the engine',
    attempt: (who, { further }) => tryDelete(who, further.ref),
    message: /Metacontroller may not delete a TenantNamespace, and its namespace with it. Check why the response of the hook lacks it/,
    allows: 'the same deletion',
    allowedWho: 'the garbage collector',
    control: (who, { further }) => tryDelete(who, further.ref)
  },
  ...([
    ['named for another Tenant', ({ retained }) => `${retained.name}.new`, {}],
    ['named without a Tenant', () => 'new', {}],
    ['named without an entry', ({ tenant }) => tenant.name, {}],
    ['named for a Tenant whose name starts alike', ({ tenant }) => `${tenant.name}-b.new`, {}],
    ['without the label of its Tenant', ({ tenant }) => `${tenant.name}.new`, { 'k8s-mtp.dev/tenant': undefined }],
    ['without the managed-by label', ({ tenant }) => `${tenant.name}.new`, { 'app.kubernetes.io/managed-by': undefined }]
  ] as [string, (world: World) => string, object][]).map(([which, nameOf, labels]): GuardrailCase => ({
    rule: 'engine/tenantnamespaces-names',
    refuses: `a TenantNamespace ${which}`,
    who: 'the engine',
    attempt: (who, world) => who.create(furtherObject(world.tenant, nameOf(world), labels), dryRun),
    message: /Metacontroller may write only TenantNamespaces named <tenant>.<name>, with the labels of the Tenant\. Check/,
    allows: 'one with the name and labels of its Tenant',
    control: (who, { tenant }) => who.create(furtherObject(tenant, `${tenant.name}.new`), dryRun)
  })),
  {
    rule: 'engine/tenantnamespaces-names',
    refuses: 'a part of the name of an entry in the label of the Tenant',
    who: 'the engine',
    attempt: (who, { tenant: { name, uid } }) => who.create(furtherObject({ name: `${name}.existing`, uid }, `${name}.existing.new`, {}, owned({ ...ownerReference({ name, uid }), name: `${name}.existing` }).metadata), dryRun),
    message: /Metacontroller may write only TenantNamespaces named <tenant>.<name>/,
    allows: 'the name of the Tenant in it',
    control: (who, { tenant }) => who.create(furtherObject(tenant, `${tenant.name}.existing.new`), dryRun)
  },
  {
    rule: 'engine/tenantnamespaces-other-tenant',
    refuses: 'a change of the ownership label of a TenantNamespace, which would keep it after its Tenant',
    who: 'the engine',
    attempt: (who, { further }) => who.patch(further.ref, { metadata: { labels: { 'controller-uid': unknownUid } } }, dryRun),
    message: /Metacontroller may not move a TenantNamespace to another Tenant/,
    allows: 'a change of its spec',
    control: (who, { further }) => who.patch(further.ref, { spec: { className: 'large' } }, dryRun)
  },
  {
    rule: 'engine/tenantnamespaces-other-tenant',
    refuses: 'a TenantNamespace that an earlier Tenant left behind for the new one',
    who: 'the engine',
    attempt: (who, { leftBehind, tenant }) => who.apply(furtherObject(tenant, leftBehind.name), apply),
    message: /Metacontroller may not move a TenantNamespace to another Tenant/,
    allows: 'a forced apply of a TenantNamespace of the Tenant',
    control: (who, { further, tenant }) => who.apply(furtherObject(tenant, further.name), apply)
  },
  {
    rule: 'engine/tenantnamespaces-owners',
    refuses: 'the earlier Tenant as owner of a TenantNamespace that it left behind, which would delete it',
    who: 'the engine',
    attempt: (who, { leftBehind, tenant: { name } }) => who.patch(leftBehind.ref, owned(ownerReference({ name, uid: unknownUid })), dryRun),
    message: /Metacontroller may not change the owner of a TenantNamespace.* set its ownerReference and its labels controller-uid and k8s-mtp.dev\/tenant by hand/,
    allows: 'the existing Tenant and its uid in the label',
    allowedWho: 'a member of the break-glass group',
    control: (who, { leftBehind, tenant }) => who.patch(leftBehind.ref, { metadata: { labels: { 'controller-uid': tenant.uid }, ...owned(ownerReference(tenant)).metadata } }, dryRun)
  },
  {
    rule: 'engine/tenantnamespaces-owners',
    refuses: 'an owner that does not block the deletion of the Tenant',
    who: 'the engine',
    attempt: (who, { further, tenant }) => who.patch(further.ref, owned({ ...ownerReference(tenant), controller: false }), dryRun),
    message: /Metacontroller may not change the owner of a TenantNamespace/,
    allows: 'the same owner',
    control: (who, { further, tenant }) => who.patch(further.ref, owned(ownerReference(tenant)), dryRun)
  },
  {
    rule: 'engine/tenantnamespaces-owners',
    refuses: 'a TenantNamespace without an owner, which would stay after its Tenant',
    who: 'the engine',
    attempt: (who, { tenant }) => who.create(furtherObject(tenant, `${tenant.name}.new`, {}, { ownerReferences: [] }), dryRun),
    message: /creates none without its Tenant as owner/,
    allows: 'one with its owner',
    control: (who, { tenant }) => who.create(furtherObject(tenant, `${tenant.name}.new`), dryRun)
  },
  {
    rule: 'engine/owners-tenant-owner',
    refuses: 'a missing Tenant as owner of a new TenantNamespace',
    who: 'the engine',
    attempt: (who, { tenant }) => who.create(furtherObject(tenant, `${tenant.name}.new`, {}, owned(ownerReference({ ...tenant, uid: unknownUid })).metadata), dryRun),
    message: /Metacontroller may add only the ownerReference of the Tenant in the label controller-uid\. Check/,
    allows: 'its Tenant as owner',
    control: (who, { tenant }) => who.create(furtherObject(tenant, `${tenant.name}.new`), dryRun)
  },
  {
    rule: 'engine/owners-other-owners',
    refuses: 'a second owner of a TenantNamespace, which would keep it after its Tenant',
    who: 'the engine',
    attempt: (who, { further, tenant }) => who.patch(further.ref, owned(ownerReference(tenant), { apiVersion: 'v1', kind: 'Namespace', name: 'default', uid: unknownUid }), dryRun),
    message: /Metacontroller may not change ownerReferences to anything but a Tenant\. Check/,
    allows: 'its Tenant as owner',
    control: (who, { further, tenant }) => who.patch(further.ref, owned(ownerReference(tenant)), dryRun)
  },
  {
    rule: 'engine/owners-finalizers',
    refuses: 'a finalizer on a TenantNamespace',
    who: 'the engine',
    attempt: (who, { further }) => who.patch(further.ref, { metadata: { finalizers: ['example.com/keep'] } }, dryRun),
    message: /Metacontroller may not change finalizers/,
    allows: 'a change of its spec',
    control: (who, { further }) => who.patch(further.ref, { spec: { className: 'large' } }, dryRun)
  },
  {
    rule: 'engine/kinds-subresources',
    refuses: 'the status of a quota in a further namespace',
    who: 'the engine',
    attempt: (who, { further }) => who.patch(managedRef(further, 'ResourceQuota'), { status: { used: { pods: '0' } } }, { ...dryRun, subresource: 'status' }),
    message: /Metacontroller may write no subresource except the status of Tenants and TenantNamespaces/,
    allows: 'the status of its TenantNamespace',
    control: (who, { further }) => who.patch(further.ref, statusOf, { ...dryRun, subresource: 'status' })
  }
]

/** The owners of namespaces and their objects: names that read alike are of different Tenants. */
const owners: GuardrailCase[] = ([
  {
    refuses: 'a namespace for another entry than that of its TenantNamespace',
    attempt: (who, { tenant, further }) => who.create(ofTenantNamespace(tenant.name, `tenant-${tenant.name}-new`, further), dryRun),
    control: (who, { tenant, further }) => who.create(ofTenantNamespace(tenant.name, `tenant-${tenant.name}-new`, { ...further, name: `${tenant.name}.new` }), dryRun)
  },
  {
    // tenant-acme-1a2b-new is the namespace new of Tenant acme-1a2b, or 1a2b-new of Tenant acme.
    refuses: 'a namespace of the TenantNamespace of a Tenant whose name reads alike',
    attempt: (who, { tenant, further }) => who.create(ofTenantNamespace(tenant.name, `tenant-${tenant.name}-new`, { ...further, name: `${reads(tenant).short}.${reads(tenant).rest}-new` }), dryRun),
    control: (who, { tenant, further }) => who.create(ofTenantNamespace(reads(tenant).short, `tenant-${tenant.name}-new`, { ...further, name: `${reads(tenant).short}.${reads(tenant).rest}-new` }), dryRun)
  },
  {
    refuses: 'a Role in the home namespace that a TenantNamespace owns',
    attempt: (who, { tenant, further }) => who.patch(managedRef(tenant, 'Role'), owned(ownerReference({ name: further.name, uid: tenant.uid })), dryRun),
    control: (who, { further }) => who.patch(managedRef(further, 'Role'), owned(ownerReference(further)), dryRun)
  },
  {
    refuses: 'the home namespace with a TenantNamespace in place of its Tenant as owner',
    attempt: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), owned({ ...ownerReference(tenant), kind: 'TenantNamespace' }), dryRun),
    control: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), owned(ownerReference(tenant)), dryRun)
  },
  {
    refuses: 'a further namespace with a Tenant in place of its TenantNamespace as owner',
    attempt: (who, { further }) => who.patch(namespaceRef(further.namespace), owned({ ...ownerReference(further), kind: 'Tenant' }), dryRun),
    control: (who, { further }) => who.patch(namespaceRef(further.namespace), owned(ownerReference(further)), dryRun)
  },
  {
    refuses: 'a TenantNamespace that another one owns',
    attempt: (who, { tenant, further }) => who.create(furtherObject(tenant, `${tenant.name}.new`, { 'controller-uid': further.uid }, owned(ownerReference(further)).metadata), dryRun),
    control: (who, { tenant }) => who.create(furtherObject(tenant, `${tenant.name}.new`), dryRun)
  }
] as Pick<GuardrailCase, 'refuses' | 'attempt' | 'control'>[]).map((each): GuardrailCase => ({
  ...each,
  rule: 'engine/owners-owner-name',
  who: 'the engine',
  message: /Metacontroller may not write an object with an ownerReference to another Tenant than in the label k8s-mtp.dev\/tenant/,
  allows: 'the right owner'
}))

function ofTenantNamespace (tenant: string, name: string, owner: { name: string, uid: string }) {
  return labelled({ name: tenant, uid: owner.uid }, name, {}, { ownerReferences: [ownerReference(owner)] })
}

export const furtherNamespaceCases: GuardrailCase[] = [
  ...written,
  ...byEngine,
  ...owners,
  {
    rule: 'tenant-namespace-objects/write',
    refuses: 'an entry of another manager in a TenantNamespace',
    who: 'a cluster administrator',
    attempt: (who, { further }) => addManager(who, further.ref),
    message: byHand,
    allows: 'removal of its owner, as by an orphaning deletion of the Tenant,',
    allowedWho: 'the garbage collector',
    control: (who, { further }) => who.patch(further.ref, { metadata: { ownerReferences: null } }, dryRun)
  },
  ...(['a cluster administrator', 'the namespace controller'] as const).flatMap(who => (['Background', 'Foreground', 'Orphan'] as const).map((propagationPolicy): GuardrailCase => ({
    rule: 'tenant-namespace-objects/delete',
    refuses: `deletion of a TenantNamespace with propagation policy ${propagationPolicy}`,
    who,
    attempt: (who, { further }) => who.delete(further.ref, { dryRun: ['All'], propagationPolicy }),
    message: /deleting TenantNamespace acme-\w+\.dev deletes its namespace with all data. To keep it, remove its entry from spec.namespaces; to delete it, act as a member of k8s-mtp:break-glass/,
    allows: 'the same deletion',
    allowedWho: 'the garbage collector',
    control: (who, { further }) => who.delete(further.ref, { dryRun: ['All'], propagationPolicy })
  }))),
  {
    rule: 'tenant-namespace-objects/delete',
    refuses: 'deletion of a TenantNamespace that an earlier Tenant left behind',
    who: 'the garbage collector',
    attempt: (who, { leftBehind }) => tryDelete(who, leftBehind.ref),
    message: /deleting TenantNamespace acme-\w+\.left deletes its namespace/,
    allows: 'the same deletion',
    allowedWho: 'a member of the break-glass group',
    control: (who, { leftBehind }) => tryDelete(who, leftBehind.ref)
  },
  {
    rule: 'tenant-namespaces/owner',
    refuses: 'deletion of a namespace of another TenantNamespace than its owner',
    who: 'the garbage collector',
    attempt: (who, { misnamed }) => tryDelete(who, namespaceRef(misnamed)),
    message: /namespace tenant-\S+-misnamed is kept: its owner is not the Tenant in its labels/,
    allows: 'deletion of the namespace of its TenantNamespace',
    control: (who, { further }) => tryDelete(who, namespaceRef(further.namespace))
  },
  {
    rule: 'engine/namespaces-tenant-label',
    refuses: 'the label of a Tenant whose name reads alike on a further namespace',
    who: 'the engine',
    attempt: (who, { further, tenant }) => who.patch(namespaceRef(further.namespace), { metadata: { labels: { 'k8s-mtp.dev/tenant': reads(tenant).short } } }, dryRun),
    message: /Metacontroller may not set the label k8s-mtp.dev\/tenant of a namespace to another name than that of its owner/,
    allows: 'a change of another label',
    control: (who, { further }) => who.patch(namespaceRef(further.namespace), { metadata: { labels: { 'k8s-mtp.dev/class': 'other' } } }, dryRun)
  },
  {
    rule: 'tenant-objects/metadata-owners',
    refuses: 'a TenantNamespace as second owner of the home namespace',
    who: 'a cluster administrator',
    attempt: (who, { tenant, further }) => who.patch(namespaceRef(tenant.namespace), owned(ownerReference(tenant), { ...ownerReference(further), controller: false }), dryRun),
    message: /ownerReferences to a Tenant are reserved for k8s-mtp/,
    allows: 'an update without changes',
    control: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), {}, dryRun)
  },
  {
    rule: 'tenant-namespaces/delete',
    refuses: 'deletion of a further namespace',
    who: 'a cluster administrator',
    attempt: (who, { further }) => tryDelete(who, namespaceRef(further.namespace)),
    message: /namespace tenant-\S+-dev belongs to Tenant acme-\w+ and is deleted only with it/,
    allows: 'deletion of any other namespace',
    control: (who, { elsewhere }) => tryDelete(who, namespaceRef(elsewhere))
  }
]
