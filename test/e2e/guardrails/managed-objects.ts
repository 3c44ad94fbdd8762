import type { GuardrailCase } from './case.ts'
import { dryRun, managed, managedRef, tryDelete, type ManagedKind } from './world.ts'

const changes: Record<ManagedKind, object> = {
  LimitRange: { spec: { limits: [{ type: 'Container', max: { cpu: '64' } }] } },
  ResourceQuota: { spec: { hard: { pods: '9999' } } },
  NetworkPolicy: { spec: { ingress: [{}] } },
  Role: { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] },
  RoleBinding: { subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'mallory' }] },
  WorkloadPolicy: { spec: { services: { types: ['NodePort'] } } }
}
const kinds = Object.keys(managed) as ManagedKind[] // the keys of the literal above

const byHand: GuardrailCase[] = kinds.flatMap(kind => [
  {
    rule: 'managed-objects/update',
    refuses: `changing the content of a ${kind}`,
    who: 'a cluster administrator',
    attempt: (who, { tenant }) => who.patch(managedRef(tenant, kind), changes[kind], dryRun),
    message: new RegExp(`${kind.toLowerCase().replace(/y$/, 'ie')}s tenant-\\S+ is managed by k8s-mtp and not changed by hand. Change the Tenant or its TenantClass instead; in an emergency act as a member of k8s-mtp:break-glass`),
    allows: 'it in an emergency',
    allowedWho: 'a member of the break-glass group',
    twin: (who, { tenant }) => who.patch(managedRef(tenant, kind), changes[kind], dryRun)
  },
  {
    rule: 'managed-objects/delete',
    refuses: `deleting a ${kind}`,
    who: 'a cluster administrator',
    attempt: (who, { tenant }) => tryDelete(who, managedRef(tenant, kind)),
    message: /is managed by k8s-mtp and not deleted by hand. Change the Tenant/,
    allows: 'it to the namespace controller',
    allowedWho: 'the namespace controller',
    twin: (who, { tenant }) => tryDelete(who, managedRef(tenant, kind))
  }
])

export const managedObjectCases: GuardrailCase[] = [
  ...byHand,
  {
    rule: 'managed-objects/update',
    refuses: 'labelling a managed object',
    who: 'a cluster administrator',
    attempt: (who, { tenant }) => who.patch(managedRef(tenant, 'Role'), { metadata: { labels: { team: 'x' } } }, dryRun),
    message: /is managed by k8s-mtp and not changed by hand/,
    allows: 'it on an object of somebody else that is called alike',
    twin: (who, { elsewhere }) => who.patch(managedRef({ namespace: elsewhere }, 'Role'), { metadata: { labels: { team: 'x' } } }, dryRun)
  },
  {
    rule: 'managed-objects/update',
    refuses: 'the garbage collector changing content',
    who: 'the garbage collector',
    attempt: (who, { tenant }) => who.patch(managedRef(tenant, 'RoleBinding'), { subjects: null }, dryRun),
    message: /is managed by k8s-mtp and not changed by hand/,
    allows: 'it to take an ownerReference off',
    twin: (who, { tenant }) => who.patch(managedRef(tenant, 'RoleBinding'), { metadata: { ownerReferences: null } }, dryRun)
  },
  {
    rule: 'managed-objects/update',
    refuses: 'a finalizer that would keep a managed object from being deleted',
    who: 'the quota controller',
    attempt: (who, { tenant }) => who.patch(managedRef(tenant, 'ResourceQuota'), { metadata: { finalizers: ['example.com/keep'] } }, dryRun),
    message: /is managed by k8s-mtp and not changed by hand/,
    allows: 'a write that changes nothing, as storage migration makes it',
    twin: (who, { tenant }) => who.patch(managedRef(tenant, 'ResourceQuota'), {}, dryRun)
  },
  {
    rule: 'managed-objects/quota-status',
    refuses: 'opening a quota by its status, which pods are counted by',
    who: 'a cluster administrator',
    attempt: (who, { tenant }) => who.patch(managedRef(tenant, 'ResourceQuota'), { status: { hard: { pods: '9999' } } }, { ...dryRun, subresource: 'status' }),
    message: /the status of resourcequotas tenant-\S+\/tenant-quota is written by Kubernetes alone: it is what pods are counted by/,
    allows: 'it to the controller that counts',
    allowedWho: 'the quota controller',
    twin: (who, { tenant }) => who.patch(managedRef(tenant, 'ResourceQuota'), { status: { used: { pods: '1' } } }, { ...dryRun, subresource: 'status' })
  },
  {
    rule: 'managed-objects/isolation-until-the-end',
    refuses: 'the garbage collector deleting a NetworkPolicy',
    who: 'the garbage collector',
    attempt: (who, { tenant }) => tryDelete(who, managedRef(tenant, 'NetworkPolicy')),
    message: /isolates what still runs and is deleted by the namespace controller alone, when the last pod has gone/,
    allows: 'it to the namespace controller',
    allowedWho: 'the namespace controller',
    twin: (who, { tenant }) => tryDelete(who, managedRef(tenant, 'NetworkPolicy'))
  },
  {
    rule: 'managed-objects/retained',
    refuses: 'the garbage collector deleting what a Tenant is to leave behind',
    who: 'the garbage collector',
    attempt: (who, { retained }) => tryDelete(who, managedRef(retained, 'RoleBinding')),
    message: /is kept: its Tenant had the deletionPolicy Retain, or never made it. k8s-mtp adopt gives it to a Tenant again/,
    allows: 'it where the Tenant takes everything with it',
    twin: (who, { tenant }) => tryDelete(who, managedRef(tenant, 'RoleBinding'))
  }
]
