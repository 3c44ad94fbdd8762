import type { Permission, Resource } from '../../kubernetes/api-request.ts'
import { labels } from '../../api/group.ts'
import { compositeControllers, hookService } from '../../check/composite-controllers.ts'
import { engineAccess } from '../../check/engine-access.ts'
import { skipped, type Result } from '../../check/finding.ts'
import { formerAccounts } from '../../check/former-accounts.ts'
import { hookEndpoints, hookVersion } from '../../check/hook-endpoints.ts'
import { grantAnyRule, installPermissions, installRules } from '../../check/install-permissions.ts'
import { installedDefaults } from '../../check/installed-defaults.ts'
import { installedDefinitions } from '../../check/installed-definitions.ts'
import { earlierGuardrails, guardrailBindings, guardrailPolicies } from '../../check/installed-guardrails.ts'
import { kubernetesVersion } from '../../check/kubernetes-version.ts'
import { leaderElection, leaseOf } from '../../check/leader-election.ts'
import {
  findMetacontroller, metacontrollerLimits, metacontrollerRuns, metacontrollerVersion, type Account
} from '../../check/metacontroller-workload.ts'
import { nameServers, nameServersOf, type NameServers } from '../../check/name-servers.ts'
import { networkEnforcement } from '../../check/network-enforcement.ts'
import { otherMetacontroller } from '../../check/other-metacontroller.ts'
import { readyTenants } from '../../check/ready-tenants.ts'
import { reconciledTenants } from '../../check/reconciled-tenants.ts'
import { mutatingPoliciesServed, validatingPoliciesServed } from '../../check/served-policies.ts'
import { usedClasses } from '../../check/used-classes.ts'
import { readWorkload, type Workload } from '../../check/workload.ts'
import { accountOf } from '../../guardrails/guardrail.ts'
import { fieldsAt, textAt } from '../../kubernetes/json.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'
import { engineRules } from '../../rbac/engine-rules.ts'
import { lackingRules, rulesOfClass } from '../cluster/lacking-rules.ts'
import { resources } from '../../kubernetes/resources.ts'
import type { Reader } from '../cluster/reader.ts'

/** Reads what a check needs, and decides. */
export type Check = (reader: Reader) => Promise<Result>

/** By id, in the order of the output: what an installation requires. */
export const requirements: Readonly<Record<string, Check>> = {
  'kubernetes-version': async ({ cluster }) => kubernetesVersion(await cluster.serverVersion()),
  'validating-admission-policies': async reader => validatingPoliciesServed(await isServed(reader, resources.validatingPolicies)),
  'mutating-admission-policies': async reader => mutatingPoliciesServed(await isServed(reader, resources.mutatingPolicies)),
  'other-metacontroller': async reader => {
    const namespaces = await reader.list(resources.namespaces, { labelSelector: labels.tenant })
    const ofTenants = new Set(namespaces.map(({ metadata }) => metadata.name))
    return otherMetacontroller(await workloads(reader), ofTenants, await installedAccount(reader))
  }
}

/** Only for those who install. */
export const installation: Readonly<Record<string, Check>> = {
  'install-permissions': async ({ cluster }) => {
    const isAllowed = async (permission: Permission) => await cluster.isAllowedToCaller(permission)
    return installPermissions(await lackingRules([...installRules, grantAnyRule], isAllowed))
  }
}

export const installed: Readonly<Record<string, Check>> = {
  crds: async reader => installedDefinitions(await reader.list(resources.definitions)),
  guardrails: async reader => guardrailPolicies(await reader.list(resources.validatingPolicies), await reader.parties()),
  'guardrail-bindings': async reader => guardrailBindings(await reader.list(resources.validatingBindings), await reader.parties()),
  'earlier-guardrails': async reader =>
    earlierGuardrails(await reader.list(resources.validatingPolicies), await reader.list(resources.validatingBindings)),
  'pod-defaults': podDefaults,
  'composite-controllers': async reader => compositeControllers(await reader.listServed(resources.compositeControllers)),
  metacontroller: async reader => metacontrollerRuns(await metacontroller(reader), await account(reader)),
  'metacontroller-version': async reader => metacontrollerVersion(await metacontroller(reader)),
  'metacontroller-leader-election': async reader => {
    const found = await metacontroller(reader)
    const lease = leaseOf(found)
    return leaderElection(found, lease && await reader.cluster.find(resources.leases, lease), new Date())
  },
  'metacontroller-client-limits': async reader => metacontrollerLimits(await metacontroller(reader)),
  'metacontroller-permissions': metacontrollerPermissions,
  'former-metacontroller-permissions': async reader => formerAccounts(
    await installedAccount(reader), await reader.list(resources.clusterRoleBindings), await reader.list(resources.clusterRoles)),
  'hook-endpoints': async reader => {
    const { name, service } = await hook(reader)
    return hookEndpoints(name, service, service === undefined ? [] : await reader.list(resources.endpointSlices, slicesOf(service)))
  },
  'hook-version': async reader => {
    const { name, service } = await hook(reader)
    return hookVersion(name, service === undefined ? [] : await selectedPods(reader, service))
  },
  classes: async reader => {
    return usedClasses(await reader.list(resources.classes), await parentsIn(reader))
  },
  'dns-peers': dnsPeers,
  'network-policies': async reader => networkEnforcement((await reader.list(resources.daemonSets)).map(readWorkload)),
  reconciliation: async reader => reconciledTenants(await parentsIn(reader), new Date()),
  tenants: async reader => readyTenants(await reader.list(resources.tenants))
}

