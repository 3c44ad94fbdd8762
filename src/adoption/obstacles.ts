import type { ObservedTenant } from '../tenancy/decide.ts'
import { displayName, isTerminating, type ObservedObject } from '../kubernetes/object.ts'
import { otherOwner } from './owners.ts'
import { namespacesOf, type Situation } from './situation.ts'
import { hasScopes } from './usage.ts'

/** Why a namespace cannot become a Tenant's, and what to do. */
export function namespaceObstacles ({ tenant, namespaceName, namespace, owners }: Situation): string[] {
  if (!namespacesOf(tenant).includes(namespaceName)) return [isNoneOf(tenant, namespaceName)]
  if (namespace === undefined) return [`there is no namespace ${namespaceName}: nothing to adopt. k8s-mtp makes it by itself as soon as nothing holds the Tenant`]
  if (isTerminating(namespace)) return [`namespace ${namespaceName} is being deleted, and nothing can keep it: the Tenant gets a new one when it is gone`]
  const other = otherOwner(namespace, tenant.metadata.uid, owners)
  if (other !== undefined) return [`namespace ${namespaceName} belongs to ${other}, which is there and manages it${other.startsWith('Tenant/') ? `. To move it, first: ${releaseCommand(other, namespaceName)}` : ': take its ownerReference off the namespace first, if it is to be given up'}`]
  return []
}

/** By the name rule, and with what to do instead. */
function isNoneOf (tenant: ObservedTenant, namespaceName: string): string {
  const names = namespacesOf(tenant)
  const { name } = tenant.metadata
  return `namespace ${namespaceName} is not Tenant ${name}'s: by the rule tenant-<metadata.name>-<spec.name> ` +
    (names.length === 0 ? 'it has none, as its spec.name cannot be read' : `that is ${names.join(', ')}`) +
    '. Name that one; or create a Tenant whose names make this one, as neither namespaces nor spec.name can be renamed'
}

export function objectObstacles (object: ObservedObject, isDeclared: boolean, { tenant, owners }: Situation): string[] {
  const name = displayName(object)
  const where = `-n ${object.metadata.namespace ?? ''}`
  const other = otherOwner(object, tenant.metadata.uid, owners)
  if (other !== undefined) return [`${name} belongs to ${other}, and Metacontroller would not take it over. Have ${other} give it up, or delete it: kubectl ${where} delete ${kubectlName(object)}`]
  if (isDeclared && object.kind === 'ResourceQuota' && hasScopes(object)) {
    return [`${name} has scopes, which cannot be taken off. Delete it, and it is made anew: kubectl ${where} delete ${kubectlName(object)}`]
  }
  return []
}

function releaseCommand (owner: string, namespace: string): string {
  return `k8s-mtp release ${owner.slice(owner.indexOf('/') + 1)} ${namespace}`
}

function kubectlName ({ kind, metadata }: ObservedObject): string {
  return `${kind.toLowerCase()} ${metadata.name}`
}
