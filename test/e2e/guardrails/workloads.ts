import { ApiError } from '../../cluster/api-error.ts'
import { refOf, type KubeObject, type ObjectRef } from '../../cluster/kube-object.ts'
import { breakGlass, client, eventually } from '../context.ts'
import { guardedTenant, pod, service, type GuardedTenant } from '../guarded-tenant.ts'
import { changeTenant, tenantRef } from '../tenants.ts'
import { frozenChanges, terminatingNamespace, terminatingRules, type TerminatingNamespace } from '../terminating-namespace.ts'
import { templateOf } from '../templates.ts'
import { workloadRefusals } from '../workload-refusals.ts'
import { dryRun } from './world.ts'

/** A request that one rule of the guardrails for workloads refuses. */
export interface WorkloadProof {
  rule: string
  says: string
  attempt: () => Promise<unknown>
}

/** For each rule, the row in the table of refusals. */
const byRow: Record<string, string> = {
  'workloads-services/type': 'a Service of type NodePort',
  'workloads-services/external-ips': 'an IPv4 external IP outside of the networks',
  'workloads-services/load-balancer-ip': 'a load balancer that asks for an address',
  'workloads-services/external-ip-count': 'a Service of 101 external IPs',
  'workloads-endpoints/count': 'Endpoints of 101 addresses',
  'workloads-endpointslices/count': 'an EndpointSlice of 101 addresses',
  'workloads-pods/containers': 'a pod of 101 containers',
  'workloads-endpoints/addresses': 'Endpoints outside of the networks',
  'workloads-endpointslices/names': 'an EndpointSlice of host names',
  'workloads-endpointslices/addresses': 'an EndpointSlice outside of the networks',
  'workloads-ingresses/class': 'an unlisted IngressClass',
  'workloads-ingresses/no-class': 'an Ingress without an IngressClass',
  'workloads-volume-claims/class': 'an unlisted StorageClass',
  'workloads-volume-claims/no-class': 'a claim without a StorageClass',
  'workloads-pods/images': 'an image from another registry',
  'workloads-pods/priority': 'an unlisted system PriorityClass',
  'workloads-pods/image-pull-policy': 'an unlisted imagePullPolicy',
  'workloads-pods/node-name': 'a pod that names its node',
  'workloads-pods/tolerations': 'a toleration of all taints',
  'workloads-pods/toleration-count': 'a pod of 101 tolerations',
  'workloads-pods/runtime-class': 'an unlisted RuntimeClass',
  'workloads-pods/scheduler': 'an unlisted scheduler',
  'workloads-pods/inline-volumes': 'an unlisted CSI driver in a pod',
  'workloads-pods/grace-period': 'a pod with a long time to end',
  'workloads-device-claims/class': 'an unlisted DeviceClass',
  'workloads-ingresses/host': 'an Ingress of an unlisted host',
  'workloads-ingresses/host-count': 'an Ingress of 101 hosts',
  'workloads-ingresses/every-host': 'an Ingress with a rule without a host',
  'workloads-routes/host': 'an HTTPRoute of an unlisted host',
  'workloads-routes/host-count': 'an HTTPRoute of 101 hosts',
  'workloads-routes/every-host': 'an HTTPRoute without host names',
  'workloads-routes/port': 'a TCPRoute',
  'workloads-routes/class': 'a Gateway of an unlisted class',
  'workloads-annotations/count': 'a Secret of 257 annotations',
  'workloads-annotations/prefix': 'the annotation external-dns.alpha.kubernetes.io/hostname of a Service',
  'workloads-volume-claims/volume-name': 'a claim that names its volume',
  'workloads-volume-claims/existing-volume': 'a claim that selects its volume',
  'workloads-volume-claims/attributes-class': 'an unlisted VolumeAttributesClass',
  'workloads-disruption-budgets/blocking': 'a PodDisruptionBudget with maxUnavailable 0',
  'workloads-services/cluster-ip': 'a Service that asks for its cluster IP'
}

