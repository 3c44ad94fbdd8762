import { isSystemNamespace, keeper } from '../api/existing-namespace.ts'
import { entryKey, existingOf } from '../api/further-namespace.ts'
import { labels } from '../api/group.ts'
import { displayName, isTerminating, type ObservedObject } from '../kubernetes/object.ts'
import { readLooseTenant, type ObservedTenant } from '../tenancy/observed/loose-tenant.ts'
import { needsKeeper, otherOwner } from './owners.ts'
import type { Situation } from './situation.ts'
import { hasScopes } from './used-resources.ts'

/** Says why the Tenant cannot adopt the namespace, and what to do. */
export function namespaceObstacles (situation: Situation): string[] {
  const { tenant, namespaceName, namespace } = situation
  if (isSystemNamespace(namespaceName)) return [`namespace ${namespaceName} belongs to the system, and to no Tenant. Remove its entry`]
  if (readLooseTenant(tenant).namespace !== namespaceName) return [wrongNamespace(tenant, namespaceName)]
  if (namespace === undefined) return [missing(tenant, namespaceName)]
  if (isTerminating(namespace)) return [terminating(tenant, namespaceName)]
  if (needsKeeper(tenant) && situation.keeper === undefined) return [keeperIsUnknown(namespaceName)]
  const other = otherOwner(namespace, tenant.metadata.uid, situation.owners) ?? earlierTenant(namespace, tenant)
  if (other === undefined) return []
  const remedy = other.startsWith('Tenant/')
    ? `run ${moveCommand(namespaceName, tenant)}`
    : 'remove that ownerReference first, if its owner gives the namespace up'
  return [`namespace ${namespaceName} belongs to ${other}. To move it, ${remedy}`]
}

function isOfExisting ({ entry = '' }: ObservedTenant): boolean {
  return existingOf(entry) !== undefined
}

function missing (tenant: ObservedTenant, name: string): string {
  return `namespace ${name} does not exist: nothing to adopt. ` +
    (isOfExisting(tenant) ? `Create it first: kubectl create namespace ${name}` : 'k8s-mtp creates it once the Tenant is not on hold')
}

function terminating (tenant: ObservedTenant, name: string): string {
  return `namespace ${name} is being deleted and cannot be kept. ` +
    (isOfExisting(tenant) ? 'Create it afterwards, and adopt it' : 'The Tenant gets a new one afterwards')
}

function keeperIsUnknown (name: string): string {
  return `namespace ${keeper.name} cannot be read, which becomes an owner of ${name}, so that it outlives the Tenant. Allow to get it`
}

/** Of another name: Metacontroller may not change the labels of its objects. */
function earlierTenant ({ metadata }: ObservedObject, tenant: ObservedTenant): string | undefined {
  const name = metadata.labels?.[labels.tenant]
  return name === undefined || name === tenant.metadata.name ? undefined : `Tenant/${name}`
}

function moveCommand (namespace: string, { metadata }: ObservedTenant): string {
  return `k8s-mtp move ${namespace} --to ${metadata.name}`
}

function wrongNamespace (tenant: ObservedTenant, namespaceName: string): string {
  const { name, namespace, entries } = readLooseTenant(tenant)
  if (entries.has(entryKey({ existing: namespaceName }))) {
    return `Tenant ${name} lists namespace ${namespaceName}, and its TenantNamespace does not exist yet. Wait until Metacontroller has ` +
      'created it, or correct the Tenant: its status says what to do'
  }
  return `namespace ${namespaceName} is not Tenant ${name}'s. By the rule tenant-<metadata.name>-<spec.name> ` +
    (namespace === undefined ? 'it has none, since its spec.name cannot be read' : `that is ${namespace}`) +
    `. Add {existing: ${namespaceName}} to spec.namespaces of the Tenant first, or name the namespace of the rule`
}

/** Says why the Tenant cannot adopt an object in its namespace, and what to do. */
export function objectObstacles (object: ObservedObject, isDeclared: boolean, { tenant, owners }: Situation): string[] {
  const name = displayName(object)
  const deletion = `kubectl -n ${object.metadata.namespace ?? ''} delete ${object.kind.toLowerCase()} ${object.metadata.name}`
  const other = otherOwner(object, tenant.metadata.uid, owners)
  if (other?.startsWith('Tenant/') === true) {
    return [`${name} belongs to ${other}. To move it with its namespace, run ${moveCommand(object.metadata.namespace ?? '', tenant)}`]
  }
  if (other !== undefined) {
    return [`${name} belongs to ${other}, so Metacontroller cannot adopt it. Release it from ${other}, or delete it: ${deletion}`]
  }
  if (isDeclared && object.kind === 'ResourceQuota' && hasScopes(object)) {
    return [`${name} has scopes, which are immutable. Delete it, and it is recreated: ${deletion}`]
  }
  return []
}
