import { namespaceName, roleNames, roleSubjects, type Tenant } from '../../api/tenant.ts'
import { limitRange } from './limit-range.ts'
import { ownLabels, type Manifest } from './manifest.ts'
import { namespace } from './namespace.ts'
import { networkPolicies } from './network-policy.ts'
import { resourceQuota } from './resource-quota.ts'
import { roleBindings } from './role-binding.ts'
import { role } from './role.ts'
import { workloadPolicy } from './workload-rules.ts'
import type { Policy } from '../policy/effective-policy.ts'

/** A namespace of a tenant, and everything that belongs into it. */
export interface DesiredNamespace {
  namespace: Manifest
  contents: Manifest[]
  /** Keys of labels and annotations that begin so are on the namespace only where they are declared. */
  reservedPrefixes: readonly string[]
}

/**
 * What a Tenant comes to under a policy. Nothing else goes in: the same Tenant and the same policy give the same
 * manifests in the cluster, in a pull request and in a test. Time takes subjects whose rights have ended out of bindings, and nothing else.
 */
export function desiredState (tenant: Tenant, policy: Policy, now: Date): DesiredNamespace {
  const placement = { namespace: namespaceName(tenant), labels: ownLabels(tenant, policy) }

  const roles = roleNames.map(name => role(name, policy.roles[name], placement))
  const bindings = roleNames.flatMap(name => roleBindings(name, tenant.spec[roleSubjects[name]] ?? [], placement, now))
  const quotas = Object.entries(policy.quotas).map(([name, hard]) => resourceQuota(name, hard, placement))
  const limits = limitRange(policy.limits, placement)
  const workloads = workloadPolicy(tenant, policy, placement)
  const isolation = networkPolicies(policy.network, placement)

  return {
    namespace: namespace(placement, policy, tenant.spec),
    contents: [...roles, ...bindings, ...quotas, limits, workloads, ...isolation],
    reservedPrefixes: policy.namespaceMetadata.reservedPrefixes ?? []
  }
}
