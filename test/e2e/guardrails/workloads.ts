import { refOf, type ObjectRef } from '../../cluster/kube-object.ts'
import { client, eventually } from '../context.ts'
import { guardedTenant, pod, service, type GuardedTenant } from '../guarded-tenant.ts'
import { changeTenant, tenantRef } from '../tenants.ts'
import { workloadRefusals } from '../workload-refusals.ts'
import { dryRun } from './world.ts'

/** Something that one rule of the guardrails for workloads refuses, ready to be tried. */
export interface WorkloadProof {
  rule: string
  says: string
  attempt: () => Promise<unknown>
}

/** Rules, with the rows of the table of refusals that are about them. */
const byRow: Record<string, string> = {
  'workloads-services/type': 'a Service of a type that is not listed',
  'workloads-services/external-ips': 'an external IP outside of the networks',
  'workloads-endpoints/addresses': 'Endpoints elsewhere',
  'workloads-endpointslices/names': 'an EndpointSlice of names',
  'workloads-endpointslices/addresses': 'an EndpointSlice elsewhere',
  'workloads-ingresses/class': 'an IngressClass that is not listed',
  'workloads-ingresses/no-class': 'an Ingress without a class',
  'workloads-volume-claims/class': 'a StorageClass that is not listed',
  'workloads-volume-claims/no-class': 'a claim that names no StorageClass',
  'workloads-pods/images': 'an image from another registry',
  'workloads-pods/priority': 'a PriorityClass of the system'
}

export const workloadRules = [...Object.keys(byRow), 'workloads-pods/system-priority', 'workloads-pods/cordoned', 'workloads-pod-status/addresses', 'workloads-pod-status/phase', 'workloads-services/selector', 'workloads-services/no-selector']

export async function workloadProofs (): Promise<{ proofs: WorkloadProof[], remove: () => Promise<void> }> {
  const tenants = await Promise.all([guardedTenant(), guardedTenant({ priorityClasses: undefined, endpoints: { addresses: [] } }), guardedTenant()])
  const [listed, open, cordoned] = tenants
  const running = refOf(await client().create(pod(listed.namespace, {}, {}, 'running')))
  const led = refOf(await client().create(service(listed.namespace, {}, 'led')))
  await cordon(cordoned)
  return {
    proofs: [...fromTable(listed), ...ofPods(open, cordoned), ...ofStatus(running), ...ofSelectors(led, open)],
    async remove () { for (const tenant of tenants) await tenant.remove() }
  }
}

function fromTable (tenant: GuardedTenant): WorkloadProof[] {
  const rows = workloadRefusals(tenant)
  return Object.entries(byRow).map(([rule, it]) => {
    const row = rows.find(row => row.it === it)
    if (row === undefined) throw new Error(`there is no row ${it}`)
    return { rule, says: row.says, attempt: async () => client().create(row.refused, dryRun) }
  })
}

function ofSelectors (led: ObjectRef, { namespace }: GuardedTenant): WorkloadProof[] {
  return [
    { rule: 'workloads-services/selector', says: 'Service led keeps a selector', attempt: async () => client().patch(led, { spec: { selector: null } }, dryRun) },
    { rule: 'workloads-services/no-selector', says: 'does not allow a Service without spec.selector', attempt: async () => client().create(service(namespace, { selector: null }), dryRun) }
  ]
}

function ofPods (anyPriority: GuardedTenant, cordoned: GuardedTenant): WorkloadProof[] {
  return [
    { rule: 'workloads-pods/system-priority', says: 'those that begin with system- have to be listed', attempt: async () => client().create(pod(anyPriority.namespace, { priorityClassName: 'system-node-critical' }), dryRun) },
    { rule: 'workloads-pods/cordoned', says: `Tenant ${cordoned.name} is cordoned: no new pods are admitted`, attempt: async () => client().create(pod(cordoned.namespace, {}), dryRun) }
  ]
}

function ofStatus (running: ObjectRef): WorkloadProof[] {
  const write = (status: object) => async () => client().patch(running, { status }, { ...dryRun, subresource: 'status' })
  return [
    { rule: 'workloads-pod-status/addresses', says: 'in the status of a pod', attempt: write({ podIP: '10.30.0.1', podIPs: [{ ip: '10.30.0.1' }] }) },
    { rule: 'workloads-pod-status/phase', says: 'has ended when its node says so', attempt: write({ phase: 'Succeeded' }) }
  ]
}

async function cordon ({ name, namespace }: GuardedTenant): Promise<void> {
  await changeTenant({ name, namespace, uid: '', ref: tenantRef(name) }, { cordoned: true })
  await eventually(async () => client().create(pod(namespace, {}), dryRun).then(() => Promise.reject(new Error('pods are admitted still')), () => {}))
}
