import { labels, manager } from '../../api/group.ts'
import { subjectLists } from '../../api/subject-lists.ts'
import type { TenantClass } from '../../api/tenant-class.ts'
import { namespaceName } from '../../api/tenant.ts'
import { effectivePolicy, type Policy } from '../policy/effective-policy.ts'
import type { FieldProblem } from '../policy/problem.ts'
import { limitRangeName } from './child-kinds.ts'
import { placedMetadata, type Manifest, type NamespaceManifest, type Placement } from './manifest.ts'
import { namespace } from './namespace.ts'
import { networkPolicies } from './network-policy.ts'
import { headroomProblems } from './quota-headroom.ts'
import { roleBindings } from './role-binding.ts'
import { role } from './role.ts'
import type { TenantOfEntry } from './tenant-of-entry.ts'
import { tenantTraffic } from './tenant-traffic.ts'
import { workloadPolicy } from './workload-policy-manifest.ts'

/** A namespace of a Tenant with its objects. */
export interface DesiredNamespace {
  namespace: NamespaceManifest
  contents: Manifest[]
  /** Labels and annotations of the namespace with these prefixes are removed unless declared. */
  reservedPrefixes: readonly string[]
}

export type DesiredOrProblems = { desired: DesiredNamespace, problems?: never } | { desired?: never, problems: FieldProblem[] }

/**
 * Computes the desired state of a Tenant under its class, or says what is invalid about them. The result depends on the
 * arguments alone, in a cluster as in a pull request; time only takes subjects whose access has ended out of bindings.
 */
export function desiredFor (tenant: TenantOfEntry, tenantClass: TenantClass, now: Date): DesiredOrProblems {
  const { policy, problems } = effectivePolicy(tenant.spec, tenantClass, tenant.metadata.name)
  if (problems !== undefined) return { problems }
  const desired = desiredNamespace(tenant, policy, now)
  const headroom = headroomProblems(tenant, policy.quotas, desired.contents)
  return headroom.length > 0 ? { problems: headroom } : { desired }
}

function desiredNamespace (tenant: TenantOfEntry, policy: Policy, now: Date): DesiredNamespace {
  const placement: Placement = {
    namespace: namespaceName(tenant),
    labels: { [labels.managedBy]: manager, [labels.tenant]: tenant.metadata.name, [labels.class]: policy.className }
  }
  const roles = policy.roles.map(each => role(each, placement))
  const listed = new Map(subjectLists(tenant.spec).map(({ role, subjects }) => [role, subjects]))
  const bindings = policy.roles.flatMap(({ name }) => roleBindings(name, listed.get(name) ?? [], placement, now))
  const quotas = Object.entries(policy.quotas).map(([name, hard]): Manifest =>
    ({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: placedMetadata(name, placement), spec: { hard } }))
  const limits: Manifest =
    { apiVersion: 'v1', kind: 'LimitRange', metadata: placedMetadata(limitRangeName, placement), spec: { limits: policy.limits } }
  const workloads = workloadPolicy(tenant, policy, placement)
  const isolation = [...networkPolicies(policy.network, placement), ...tenantTraffic(policy, placement)]
  return {
    namespace: namespace(placement, policy, tenant.spec),
    contents: [...roles, ...bindings, ...quotas, limits, workloads, ...isolation],
    reservedPrefixes: policy.namespaceMetadata.reservedPrefixes ?? []
  }
}