/** Rules for the spec of a pod, which also warn of templates. */
const podRules = Object.keys(byRow).filter(rule => rule.startsWith('workloads-pods/'))
const ofTemplate = (rule: string) => rule.replace('workloads-pods/', 'workloads-templates/')

export const workloadRules = [
  ...Object.keys(byRow), ...podRules.map(ofTemplate), 'workloads-pods/cordoned', 'workloads-pods/node-selector',
  'workloads-templates/node-selector', 'workloads-templates/pod-security', 'workloads-daemonsets/node-selector', 'workloads-services/load-balancer-node-ports',
  'workloads-pod-deletion/grace-period', 'workloads-pod-evictions/grace-period', 'workloads-pod-status/fields', 'workloads-pod-status/phase', 'workloads-events/entries', 'workloads-events/size', 'workloads-services/selector', 'workloads-services/no-selector', ...terminatingRules
]

export async function workloadProofs (): Promise<{ proofs: WorkloadProof[], remove: () => Promise<void> }> {
  const terminating = await terminatingNamespace()
  const tenants = await Promise.all([
    guardedTenant(),
    guardedTenant({ workloads: { endpoints: { addresses: [] }, pods: { nodeSelector: { pool: 'shared' }, defaults: { nodeSelector: false } } }, quotas: {} }),
    guardedTenant()
  ])
  const [listed, open, cordoned] = tenants
  const running = refOf(await breakGlass().create(pod(listed.namespace, { nodeName: 'n1' }, {}, 'running')))
  const led = refOf(await client().create(service(listed.namespace, {}, 'led')))
  await cordon(cordoned)
  return {
    proofs: [...fromTable(listed), ...ofPods(open, cordoned), ...ofDeletion(running), ...ofStatus(running), ...ofSelectors(led, open), ...ofEvents(listed), ...ofTerminating(terminating)],
    async remove () {
      await terminating.finish()
      for (const tenant of tenants) await tenant.remove()
    }
  }
}

function fromTable (tenant: GuardedTenant): WorkloadProof[] {
  const rows = workloadRefusals(tenant)
  return Object.entries(byRow).map(([rule, it]) => {
    const row = rows.find(row => row.it === it)
    if (row === undefined) throw new Error(`no row ${it}`)
    return { row, rule }
  }).flatMap(({ row: { says, refused }, rule }) => [
    { rule, says, attempt: async () => client().create(refused, dryRun) },
    ...(podRules.includes(rule) ? [{ rule: ofTemplate(rule), says, attempt: async () => refuseWarned(templateOf(refused, 'Deployment')) }] : [])
  ])
}

/** A warning counts as a refusal. */
async function refuseWarned (object: KubeObject): Promise<unknown> {
  const warnings: string[] = []
  const created = await client().listening(text => warnings.push(text)).create(object, dryRun)
  if (warnings.length > 0) throw new ApiError(403, 'Forbidden', warnings.join('; '))
  return created
}

function ofDeletion (running: ObjectRef): WorkloadProof[] {
  return [{
    rule: 'workloads-pod-deletion/grace-period',
    says: 'pod running may take 30 seconds to end, not 100000. Delete it with a shorter grace period',
    attempt: async () => client().delete(running, { gracePeriodSeconds: 100_000, dryRun: ['All'] })
  }, {
    rule: 'workloads-pod-evictions/grace-period',
    says: 'does not allow an eviction with gracePeriodSeconds 100000: spec.workloads.pods.maxTerminationGracePeriodSeconds is 3600',
    attempt: async () => client().request('POST', `/api/v1/namespaces/${running.namespace}/pods/running/eviction?dryRun=All`, {
      apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'running', namespace: running.namespace }, deleteOptions: { gracePeriodSeconds: 100_000 }
    })
  }]
}

function ofSelectors (led: ObjectRef, { namespace }: GuardedTenant): WorkloadProof[] {
  return [
    { rule: 'workloads-services/selector', says: 'the selector of Service led cannot be removed', attempt: async () => client().patch(led, { spec: { selector: null } }, dryRun) },
    { rule: 'workloads-services/no-selector', says: 'does not allow a Service without spec.selector', attempt: async () => client().create(service(namespace, { selector: null }), dryRun) }
  ]
}