async function parentsIn (reader: Reader): Promise<ObservedObject[]> {
  return [...await reader.list(resources.tenants), ...await reader.listServed(resources.tenantNamespaces) ?? []]
}

async function isServed ({ cluster }: Reader, { apiVersion, kind }: Resource): Promise<boolean> {
  return await cluster.resourceOf({ apiVersion, kind }) !== undefined
}

async function workloads (reader: Reader): Promise<Workload[]> {
  const lists = await Promise.all([reader.list(resources.deployments), reader.list(resources.statefulSets)])
  return lists.flat().map(readWorkload)
}

async function account (reader: Reader): Promise<Account> {
  return accountOf((await reader.parties()).engine)
}

/** Before an installation, no Metacontroller is that of k8s-mtp. */
async function installedAccount (reader: Reader): Promise<Account | undefined> {
  const policies = await reader.listServed(resources.validatingPolicies) ?? []
  return policies.some(({ metadata }) => metadata.name === 'k8s-mtp-engine') ? await account(reader) : undefined
}

export async function metacontroller (reader: Reader): Promise<Workload | undefined> {
  return findMetacontroller(await workloads(reader), await account(reader))
}

async function podDefaults (reader: Reader): Promise<Result> {
  const policies = await reader.listServed(resources.mutatingPolicies)
  if (policies === undefined) return skipped('MutatingAdmissionPolicies are not served')
  return installedDefaults(policies, await reader.list(resources.mutatingBindings), await reader.parties())
}

async function metacontrollerPermissions (reader: Reader): Promise<Result> {
  const { engine } = await reader.parties()
  const isAllowed = async (permission: Permission) => await reader.cluster.isAllowed(engine, permission)
  const classes = await reader.list(resources.classes)
  const escalate = await isAllowed({ group: 'rbac.authorization.k8s.io', resource: 'roles', verb: 'escalate' })
  const own = engineRules({ classes: [], escalate }).flatMap(({ rules }) => rules)
  const rules = [...own, ...escalate ? [] : classes.flatMap(rulesOfClass)]
  return engineAccess(engine, classes.map(({ metadata }) => metadata.name), await lackingRules(rules, isAllowed))
}

/** The Service that the CompositeControllers call: its name, and the object, if they exist. */
export async function hook (reader: Reader): Promise<{ name: ReturnType<typeof hookService>, service: ObservedObject | undefined }> {
  const name = hookService(await reader.listServed(resources.compositeControllers) ?? [])
  return { name, service: name && await reader.cluster.find(resources.services, name) }
}

/** Source: https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#ownership */
function slicesOf ({ metadata: { namespace = '', name } }: ObservedObject) {
  return { namespace, labelSelector: `kubernetes.io/service-name=${name}` }
}

export async function selectedPods (reader: Reader, service: ObservedObject): Promise<ObservedObject[]> {
  const selector = fieldsAt(fieldsAt(service, 'spec'), 'selector')
  const labelSelector = Object.keys(selector).map(key => `${key}=${textAt(selector, key)}`).join(',')
  if (labelSelector === '') return []
  return (await reader.list(resources.pods, { namespace: service.metadata.namespace ?? '', labelSelector })).filter(isRunning)
}

async function dnsPeers (reader: Reader): Promise<Result> {
  const classes = await reader.list(resources.classes)
  const counts = new Map<string, number>()
  for (const peer of classes.flatMap(nameServersOf)) {
    if (!counts.has(keyOf(peer))) counts.set(keyOf(peer), (await reader.list(resources.pods, placeOf(peer))).filter(isRunning).length)
  }
  return nameServers(classes, peer => counts.get(keyOf(peer)) ?? 0)
}

const keyOf = (peer: NameServers): string => JSON.stringify(placeOf(peer))

function placeOf ({ namespace, labelSelector }: NameServers) {
  return { namespace, ...(labelSelector !== '' && { labelSelector }) }
}

function isRunning (pod: ObservedObject): boolean {
  return fieldsAt(pod, 'status')['phase'] === 'Running' && pod.metadata.deletionTimestamp === undefined
}
