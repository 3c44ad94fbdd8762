import type { KubeClient } from '../../cluster/client.ts'
import { isRecord } from '../../cluster/api-error.ts'
import type { GuardrailCase } from './case.ts'
import { dryRun, labelled, namespaceRef, ownerReference, tryDelete, unknownUid, type World } from './world.ts'

const condition = { type: 'NamespaceContentRemaining', status: 'False', reason: 'Test', message: 'nothing' }

export const namespaceCases: GuardrailCase[] = [
  {
    rule: 'tenant-namespaces/delete',
    refuses: 'deletion of the namespace of a Tenant',
    who: 'a cluster administrator',
    attempt: (who, { tenant }) => tryDelete(who, namespaceRef(tenant.namespace)),
    message: /namespace tenant-\S+-shop belongs to Tenant acme-\w+ and is deleted only with it. Delete the Tenant, or free the namespace first with k8s-mtp release; in an emergency/,
    allows: 'deletion of any other namespace',
    control: (who, { elsewhere }) => tryDelete(who, namespaceRef(elsewhere))
  },
  {
    rule: 'tenant-namespaces/delete',
    refuses: 'immediate deletion of the namespace of a Tenant',
    who: 'a cluster administrator',
    attempt: (who, { tenant }) => who.delete(namespaceRef(tenant.namespace), { dryRun: ['All'], gracePeriodSeconds: 0, propagationPolicy: 'Orphan' }),
    message: /belongs to Tenant/,
    allows: 'deletion of the namespace of a Tenant',
    allowedWho: 'a member of the break-glass group',
    control: (who, { tenant }) => tryDelete(who, namespaceRef(tenant.namespace))
  },
  {
    rule: 'tenant-namespaces/delete-by-engine',
    refuses: 'deletion of the namespace of a Tenant',
    who: 'the engine',
    attempt: (who, { tenant }) => tryDelete(who, namespaceRef(tenant.namespace)),
    message: /Metacontroller may not delete namespace tenant-\S+\. Check why the response of the hook lacks it/,
    allows: 'the same deletion',
    allowedWho: 'the garbage collector',
    control: (who, { tenant }) => tryDelete(who, namespaceRef(tenant.namespace))
  },
  {
    rule: 'tenant-namespaces/delete-by-engine',
    refuses: 'deletion of an unmanaged namespace',
    who: 'the engine',
    attempt: (who, { elsewhere }) => tryDelete(who, namespaceRef(elsewhere)),
    message: /Metacontroller may not delete namespace/,
    allows: 'the same deletion',
    allowedWho: 'a cluster administrator',
    control: (who, { elsewhere }) => tryDelete(who, namespaceRef(elsewhere))
  },
  {
    rule: 'tenant-namespaces/unmanaged',
    refuses: 'deletion of an unmanaged namespace with an ownerReference to a Tenant',
    who: 'the garbage collector',
    attempt: (who, { adopted }) => tryDelete(who, namespaceRef(adopted)),
    message: /has an ownerReference to a Tenant that did not create it, so it is kept. Remove the ownerReference/,
    allows: 'deletion of a namespace without an ownerReference to a Tenant',
    control: (who, { elsewhere }) => tryDelete(who, namespaceRef(elsewhere))
  },
  ...([
    ['with an ownerReference to another Tenant than that of its labels', ({ misowned }) => misowned],
    ['that an earlier Tenant left behind', ({ orphaned }) => orphaned]
  ] as [string, (world: World) => string][]).map(([which, name]): GuardrailCase => ({
    rule: 'tenant-namespaces/owner',
    refuses: `deletion of a namespace ${which}`,
    who: 'the garbage collector',
    attempt: (who, world) => tryDelete(who, namespaceRef(name(world))),
    message: /namespace tenant-\S+ is kept: its owner is not the Tenant in its labels controller-uid and k8s-mtp.dev\/tenant. Give it to a Tenant with k8s-mtp adopt/,
    allows: 'deletion of a namespace that the Tenant of its labels owns',
    control: (who, { tenant }) => tryDelete(who, namespaceRef(tenant.namespace))
  })),
  {
    rule: 'tenant-namespaces/retained',
    refuses: 'deletion of the namespace of a Tenant with deletionPolicy Retain',
    who: 'the garbage collector',
    attempt: (who, { retained }) => tryDelete(who, namespaceRef(retained.namespace)),
    message: /is retained: its Tenant had deletionPolicy Retain. Give it to a Tenant with k8s-mtp adopt, or free it with k8s-mtp release/,
    allows: 'deletion of the namespace of a Tenant with deletionPolicy Delete',
    control: (who, { tenant }) => tryDelete(who, namespaceRef(tenant.namespace))
  },
  {
    rule: 'tenant-namespaces/subresources',
    refuses: 'a change of the status of the namespace of a Tenant',
    who: 'a cluster administrator',
    attempt: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), { status: { conditions: [condition] } }, { ...dryRun, subresource: 'status' }),
    message: /the status of namespace tenant-\S+ is written by the namespace controller only/,
    allows: 'the same change',
    allowedWho: 'the namespace controller',
    control: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), { status: { conditions: [condition] } }, { ...dryRun, subresource: 'status' })
  },
  {
    rule: 'tenant-namespaces/subresources',
    refuses: 'removal of the finalizer of the namespace of a Tenant',
    who: 'a cluster administrator',
    attempt: (who, { tenant }) => finalize(who, tenant.namespace),
    message: /the finalize of namespace tenant-\S+ is written by the namespace controller only/,
    allows: 'removal of the finalizer of any other namespace',
    control: (who, { elsewhere }) => finalize(who, elsewhere)
  }
]

