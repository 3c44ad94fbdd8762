import type { ObjectRef, OwnerReference } from '../../cluster/kube-object.ts'
import type { GuardrailCase } from './case.ts'
import { dryRun, givenRole, labelled, managedRef, namespaceRef, ownerReference, unknownUid, type World } from './world.ts'

const missingOwner = { apiVersion: 'v1', kind: 'Node', name: 'missing', uid: unknownUid }

const owned = (metadata: object) => ({ metadata })
const elsewhereRole = ({ elsewhere }: World) => managedRef({ namespace: elsewhere }, 'Role')

export const engineOwnerCases: GuardrailCase[] = [
  {
    rule: 'engine/owners-other-owners',
    refuses: 'a missing owner on an unmanaged object, which would delete it',
    who: 'the engine',
    attempt: (who, world) => who.patch(elsewhereRole(world), owned({ ownerReferences: [missingOwner] }), dryRun),
    message: /Metacontroller may not change ownerReferences to anything but a Tenant\. Check/,
    allows: 'the ownerReference of a Tenant on an object given to it',
    control: (who, world) => who.patch({ ...elsewhereRole(world), name: givenRole }, owned({ ownerReferences: [ownerReference({ ...world.tenant, uid: unknownUid })] }), dryRun)
  },
  {
    rule: 'engine/owners-other-owners',
    refuses: 'a missing owner on the namespace of a Tenant',
    who: 'the engine',
    attempt: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), owned({ ownerReferences: [missingOwner] }), dryRun),
    message: /Metacontroller may not change ownerReferences to anything but a Tenant\. Check/,
    allows: 'the ownerReference to its Tenant',
    control: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), owned({ ownerReferences: [ownerReference(tenant)] }), dryRun)
  },
  ...([
    ['with another uid', { uid: unknownUid }],
    ['of another version', { apiVersion: 'k8s-mtp.dev/v9' }]
  ] as const).map(([which, change]): GuardrailCase => ({
    rule: 'engine/owners-tenant-owner',
    refuses: `an ownerReference to a Tenant ${which} on a namespace`,
    who: 'the engine',
    attempt: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), owned({ ownerReferences: [{ ...ownerReference(tenant), ...change }] }), dryRun),
    message: /Metacontroller may add only the ownerReference of the Tenant in the label controller-uid\. Check/,
    allows: 'the ownerReference to its Tenant',
    control: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), owned({ ownerReferences: [ownerReference(tenant)] }), dryRun)
  })),
  ...([
    ['another Tenant name on its namespace', ({ tenant }) => namespaceRef(tenant.namespace), () => 'missing'],
    // tenant-acme-1a2b-shop could be the namespace 1a2b-shop of Tenant acme.
    ['a Tenant name that fits its namespace too', ({ tenant }) => namespaceRef(tenant.namespace), ({ tenant }) => tenant.name.split('-')[0] ?? ''],
    ['another Tenant name on a Role', ({ tenant }) => managedRef(tenant, 'Role'), () => 'missing']
  ] as [string, (world: World) => ObjectRef, (world: World) => string][]).map(([which, refOf, nameOf]): GuardrailCase => ({
    rule: 'engine/owners-owner-name',
    refuses: `an ownerReference with ${which}`,
    who: 'the engine',
    attempt: (who, world) => who.patch(refOf(world), owned({ ownerReferences: [{ ...ownerReference(world.tenant), name: nameOf(world) }] }), dryRun),
    message: /Metacontroller may not write an object with an ownerReference to another Tenant than in the label k8s-mtp.dev\/tenant/,
    allows: 'the ownerReference with its name',
    control: (who, world) => who.patch(refOf(world), owned({ ownerReferences: [ownerReference(world.tenant)] }), dryRun)
  })),
  {
    rule: 'engine/owners-existing-namespace',
    refuses: 'the ownerReference to an earlier Tenant on the namespace that it left behind',
    who: 'the engine',
    attempt: (who, { orphaned, tenant: { name } }) => who.patch(namespaceRef(orphaned), owned({ ownerReferences: [ownerReference({ name, uid: unknownUid })] }), dryRun),
    message: /Metacontroller may not add an ownerReference to an existing namespace\. Give it to the Tenant with k8s-mtp adopt/,
    allows: 'a new namespace with an ownerReference',
    control: (who, { tenant }) => who.create(labelled(tenant, `tenant-${tenant.name}-new`, {}, { ownerReferences: [ownerReference(tenant)] }), dryRun)
  },
  // The garbage collector removes all references with a uid of which one has no object.
  ...([
    ['a second owner with its uid on', owner => [owner, { ...owner, name: 'missing', controller: false }]],
    ['a Tenant of its name as second owner of', owner => [owner, { ...owner, kind: 'Tenant', controller: false }]],
    ['a Tenant of its name in place of the TenantNamespace of', owner => [{ ...owner, kind: 'Tenant' }]],
    ['another name of the TenantNamespace of', owner => [{ ...owner, name: 'missing' }]]
  ] as [string, (owner: OwnerReference) => OwnerReference[]][]).map(([what, owners]): GuardrailCase => ({
    rule: 'engine/owners-existing-namespace',
    refuses: `${what} an existing namespace that was given to a Tenant`,
    who: 'the engine',
    attempt: (who, { given }) => who.patch(namespaceRef(given.namespace), owned({ ownerReferences: owners(ownerReference(given)) }), dryRun),
    message: /Metacontroller may not add an ownerReference to an existing namespace\. Give it to the Tenant with k8s-mtp adopt/,
    allows: 'the labels of its Tenant',
    control: (who, { given, tenant }) => who.patch(namespaceRef(given.namespace), { metadata: { labels: labelled({ ...tenant, uid: given.uid }, given.namespace).metadata.labels } }, dryRun)
  })),
  ...([
    ['a namespace', ({ tenant }) => namespaceRef(tenant.namespace)],
    ['a Role', ({ tenant }) => managedRef(tenant, 'Role')]
  ] as [string, (world: World) => ObjectRef][]).map(([which, refOf]): GuardrailCase => ({
    rule: 'engine/owners-removal',
    refuses: `removal of the ownerReference of ${which}`,
    who: 'the engine',
    attempt: (who, world) => who.patch(refOf(world), owned({ ownerReferences: null }), dryRun),
    message: /Metacontroller may not remove the ownerReference of a Tenant while the label controller-uid has its uid/,
    allows: 'removal of one whose uid is not in the label, as for a release',
    control: (who, { misowned }) => who.patch(namespaceRef(misowned), owned({ ownerReferences: null }), dryRun)
  })),
  {
    rule: 'engine/owners-finalizers',
    refuses: 'a finalizer on an unmanaged object',
    who: 'the engine',
    attempt: (who, world) => who.patch(elsewhereRole(world), owned({ finalizers: ['example.com/kept'] }), dryRun),
    message: /Metacontroller may not change finalizers/,
    allows: 'the finalizer',
    allowedWho: 'a cluster administrator',
    control: (who, world) => who.patch(elsewhereRole(world), owned({ finalizers: ['example.com/kept'] }), dryRun)
  }
]
