import type { GuardrailCase } from './case.ts'
import { dryRun, managedRef, namespaceRef, ownerReference, type World } from './world.ts'

/** The uid of no object: garbage collection deletes an object whose only owner does not exist. */
const unknownUid = '11111111-2222-3333-4444-555555555555'
const missingOwner = { apiVersion: 'v1', kind: 'Node', name: 'missing', uid: unknownUid }

const owned = (metadata: object) => ({ metadata })
const elsewhereRole = ({ elsewhere }: World) => managedRef({ namespace: elsewhere }, 'Role')

export const engineOwnerCases: GuardrailCase[] = [
  {
    rule: 'engine-owners/other-owners',
    refuses: 'a missing owner on an unmanaged object, which would delete it',
    who: 'the engine',
    attempt: (who, world) => who.patch(elsewhereRole(world), owned({ ownerReferences: [missingOwner] }), dryRun),
    message: /Metacontroller may not change ownerReferences to anything but a Tenant: roles elsewhere-\w+\/tenant-admin/,
    allows: 'the ownerReference and label of a Tenant on an object given to it',
    control: (who, world) => who.patch(elsewhereRole(world), owned({ labels: { 'controller-uid': world.tenant.uid }, ownerReferences: [ownerReference(world.tenant)] }), dryRun)
  },
  {
    rule: 'engine-owners/other-owners',
    refuses: 'a missing owner on the namespace of a Tenant',
    who: 'the engine',
    attempt: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), owned({ ownerReferences: [missingOwner] }), dryRun),
    message: /Metacontroller may not change ownerReferences to anything but a Tenant: namespaces tenant-/,
    allows: 'removal of the ownerReference to the Tenant',
    control: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), owned({ ownerReferences: null }), dryRun)
  },
  ...([
    ['with another uid', ({ name }) => ({ name, uid: unknownUid })],
    ['with another name', ({ uid }) => ({ name: 'missing', uid })]
  ] as [string, (tenant: World['tenant']) => { name: string, uid: string }][]).map(([which, make]): GuardrailCase => ({
    rule: 'engine-owners/tenant-owner',
    refuses: `an ownerReference to a Tenant ${which} on a namespace`,
    who: 'the engine',
    attempt: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), owned({ ownerReferences: [ownerReference(make(tenant))] }), dryRun),
    message: /Metacontroller may add only the ownerReference of the Tenant in the label controller-uid: namespaces tenant-/,
    allows: 'the ownerReference to its Tenant',
    control: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), owned({ ownerReferences: [ownerReference(tenant)] }), dryRun)
  })),
  {
    rule: 'engine-owners/other-tenant',
    refuses: 'another ownership label on the namespace of a Tenant',
    who: 'the engine',
    attempt: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), owned({ labels: { 'controller-uid': unknownUid } }), dryRun),
    message: /Metacontroller may not move namespaces tenant-\S+ to another Tenant. Use k8s-mtp release and k8s-mtp adopt/,
    allows: 'a change of another label',
    control: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), owned({ labels: { 'k8s-mtp.dev/class': 'other' } }), dryRun)
  },
  {
    rule: 'engine-owners/finalizers',
    refuses: 'a finalizer on an unmanaged object',
    who: 'the engine',
    attempt: (who, world) => who.patch(elsewhereRole(world), owned({ finalizers: ['example.com/kept'] }), dryRun),
    message: /Metacontroller may not change the finalizers of roles elsewhere-/,
    allows: 'the finalizer',
    allowedWho: 'a cluster administrator',
    control: (who, world) => who.patch(elsewhereRole(world), owned({ finalizers: ['example.com/kept'] }), dryRun)
  }
]
