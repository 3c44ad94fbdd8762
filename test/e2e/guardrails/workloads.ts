import { refOf, type ObjectRef } from '../../cluster/kube-object.ts'
import { client, eventually } from '../context.ts'
import { guardedTenant, pod, service, type GuardedTenant } from '../guarded-tenant.ts'
import { changeTenant, tenantRef } from '../tenants.ts'
import { frozenChanges, terminatingNamespace, terminatingRules, type TerminatingNamespace } from '../terminating-namespace.ts'
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
  'workloads-pods/priority': 'an unlisted system PriorityClass'
}

export const workloadRules = [...Object.keys(byRow), 'workloads-pods/system-priority', 'workloads-pods/cordoned', 'workloads-pod-status/fields', 'workloads-pod-status/phase', 'workloads-events/entries', 'workloads-events/size', 'workloads-services/selector', 'workloads-services/no-selector', ...terminatingRules]

export async function workloadProofs (): Promise<{ proofs: WorkloadProof[], remove: () => Promise<void> }> {
  const terminating = await terminatingNamespace()
  const tenants = await Promise.all([guardedTenant(), guardedTenant({ priorityClasses: undefined, endpoints: { addresses: [] } }), guardedTenant()])
  const [listed, open, cordoned] = tenants
  const running = refOf(await client().create(pod(listed.namespace, {}, {}, 'running')))
  const led = refOf(await client().create(service(listed.namespace, {}, 'led')))
  await cordon(cordoned)
  return {
    proofs: [...fromTable(listed), ...ofPods(open, cordoned), ...ofStatus(running), ...ofSelectors(led, open), ...ofEvents(listed), ...ofTerminating(terminating)],
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
    return { rule, says: row.says, attempt: async () => client().create(row.refused, dryRun) }
  })
}

function ofSelectors (led: ObjectRef, { namespace }: GuardedTenant): WorkloadProof[] {
  return [
    { rule: 'workloads-services/selector', says: 'the selector of Service led cannot be removed', attempt: async () => client().patch(led, { spec: { selector: null } }, dryRun) },
    { rule: 'workloads-services/no-selector', says: 'does not allow a Service without spec.selector', attempt: async () => client().create(service(namespace, { selector: null }), dryRun) }
  ]
}

function ofPods (anyPriority: GuardedTenant, cordoned: GuardedTenant): WorkloadProof[] {
  return [
    { rule: 'workloads-pods/system-priority', says: "'*' does not cover the prefix system-", attempt: async () => client().create(pod(anyPriority.namespace, { priorityClassName: 'system-node-critical' }), dryRun) },
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
      attempt: write({ allocatedResources: { cpu: '96' } })
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
