import { apiVersion } from '../../api/group.ts'
import type { Finding } from '../../check/finding.ts'
import { tenantAndEntry } from '../../api/tenant-namespace.ts'
import { fieldsAt } from '../../kubernetes/json.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'
import { resources } from '../../kubernetes/resources.ts'
import { workloadPolicyName } from '../../tenancy/desired/workload-policy-manifest.ts'
import { isNotReconciled } from '../../view/tenant-state.ts'
import { pageOf, type Cause } from '../../view/why/cause.ts'
import { readEvent, type ObservedEvent } from '../../view/why/observed-event.ts'
import { quotaCauses } from '../../view/why/quota-causes.ts'
import { sentences, syncErrorAdvice } from '../../view/why/refusals.ts'
import { namespaceCauses, tenantCauses } from '../../view/why/tenant-causes.ts'
import { kindsIn, podOwnerKinds, unableWorkloads } from '../../view/why/unable-workloads.ts'
import { causesOfPods, isUnschedulable, unstartedPods } from '../../view/why/unstarted-pods.ts'
import { observedCauses, readyOfNamespace, readyOfTenant, type WhyReport } from '../../view/why/why-report.ts'
import { installed } from '../check/checks.ts'
import { runChecks } from '../check/run-checks.ts'
import { listInEach, listInScope, note } from './scope.ts'
import type { Target } from './why-target.ts'

/** Reads what may be wrong, the most general first. */
export async function readCauses (target: Target): Promise<WhyReport> {
  const { about: { kind, name }, tenants: [tenant], notReadable } = target
  const ready = kind === 'Tenant' && tenant !== undefined ? readyOfTenant(tenant) : readyOfNamespace(name, tenant)
  const [own, engine, workloads] = await Promise.all([
    statusCauses(target),
    tenant === undefined || ready === 'True' ? [] : engineCauses(target, tenant),
    workloadCauses(target)
  ])
  return { about: `${kind} ${name}`, ready, causes: [...own, ...engine, ...workloads], notReadable }
}

async function statusCauses (target: Target): Promise<Cause[]> {
  const { about: { kind, name }, tenants: [tenant], namespace, reader: { cluster } } = target
  if (tenant !== undefined) return kind === 'Tenant' ? tenantCauses(tenant, new Date()) : namespaceCauses(tenant, name, new Date())
  if (namespace === undefined) return []
  const place = { namespace: name, name: workloadPolicyName }
  return observedCauses(namespace, await note(target, cluster.find(resources.workloadPolicies, place)))
}

/** Those on which every Tenant depends. */
const ofEngine = [
  'crds', 'composite-controllers', 'metacontroller', 'metacontroller-leader-election', 'metacontroller-permissions', 'hook-endpoints'
]

/** What Metacontroller reports of its requests, and where the status is old, whether it runs at all. */
async function engineCauses (target: Target, tenant: ObservedObject): Promise<Cause[]> {
  const { reader } = target
  // Metacontroller writes the events of cluster-scoped objects there.
  const place = { namespace: 'default', fieldSelector: `involvedObject.apiVersion=${apiVersion},type=Warning` }
  const events = (await note(target, reader.list(resources.events, place)) ?? []).map(readEvent)
    .filter(({ kind, name }) => (kind === 'TenantNamespace' ? tenantAndEntry(name)[0] : name) === tenant.metadata.name)
  const checks = isNotReconciled(tenant) ? Object.entries(installed).filter(([id]) => ofEngine.includes(id)) : []
  const found = await runChecks(Object.fromEntries(checks), reader)
  return [...latestByMessage(events).map(causeOfEvent), ...found.filter(({ state }) => state === 'failed').map(causeOfCheck)]
}

function causeOfEvent ({ kind, name, reason, message }: ObservedEvent): Cause {
  const commands = ['kubectl events --namespace default --types=Warning']
  return { object: `${kind} ${name}`, reason, commands, ...syncErrorAdvice(message) }
}

function causeOfCheck ({ id, message, remedy = '' }: Finding): Cause {
  return {
    object: `check ${id}`,
    reason: 'CheckFailed',
    message: sentences(message, remedy),
    commands: ['k8s-mtp check'],
    page: pageOf('operations.md#check-an-installation')
  }
}

const maxEvents = 3

function latestByMessage (events: readonly ObservedEvent[]): ObservedEvent[] {
  const latest = new Map([...events].sort((a, b) => a.lastSeen - b.lastSeen).map(event => [event.message, event]))
  return [...latest.values()].sort((a, b) => b.lastSeen - a.lastSeen).slice(0, maxEvents)
}

const owners = {
  ReplicaSet: resources.replicaSets, StatefulSet: resources.statefulSets, DaemonSet: resources.daemonSets, Job: resources.jobs
}

async function workloadCauses (target: Target): Promise<Cause[]> {
  const [quotas, events] = await Promise.all([
    listInScope(target, resources.quotas),
    listInScope(target, resources.events, { fieldSelector: 'reason=FailedCreate' })
  ])
  const failed = events.map(readEvent)
  const kinds = podOwnerKinds.filter(kind => kind === 'ReplicaSet' || kindsIn(failed).includes(kind))
  const [pods, ...lists] = await Promise.all([
    listInEach(target, target.only, resources.pods), ...kinds.map(async kind => await listInScope(target, owners[kind]))
  ])
  const objects = lists.flat()
  return [...quotaCauses(quotas), ...unableWorkloads(objects, failed, new Date()), ...await podCauses(target, pods, objects)]
}

async function podCauses (target: Target, pods: readonly ObservedObject[], owners: readonly ObservedObject[]): Promise<Cause[]> {
  const found = unstartedPods(pods, new Date())
  const namespaces = [...new Set(found.filter(isUnschedulable).map(({ pod }) => pod.metadata.namespace ?? ''))]
  const policies = await Promise.all(namespaces.map(async namespace => {
    const policy = await note(target, target.reader.cluster.find(resources.workloadPolicies, { namespace, name: workloadPolicyName }))
    return [namespace, policy === undefined ? {} : fieldsAt(policy, 'spec')] as const
  }))
  return causesOfPods(found, owners.filter(({ kind }) => kind === 'ReplicaSet'), new Map(policies))
}
