import { displayName, isTerminating, type ObservedObject } from '../kubernetes/object.ts'
import { readLooseTenant, type ObservedTenant } from '../tenancy/observed/loose-tenant.ts'
import { keeper } from '../tenancy/observed/ownership.ts'
import { needsKeeper, otherOwner } from './owners.ts'
import type { Situation } from './situation.ts'
import { hasScopes } from './usage.ts'

/** Says why the Tenant cannot adopt the namespace, and what to do. */
export function namespaceObstacles ({ tenant, namespaceName, namespace, owners, keeper: found }: Situation): string[] {
  if (readLooseTenant(tenant).namespace !== namespaceName) return [wrongNamespace(tenant, namespaceName)]
  if (namespace === undefined) {
    return [`namespace ${namespaceName} does not exist: nothing to adopt. k8s-mtp creates it once the Tenant is not on hold`]
  }
  if (isTerminating(namespace)) {
    return [`namespace ${namespaceName} is being deleted and cannot be kept. The Tenant gets a new one afterwards`]
  }
  if (needsKeeper(tenant) && found === undefined) {
    return [`namespace ${keeper.name} cannot be read, which becomes an owner of ${namespaceName}, so that it outlives the Tenant. Allow ` +
      'to get it']
  }
  const other = otherOwner(namespace, tenant.metadata.uid, owners)
  if (other === undefined) return []
  const remedy = other.startsWith('Tenant/')
    ? `run k8s-mtp move ${namespaceName} --to ${tenant.metadata.name}`
    : 'remove that ownerReference first, if its owner gives the namespace up'
  return [`namespace ${namespaceName} belongs to ${other}. To move it, ${remedy}`]
}

function wrongNamespace (tenant: ObservedTenant, namespaceName: string): string {
  const { name, namespace } = readLooseTenant(tenant)
  return `namespace ${namespaceName} is not Tenant ${name}'s. By the rule tenant-<metadata.name>-<spec.name> ` +
    (namespace === undefined ? 'it has none, since its spec.name cannot be read' : `that is ${namespace}`) +
    `. Add {existing: ${namespaceName}} to spec.namespaces of the Tenant first, or name the namespace of the rule`
}

/** Says why the Tenant cannot adopt an object in its namespace, and what to do. */
export function objectObstacles (object: ObservedObject, isDeclared: boolean, { tenant, owners }: Situation): string[] {
  const name = displayName(object)
  const deletion = `kubectl -n ${object.metadata.namespace ?? ''} delete ${object.kind.toLowerCase()} ${object.metadata.name}`
  const other = otherOwner(object, tenant.metadata.uid, owners)
  if (other !== undefined) {
    return [`${name} belongs to ${other}, so Metacontroller cannot adopt it. Release it from ${other}, or delete it: ${deletion}`]
  }
  if (isDeclared && object.kind === 'ResourceQuota' && hasScopes(object)) {
    return [`${name} has scopes, which are immutable. Delete it, and it is recreated: ${deletion}`]
  }
  return []
}
