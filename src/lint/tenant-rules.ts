import { subjectLists } from '../api/subject-lists.ts'
import { serviceAccountPrefixes, type Subject } from '../api/subject.ts'
import { namespaceName, type Tenant } from '../api/tenant.ts'
import type { TenantClass } from '../api/tenant-class.ts'
import { formatQuantity, parseQuantity } from '../kubernetes/quantity.ts'
import type { TenantOfEntry } from '../tenancy/desired/tenant-of-entry.ts'
import { amountIn, entriesOf } from '../tenancy/policy/effective-quotas.ts'
import { findingAt, type Finding } from './finding.ts'
import type { Sourced } from './source.ts'

/** Reports fields of a valid Tenant that are probably not meant, or left over. */
export function tenantFindings ({ object: { spec }, source }: Sourced<Tenant>): Finding[] {
  const existing = (spec.namespaces ?? []).flatMap((entry, index) => entry.existing !== undefined && entry.deletionPolicy === 'Delete'
    ? [findingAt(source, 'existing-namespace-deleted', {
        path: ['spec', 'namespaces', index, 'deletionPolicy'],
        message: `namespace ${entry.existing} existed before the Tenant, and is deleted with it, data included. Set it to Retain to keep ` +
          'the namespace'
      })]
    : [])
  return [
    ...existing,
    ...(spec.paused === true
      ? [findingAt(source, 'paused-tenant', {
          path: ['spec', 'paused'], message: 'drift is not corrected while the Tenant is paused. Set it to false to resume'
        })]
      : []),
    ...(spec.cordoned === true
      ? [findingAt(source, 'cordoned-tenant', {
          path: ['spec', 'cordoned'], message: 'new pods are refused, also those that replace failed ones. Set it to false to admit pods'
        })]
      : [])
  ]
}

/** Reports what the author of a valid Tenant may not expect, in one of its namespaces. */
export function ownAccountFindings ({ object, source }: Sourced<TenantOfEntry>): Finding[] {
  const own = namespaceName(object)
  const lists = subjectLists(object.spec).filter(({ role }) => role !== 'viewer')
  return lists.flatMap(({ subjects, path }) => subjects.flatMap((subject, index) => {
    if (!isServiceAccountIn(own, subject)) return []
    const message = `${subject.name} is a ServiceAccount in the namespace of this Tenant: anyone who may create pods there can act as ` +
      'it, and a running pod keeps its access when theirs ends. Use a ServiceAccount of another namespace.'
    return [findingAt(source, 'own-service-account', { path: [...path, index], message })]
  }))
}

/** True for each way to name one: as an object, as a user, and all of the namespace as a group. */
function isServiceAccountIn (namespace: string, subject: Subject): boolean {
  if (subject.kind === 'ServiceAccount') return subject.namespace === namespace
  const [user, group] = serviceAccountPrefixes
  return subject.kind === 'User' ? subject.name.startsWith(`${user}${namespace}:`) : subject.name === `${group}${namespace}`
}

/** Reports overrides that change nothing now, and would outlast a change of the class. */
export function redundantOverrides ({ object, source }: Sourced<TenantOfEntry>, tenantClass: TenantClass): Finding[] {
  return entriesOf(object.spec.quotas ?? {}).flatMap(({ quota, resource, amount }) => {
    const [own, byClass] = [parseQuantity(amount), parseQuantity(amountIn(tenantClass.spec.quotas, quota, resource) ?? '')]
    if (own === undefined || own.milli !== byClass?.milli) return []
    const message = `${formatQuantity(own)} is the amount of TenantClass ${tenantClass.metadata.name}. Remove the override, ` +
      'unless the amount must stay when the class changes'
    return [findingAt(source, 'redundant-override', { path: ['spec', 'quotas', quota, resource], message })]
  })
}

/** Reports peers in the same input that do not name a Tenant in return: no traffic flows. */
export function oneSidedPeers (tenants: ReadonlyArray<Sourced<Tenant>>): Finding[] {
  const peers = new Map(tenants.map(({ object }) => [object.metadata.name, new Set(peersOf(object))]))
  return tenants.flatMap(({ object, source }) => peersOf(object).flatMap((peer, index) => {
    const { name } = object.metadata
    if (peer === name || peers.get(peer)?.has(name) !== false) return []
    const message = `Tenant ${peer} does not name ${name} in return, so no traffic flows. Add ${name} to its spec.network.peers, or ` +
      'remove the peer'
    return [findingAt(source, 'one-sided-peer', { path: ['spec', 'network', 'peers', index], message })]
  }))
}

function peersOf ({ spec }: Tenant): string[] {
  return (spec.network?.peers ?? []).map(({ tenant }) => tenant)
}