async function finalize (who: KubeClient, name: string): Promise<unknown> {
  const namespace = await who.get(namespaceRef(name))
  return who.request('PUT', `/api/v1/namespaces/${name}/finalize?dryRun=All`, { ...namespace, spec: { ...(isRecord(namespace.spec) && namespace.spec), finalizers: [] } })
}

const tenantNamespace = ({ tenant }: World, name: string, labels: object = {}) => labelled(tenant, name, labels)

export const engineNamespaceCases: GuardrailCase[] = [
  ...([
    ['that is not named for its Tenant', (world: World) => tenantNamespace(world, 'kube-public-2')],
    ['named for another Tenant', (world: World) => tenantNamespace(world, `tenant-${world.retained.name}-new`)],
    ['without the label of its Tenant', (world: World) => tenantNamespace(world, `tenant-${world.tenant.name}-new`, { 'k8s-mtp.dev/tenant': undefined })],
    ['without pod security', (world: World) => tenantNamespace(world, `tenant-${world.tenant.name}-new`, { 'pod-security.kubernetes.io/enforce': undefined })],
    ['without the ownership label', (world: World) => tenantNamespace(world, `tenant-${world.tenant.name}-new`, { 'controller-uid': undefined })]
  ] as const).map(([refuses, make]): GuardrailCase => ({
    rule: 'engine/namespaces-names',
    refuses: `a namespace ${refuses}`,
    who: 'the engine',
    attempt: (who, world) => who.create(make(world), dryRun),
    message: /Metacontroller may write only namespaces named tenant-<tenant>-<name> or given to a Tenant, with the labels of the Tenant and pod security\. Check/,
    allows: 'a namespace with the name and labels of its Tenant',
    control: (who, world) => who.create(tenantNamespace(world, `tenant-${world.tenant.name}-new`), dryRun)
  })),
  {
    rule: 'engine/namespaces-names',
    refuses: 'a label on kube-system',
    who: 'the engine',
    attempt: who => who.patch(namespaceRef('kube-system'), { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } }, dryRun),
    message: /Metacontroller may write only namespaces named tenant-<tenant>-<name>/,
    allows: 'the label',
    allowedWho: 'a cluster administrator',
    control: who => who.patch(namespaceRef('kube-system'), { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } }, dryRun)
  },
  {
    rule: 'engine/namespaces-pod-security',
    refuses: 'pod security privileged',
    who: 'the engine',
    attempt: (who, world) => who.create(tenantNamespace(world, `tenant-${world.tenant.name}-new`, { 'pod-security.kubernetes.io/enforce': 'privileged' }), dryRun),
    message: /Metacontroller may set only pod security restricted or baseline\. For classes that need more, use k8s-mtp guardrails --pod-security/,
    allows: 'pod security baseline',
    control: (who, world) => who.create(tenantNamespace(world, `tenant-${world.tenant.name}-new`, { 'pod-security.kubernetes.io/enforce': 'baseline' }), dryRun)
  },
  {
    rule: 'engine/namespaces-takeover',
    refuses: 'a forced apply of an existing unmanaged namespace',
    who: 'the engine',
    attempt: (who, world) => who.apply(tenantNamespace(world, world.squatted), { ...dryRun, fieldManager: 'metacontroller', force: true }),
    message: /Metacontroller may not take over an existing namespace\. Give it to the Tenant with k8s-mtp adopt/,
    allows: 'a forced apply of the namespace of a Tenant',
    control: (who, world) => who.apply(labelled(world.tenant, world.tenant.namespace, {}, { ownerReferences: [ownerReference(world.tenant)] }), { ...dryRun, fieldManager: 'metacontroller', force: true })
  },
  ...([
    ['another ownership label', { 'controller-uid': unknownUid }],
    ['no ownership label', { 'controller-uid': null }]
  ] as const).map(([which, labels]): GuardrailCase => ({
    rule: 'engine/namespaces-other-tenant',
    refuses: `${which} on the namespace of a Tenant`,
    who: 'the engine',
    attempt: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), { metadata: { labels } }, dryRun),
    message: /Metacontroller may not move a namespace to another Tenant. Use k8s-mtp release and k8s-mtp adopt/,
    allows: 'a change of another label',
    control: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), { metadata: { labels: { 'k8s-mtp.dev/class': 'other' } } }, dryRun)
  })),
  {
    rule: 'engine/namespaces-tenant-label',
    refuses: 'the label of another Tenant on the namespace of an earlier one',
    who: 'the engine',
    // tenant-acme-1a2b-orphaned could be the namespace 1a2b-orphaned of Tenant acme.
    attempt: (who, { orphaned, tenant }) => who.patch(namespaceRef(orphaned), { metadata: { labels: { 'k8s-mtp.dev/tenant': tenant.name.split('-')[0] } } }, dryRun),
    message: /Metacontroller may not set the label k8s-mtp.dev\/tenant of a namespace to another name than that of its owner/,
    allows: 'a change of another label',
    control: (who, { orphaned }) => who.patch(namespaceRef(orphaned), { metadata: { labels: { 'k8s-mtp.dev/class': 'other' } } }, dryRun)
  },
  {
    rule: 'engine/namespaces-tenant-label',
    refuses: 'the label of one of several owners of an existing namespace that was given to a Tenant, which would delete it,',
    who: 'the engine',
    attempt: (who, { ambiguous: { namespace, uid } }) => {
      const { labels } = labelled({ name: 'missing', uid }, namespace).metadata
      return who.patch(namespaceRef(namespace), { metadata: { labels, ownerReferences: [{ ...ownerReference({ name: 'missing', uid }), controller: false }] } }, dryRun)
    },
    message: /Metacontroller may not set the label k8s-mtp.dev\/tenant of a namespace to another name than that of its owner/,
    allows: 'the label of the only owner',
    control: (who, { given: { namespace, uid }, tenant }) => who.patch(namespaceRef(namespace), { metadata: { labels: labelled({ ...tenant, uid }, namespace).metadata.labels } }, dryRun)
  },
  ...([['removal', null], ['a change', 'Delete']] as const).map(([change, value]): GuardrailCase => ({
    rule: 'engine/namespaces-retention',
    refuses: `${change} of the label that keeps the namespace of an earlier Tenant`,
    who: 'the engine',
    attempt: (who, { orphaned }) => who.patch(namespaceRef(orphaned), { metadata: { labels: { 'k8s-mtp.dev/deletion-policy': value } } }, dryRun),
    message: /Metacontroller may not change the label k8s-mtp.dev\/deletion-policy of a namespace that has no Tenant/,
    allows: 'its removal while the Tenant owns the namespace, as after a change of deletionPolicy',
    control: (who, { retained }) => who.patch(namespaceRef(retained.namespace), { metadata: { labels: { 'k8s-mtp.dev/deletion-policy': null } } }, dryRun)
  }))
]
