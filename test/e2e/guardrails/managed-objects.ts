import type { GuardrailCase } from './case.ts'
import { addManager, applyAsItIs, changeFieldOwner, dryRun, managed, managedRef, tryDelete, type ManagedKind } from './world.ts'

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
    rule: 'tenant-objects/managed-update',
    refuses: `a change of the content of a ${kind}`,
    who: 'a cluster administrator',
    attempt: (who, { tenant }) => who.patch(managedRef(tenant, kind), changes[kind], dryRun),
    message: new RegExp(`${kind.toLowerCase().replace(/y$/, 'ie')}s tenant-\\S+ is managed by k8s-mtp and cannot be changed by hand. Change the Tenant or its TenantClass; in an emergency, act as a member of k8s-mtp:break-glass`),
    allows: 'the same change',
    allowedWho: 'a member of the break-glass group',
    control: (who, { tenant }) => who.patch(managedRef(tenant, kind), changes[kind], dryRun)
  },
  {
    rule: 'tenant-objects/managed-delete',
    refuses: `deletion of a ${kind}`,
    who: 'a cluster administrator',
    attempt: (who, { tenant }) => tryDelete(who, managedRef(tenant, kind)),
    message: /is managed by k8s-mtp and cannot be deleted by hand. Change the Tenant/,
    allows: 'the same deletion',
    allowedWho: 'the namespace controller',
    control: (who, { tenant }) => tryDelete(who, managedRef(tenant, kind))
  }
])

const resets: GuardrailCase[] = kinds.flatMap(kind => (['a cluster administrator', 'the garbage collector'] as const).map(who => ({
  rule: 'tenant-objects/managed-field-owners',
  refuses: `a change of the field ownership of Metacontroller in a ${kind}`,
  who,
  attempt: (client, { tenant }) => changeFieldOwner(client, managedRef(tenant, kind)),
  message: /metadata.managedFields of \S+ \S+ must stay as before/,
  allows: 'the same change',
  allowedWho: 'a member of the break-glass group',
  control: (client, { tenant }) => changeFieldOwner(client, managedRef(tenant, kind))
})))

/** Metadata that neither changes what an object does nor is corrected, but takes room, or fields from Metacontroller. */
const uncorrected: GuardrailCase[] = kinds.flatMap((kind): GuardrailCase[] => [
  // Kubernetes validates it for the other kinds; before 1.37 for NetworkPolicies too.
  ...(['LimitRange', 'NetworkPolicy', 'ResourceQuota'].includes(kind)
    ? []
    : [{
      rule: 'tenant-objects/managed-update',
      refuses: `a long generateName of a ${kind}`,
      who: 'a cluster administrator',
      attempt: (who, { tenant }) => who.patch(managedRef(tenant, kind), { metadata: { generateName: 'x'.repeat(100_000) } }, dryRun),
      message: /is managed by k8s-mtp and cannot be changed by hand/,
      allows: 'the same change',
      allowedWho: 'a member of the break-glass group',
      control: (who, { tenant }) => who.patch(managedRef(tenant, kind), { metadata: { generateName: 'x'.repeat(100_000) } }, dryRun)
    } satisfies GuardrailCase]),
  {
    rule: 'tenant-objects/managed-field-owners',
    refuses: `an entry of another manager in a ${kind}`,
    who: 'a cluster administrator',
    attempt: (who, { tenant }) => addManager(who, managedRef(tenant, kind)),
    message: /metadata.managedFields of \S+ \S+ must stay as before/,
    allows: 'an update without changes',
    control: (who, { tenant }) => who.patch(managedRef(tenant, kind), {}, dryRun)
  },
  {
    rule: 'tenant-objects/managed-field-owners',
    refuses: `applying a ${kind} as it is, as another manager`,
    who: 'a cluster administrator',
    attempt: (who, { tenant }) => applyAsItIs(who, managedRef(tenant, kind)),
    message: /metadata.managedFields of \S+ \S+ must stay as before/,
    allows: 'the same',
    allowedWho: 'a member of the break-glass group',
    control: (who, { tenant }) => applyAsItIs(who, managedRef(tenant, kind))
  }
])

