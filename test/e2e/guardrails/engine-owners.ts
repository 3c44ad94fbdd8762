import type { GuardrailCase } from './case.ts'
import { dryRun, managedRef, namespaceRef, ownerReference, type World } from './world.ts'

/** Of nothing that exists: garbage collection deletes whatever names it as its only owner. */
const nobody = '11111111-2222-3333-4444-555555555555'
const dead = { apiVersion: 'v1', kind: 'Node', name: 'nobody', uid: nobody }

const owned = (metadata: object) => ({ metadata })
const elsewhereRole = ({ elsewhere }: World) => managedRef({ namespace: elsewhere }, 'Role')

export const engineOwnerCases: GuardrailCase[] = [
  {
    rule: 'engine-owners/others',
    refuses: 'the engine giving an object of somebody else an owner that is not there, which deletes it',
    who: 'the engine',
    attempt: (who, world) => who.patch(elsewhereRole(world), owned({ ownerReferences: [dead] }), dryRun),
    message: /the engine leaves ownerReferences to anything but Tenants as they are: roles elsewhere-\w+\/tenant-admin/,
    allows: 'it to sign what was given to a Tenant',
    twin: (who, world) => who.patch(elsewhereRole(world), owned({ labels: { 'controller-uid': world.tenant.uid }, ownerReferences: [ownerReference(world.tenant)] }), dryRun)
  },
  {
    rule: 'engine-owners/others',
    refuses: 'the engine deleting the namespace of a tenant in the same way',
    who: 'the engine',
    attempt: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), owned({ ownerReferences: [dead] }), dryRun),
    message: /the engine leaves ownerReferences to anything but Tenants as they are: namespaces tenant-/,
    allows: 'it to take its own reference off',
    twin: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), owned({ ownerReferences: null }), dryRun)
  },
  ...([
    ['of another uid', ({ name }) => ({ name, uid: nobody })],
    ['of another name, which is as good as one that is not there', ({ uid }) => ({ name: 'nobody', uid })]
  ] as [string, (tenant: World['tenant']) => { name: string, uid: string }][]).map(([which, make]): GuardrailCase => ({
    rule: 'engine-owners/tenant',
    refuses: `the engine putting an ownerReference to a Tenant ${which} on a namespace`,
    who: 'the engine',
    attempt: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), owned({ ownerReferences: [ownerReference(make(tenant))] }), dryRun),
    message: /the engine adds the ownerReference of the Tenant whose uid is on the label controller-uid, and no other: namespaces tenant-/,
    allows: 'that of its Tenant',
    twin: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), owned({ ownerReferences: [ownerReference(tenant)] }), dryRun)
  })),
  {
    rule: 'engine-owners/uid',
    refuses: 'the engine giving the namespace of one Tenant to another',
    who: 'the engine',
    attempt: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), owned({ labels: { 'controller-uid': nobody } }), dryRun),
    message: /the engine gives no namespace from one Tenant to another: namespaces tenant-/,
    allows: 'it to change any other label',
    twin: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), owned({ labels: { 'k8s-mtp.dev/class': 'other' } }), dryRun)
  },
  {
    rule: 'engine-owners/finalizers',
    refuses: 'the engine keeping an object of somebody else by a finalizer',
    who: 'the engine',
    attempt: (who, world) => who.patch(elsewhereRole(world), owned({ finalizers: ['example.com/kept'] }), dryRun),
    message: /the engine adds and removes no finalizers: roles elsewhere-/,
    allows: 'it to those who may',
    allowedWho: 'a cluster administrator',
    twin: (who, world) => who.patch(elsewhereRole(world), owned({ finalizers: ['example.com/kept'] }), dryRun)
  }
]
