import { labels } from '../api/group.ts'
import { textAt } from '../kubernetes/json.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { namespaceEntries } from './tenant-state.ts'

/**
 * The Tenant of each namespace: by the status of the Tenants, and by the label of namespaces and quotas, which guardrails protect.
 * @param labelled Namespaces and ResourceQuotas
 */
export function tenantByNamespace (tenants: readonly ObservedObject[], labelled: readonly ObservedObject[]): Map<string, string> {
  const byLabel = labelled.flatMap(({ kind, metadata }) => {
    const tenant = metadata.labels?.[labels.tenant]
    const namespace = kind === 'Namespace' ? metadata.name : metadata.namespace
    return tenant === undefined || namespace === undefined ? [] : [[namespace, tenant] as const]
  })
  return new Map([...tenants.flatMap(tenant => managedNamespaces(tenant).map(name => [name, tenant.metadata.name] as const)), ...byLabel])
}

/** Those in the status, except a namespace of another owner. */
export function managedNamespaces (tenant: ObservedObject): string[] {
  return namespaceEntries(tenant).filter(entry => entry['phase'] !== 'Conflict').map(entry => textAt(entry, 'name'))
}

export function byNamespace (objects: readonly ObservedObject[]): Map<string, ObservedObject[]> {
  const found = new Map<string, ObservedObject[]>()
  for (const object of objects) {
    const namespace = object.metadata.namespace ?? ''
    const others = found.get(namespace)
    if (others === undefined) found.set(namespace, [object])
    else others.push(object)
  }
  return found
}
