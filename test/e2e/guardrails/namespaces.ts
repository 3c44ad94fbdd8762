import type { KubeClient } from '../../cluster/client.ts'
import { isRecord } from '../../cluster/api-error.ts'
import type { GuardrailCase } from './case.ts'
import { dryRun, namespaceRef, tryDelete, type World } from './world.ts'

const condition = { type: 'NamespaceContentRemaining', status: 'False', reason: 'Test', message: 'nothing' }

export const namespaceCases: GuardrailCase[] = [
  {
    rule: 'tenant-namespaces/delete',
    refuses: 'deleting the namespace of a tenant',
    who: 'a cluster administrator',
    attempt: (who, { tenant }) => tryDelete(who, namespaceRef(tenant.namespace)),
    message: /namespace tenant-\S+-shop belongs to Tenant acme-\w+: delete the Tenant, or free the namespace first with k8s-mtp release; in an emergency/,
    allows: 'deleting any other namespace',
    twin: (who, { elsewhere }) => tryDelete(who, namespaceRef(elsewhere))
  },
  {
    rule: 'tenant-namespaces/delete',
    refuses: 'deleting it without waiting for what is in it',
    who: 'a cluster administrator',
    attempt: (who, { tenant }) => who.delete(namespaceRef(tenant.namespace), { dryRun: ['All'], gracePeriodSeconds: 0, propagationPolicy: 'Orphan' }),
    message: /belongs to Tenant/,
    allows: 'it in an emergency',
    allowedWho: 'a member of the break-glass group',
    twin: (who, { tenant }) => tryDelete(who, namespaceRef(tenant.namespace))
  },
  {
    rule: 'tenant-namespaces/never-by-the-engine',
    refuses: 'the engine deleting the namespace of a tenant',
    who: 'the engine',
    attempt: (who, { tenant }) => tryDelete(who, namespaceRef(tenant.namespace)),
    message: /the engine deletes no namespaces, so tenant-\S+ stays: an answer of the hook that lacks it is wrong/,
    allows: 'it to the garbage collector, when the Tenant goes',
    allowedWho: 'the garbage collector',
    twin: (who, { tenant }) => tryDelete(who, namespaceRef(tenant.namespace))
  },
  {
    rule: 'tenant-namespaces/never-by-the-engine',
    refuses: 'the engine deleting any namespace',
    who: 'the engine',
    attempt: (who, { elsewhere }) => tryDelete(who, namespaceRef(elsewhere)),
    message: /the engine deletes no namespaces/,
    allows: 'it to whoever may',
    allowedWho: 'a cluster administrator',
    twin: (who, { elsewhere }) => tryDelete(who, namespaceRef(elsewhere))
  },
  {
    rule: 'tenant-namespaces/foreign',
    refuses: 'the garbage collector deleting a namespace that got an ownerReference to a Tenant',
    who: 'the garbage collector',
    attempt: (who, { adopted }) => tryDelete(who, namespaceRef(adopted)),
    message: /has an ownerReference to a Tenant and was not made by it, so it stays: remove the ownerReference/,
    allows: 'it where no Tenant is named: others own namespaces too',
    twin: (who, { elsewhere }) => tryDelete(who, namespaceRef(elsewhere))
  },
  {
    rule: 'tenant-namespaces/retained',
    refuses: 'the garbage collector deleting a namespace that is to outlive its Tenant',
    who: 'the garbage collector',
    attempt: (who, { retained }) => tryDelete(who, namespaceRef(retained.namespace)),
    message: /is kept: its Tenant had the deletionPolicy Retain. k8s-mtp adopt gives it to a Tenant again, k8s-mtp release frees it/,
    allows: 'it where the Tenant takes its namespace with it',
    twin: (who, { tenant }) => tryDelete(who, namespaceRef(tenant.namespace))
  },
  {
    rule: 'tenant-namespaces/subresources',
    refuses: 'writing the status of the namespace of a tenant',
    who: 'a cluster administrator',
    attempt: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), { status: { conditions: [condition] } }, { ...dryRun, subresource: 'status' }),
    message: /the status of namespace tenant-\S+ is written by the namespace controller alone/,
    allows: 'it to the namespace controller',
    allowedWho: 'the namespace controller',
    twin: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), { status: { conditions: [condition] } }, { ...dryRun, subresource: 'status' })
  },
  {
    rule: 'tenant-namespaces/subresources',
    refuses: 'taking the finalizer of the namespace of a tenant off, which leaves what is in it behind',
    who: 'a cluster administrator',
    attempt: (who, { tenant }) => finalize(who, tenant.namespace),
    message: /the finalize of namespace tenant-\S+ is written by the namespace controller alone/,
    allows: 'it for any other namespace',
    twin: (who, { elsewhere }) => finalize(who, elsewhere)
  }
]