function ofPods ({ namespace }: GuardedTenant, cordoned: GuardedTenant): WorkloadProof[] {
  const says = 'requires nodeSelector pool: shared: spec.workloads.pods.nodeSelector. Add it to spec.nodeSelector of the pod'
  return [
    { rule: 'workloads-pods/node-selector', says, attempt: async () => client().create(pod(namespace, {}), dryRun) },
    { rule: 'workloads-templates/node-selector', says, attempt: async () => refuseWarned(templateOf(pod(namespace, {}), 'Deployment')) },
    {
      rule: 'workloads-templates/pod-security',
      says: 'the Pod Security Standard restricted does not allow hostNetwork. Remove it',
      attempt: async () => refuseWarned(templateOf(pod(namespace, { nodeSelector: { pool: 'shared' }, hostNetwork: true }), 'Deployment'))
    },
    { rule: 'workloads-daemonsets/node-selector', says, attempt: async () => client().create(templateOf(pod(namespace, {}), 'DaemonSet'), dryRun) },
    {
      rule: 'workloads-services/load-balancer-node-ports',
      says: 'allows no node ports: services.nodeports of spec.quotas is 0. Set spec.allocateLoadBalancerNodePorts',
      attempt: async () => client().create(service(namespace, { type: 'LoadBalancer' }), dryRun)
    },
    { rule: 'workloads-pods/cordoned', says: `Tenant ${cordoned.name} is cordoned: no new pods are admitted`, attempt: async () => client().create(pod(cordoned.namespace, {}), dryRun) }
  ]
}

function ofStatus (running: ObjectRef): WorkloadProof[] {
  const write = (status: object, who = client()) => async () => who.patch(running, { status }, { ...dryRun, subresource: 'status' })
  const scheduler = client().as('system:kube-scheduler', ['system:masters', 'system:authenticated'])
  return [
    {
      rule: 'workloads-pod-status/fields',
      says: 'Change status.conditions only',
      attempt: write({ message: 'hello' })
    },
    {
      rule: 'workloads-pod-status/phase',
      says: 'an ended pod does not count in quotas',
      attempt: write({ phase: 'Succeeded' }, scheduler)
    }
  ]
}

function ofEvents ({ namespace }: GuardedTenant): WorkloadProof[] {
  const create = (fields: object, metadata: object = {}) => async () => client().create({
    apiVersion: 'v1', kind: 'Event', metadata: { name: 'some', namespace, ...metadata }, involvedObject: { namespace }, ...fields
  }, dryRun)
  const labels = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`k${index}`, 'x']))
  const ownership = (count: number) => ({
    manager: 'x',
    operation: 'Apply',
    apiVersion: 'v1',
    time: '2026-11-22T12:00:00Z',
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:metadata': { 'f:annotations': Object.fromEntries(Array.from({ length: count }, (_, index) => [`f:k${index}`, {}])) } }
  })
  return [
    { rule: 'workloads-events/entries', says: 'an event may have 64 labels', attempt: create({}, { labels }) },
    { rule: 'workloads-events/entries', says: 'and 256 managed fields', attempt: create({}, { managedFields: [ownership(257)] }) },
    { rule: 'workloads-events/size', says: 'Shorten its message or annotations', attempt: create({ message: 'x'.repeat(9_000) }) }
  ]
}

function ofTerminating (terminating: TerminatingNamespace): WorkloadProof[] {
  return frozenChanges.map(({ rule, says, ref, patch, options }) =>
    ({ rule, says, attempt: async () => client().patch(terminating.ref(ref), patch, { ...dryRun, ...options }) }))
}

async function cordon ({ name, namespace }: GuardedTenant): Promise<void> {
  await changeTenant({ name, namespace, uid: '', ref: tenantRef(name) }, { cordoned: true })
  await eventually(async () => client().create(pod(namespace, {}), dryRun).then(() => Promise.reject(new Error('pods are still admitted')), () => {}))
}