export const managedObjectCases: GuardrailCase[] = [
  ...byHand,
  ...resets,
  ...uncorrected,
  ...['finalizers', 'labels', 'annotations'].map((field): GuardrailCase => {
    const metadata = { [field]: field === 'finalizers' ? ['example.com/keep'] : { extra: 'x' } }
    const subresource = 'status'
    return {
      rule: 'tenant-objects/managed-update',
      refuses: `${field} through the status of a quota`,
      who: 'a cluster administrator',
      attempt: (who, { tenant }) => who.patch(managedRef(tenant, 'ResourceQuota'), { metadata }, { ...dryRun, subresource }),
      message: /is managed by k8s-mtp and cannot be changed by hand/,
      allows: 'an update of its status without changes',
      control: (who, { tenant }) => who.patch(managedRef(tenant, 'ResourceQuota'), {}, { ...dryRun, subresource })
    }
  }),
  {
    rule: 'tenant-objects/managed-update',
    refuses: 'a label on a managed object',
    who: 'a cluster administrator',
    attempt: (who, { tenant }) => who.patch(managedRef(tenant, 'Role'), { metadata: { labels: { team: 'x' } } }, dryRun),
    message: /is managed by k8s-mtp and cannot be changed by hand/,
    allows: 'the label on an unmanaged object of the same name',
    control: (who, { elsewhere }) => who.patch(managedRef({ namespace: elsewhere }, 'Role'), { metadata: { labels: { team: 'x' } } }, dryRun)
  },
  {
    rule: 'tenant-objects/managed-update',
    refuses: 'a change of content',
    who: 'the garbage collector',
    attempt: (who, { tenant }) => who.patch(managedRef(tenant, 'RoleBinding'), { subjects: null }, dryRun),
    message: /is managed by k8s-mtp and cannot be changed by hand/,
    allows: 'removal of an ownerReference',
    control: (who, { tenant }) => who.patch(managedRef(tenant, 'RoleBinding'), { metadata: { ownerReferences: null } }, dryRun)
  },
  {
    rule: 'tenant-objects/managed-update',
    refuses: 'a finalizer on a managed object',
    who: 'the quota controller',
    attempt: (who, { tenant }) => who.patch(managedRef(tenant, 'ResourceQuota'), { metadata: { finalizers: ['example.com/keep'] } }, dryRun),
    message: /is managed by k8s-mtp and cannot be changed by hand/,
    allows: 'an update without changes, as in storage migration',
    control: (who, { tenant }) => who.patch(managedRef(tenant, 'ResourceQuota'), {}, dryRun)
  },
  ...[
    { labels: { team: 'x' } }, { labels: { 'k8s-mtp.dev/tenant': null } }, { annotations: { note: 'x' } }, { ownerReferences: null },
    { finalizers: ['example.com/keep'] }
  ].map((metadata): GuardrailCase => ({
    rule: 'tenant-objects/managed-update',
    refuses: `${JSON.stringify(metadata)} of a quota with its status`,
    who: 'the quota controller',
    attempt: (who, { tenant }) => who.patch(managedRef(tenant, 'ResourceQuota'), { metadata, status: { used: { pods: '1' } } }, { ...dryRun, subresource: 'status' }),
    message: /is managed by k8s-mtp and cannot be changed by hand/,
    allows: 'a change of only the status',
    control: (who, { tenant }) => who.patch(managedRef(tenant, 'ResourceQuota'), { status: { used: { pods: '1' } } }, { ...dryRun, subresource: 'status' })
  })),
  {
    rule: 'tenant-objects/managed-quota-status',
    refuses: 'a change of the status of a quota',
    who: 'a cluster administrator',
    attempt: (who, { tenant }) => who.patch(managedRef(tenant, 'ResourceQuota'), { status: { hard: { pods: '9999' } } }, { ...dryRun, subresource: 'status' }),
    message: /the status of resourcequotas tenant-\S+\/tenant-quota is written by Kubernetes only/,
    allows: 'a change of the status of a quota',
    allowedWho: 'the quota controller',
    control: (who, { tenant }) => who.patch(managedRef(tenant, 'ResourceQuota'), { status: { used: { pods: '1' } } }, { ...dryRun, subresource: 'status' })
  },
  {
    rule: 'tenant-objects/managed-isolation',
    refuses: 'deletion of a NetworkPolicy',
    who: 'the garbage collector',
    attempt: (who, { tenant }) => tryDelete(who, managedRef(tenant, 'NetworkPolicy')),
    message: /networkpolicies tenant-\S+ isolates pods that may still run. Wait for the namespace controller to delete it, after the last pod/,
    allows: 'the same deletion',
    allowedWho: 'the namespace controller',
    control: (who, { tenant }) => tryDelete(who, managedRef(tenant, 'NetworkPolicy'))
  },
  {
    rule: 'tenant-objects/managed-retained',
    refuses: 'deletion of an object of a Tenant with deletionPolicy Retain',
    who: 'the garbage collector',
    attempt: (who, { retained }) => tryDelete(who, managedRef(retained, 'RoleBinding')),
    message: /is retained: its Tenant had deletionPolicy Retain, or did not create it. Give it to a Tenant with k8s-mtp adopt/,
    allows: 'deletion of an object of a Tenant with deletionPolicy Delete',
    control: (who, { tenant }) => tryDelete(who, managedRef(tenant, 'RoleBinding'))
  }
]