async function finalize (who: KubeClient, name: string): Promise<unknown> {
  const namespace = await who.get(namespaceRef(name))
  return who.request('PUT', `/api/v1/namespaces/${name}/finalize?dryRun=All`, { ...namespace, spec: { ...(isRecord(namespace.spec) && namespace.spec), finalizers: [] } })
}

/** The engine and the namespaces that it writes. */
const tenantNamespace = ({ tenant }: World, name: string, labels: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name,
    labels: {
      'app.kubernetes.io/managed-by': 'k8s-mtp',
      'k8s-mtp.dev/tenant': tenant.name,
      'controller-uid': tenant.uid,
      'pod-security.kubernetes.io/enforce': 'restricted',
      ...labels
    } as Record<string, string> // a case takes one away with undefined, which JSON leaves out
  }
})

export const engineNamespaceCases: GuardrailCase[] = [
  ...([
    ['that is not called for its tenant', (world: World) => tenantNamespace(world, 'kube-public-2')],
    ['called for another tenant', (world: World) => tenantNamespace(world, `tenant-${world.retained.name}-new`)],
    ['without the label of its tenant', (world: World) => tenantNamespace(world, `tenant-${world.tenant.name}-new`, { 'k8s-mtp.dev/tenant': undefined })],
    ['without pod security', (world: World) => tenantNamespace(world, `tenant-${world.tenant.name}-new`, { 'pod-security.kubernetes.io/enforce': undefined })],
    ['without an owner', (world: World) => tenantNamespace(world, `tenant-${world.tenant.name}-new`, { 'controller-uid': undefined })]
  ] as const).map(([refuses, make]): GuardrailCase => ({
    rule: 'engine-namespaces/names',
    refuses: `the engine making a namespace ${refuses}`,
    who: 'the engine',
    attempt: (who, world) => who.create(make(world), dryRun),
    message: /the engine writes namespaces of tenants only, called tenant-<tenant>-<name> and labelled so, with pod security: /,
    allows: 'one that is called and labelled for its tenant',
    twin: (who, world) => who.create(tenantNamespace(world, `tenant-${world.tenant.name}-new`), dryRun)
  })),
  {
    rule: 'engine-namespaces/names',
    refuses: 'the engine labelling kube-system',
    who: 'the engine',
    attempt: who => who.patch(namespaceRef('kube-system'), { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } }, dryRun),
    message: /the engine writes namespaces of tenants only/,
    allows: 'it to others',
    allowedWho: 'a cluster administrator',
    twin: who => who.patch(namespaceRef('kube-system'), { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } }, dryRun)
  },
  {
    rule: 'engine-namespaces/pod-security',
    refuses: 'the engine letting privileged pods into the namespace of a tenant',
    who: 'the engine',
    attempt: (who, world) => who.create(tenantNamespace(world, `tenant-${world.tenant.name}-new`, { 'pod-security.kubernetes.io/enforce': 'privileged' }), dryRun),
    message: /the engine sets pod security restricted or baseline only, not privileged: tenant-\S+-new. For classes that need more: k8s-mtp guardrails --pod-security/,
    allows: 'baseline ones',
    twin: (who, world) => who.create(tenantNamespace(world, `tenant-${world.tenant.name}-new`, { 'pod-security.kubernetes.io/enforce': 'baseline' }), dryRun)
  },
  {
    rule: 'engine-namespaces/given',
    refuses: 'the engine taking over a namespace that is there already, by a forced apply',
    who: 'the engine',
    attempt: (who, world) => who.apply(tenantNamespace(world, world.squatted), { ...dryRun, fieldManager: 'metacontroller', force: true }),
    message: /namespace tenant-\S+-squatted is there already and was not given to a Tenant, so the engine leaves it alone: k8s-mtp adopt gives it/,
    allows: 'a forced apply of a namespace that is the Tenant\'s',
    twin: (who, world) => who.apply(tenantNamespace(world, world.tenant.namespace), { ...dryRun, fieldManager: 'metacontroller', force: true })
  }
]
