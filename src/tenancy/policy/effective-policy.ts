import { classRoles, type ClassRole } from '../../api/class-roles.ts'
import type { NamespaceOverrides } from '../../api/namespace-overrides.ts'
import type { Author } from '../../api/subject.ts'
import type { NamespaceMetadata, TenantClass, TenantClassSpec } from '../../api/tenant-class.ts'
import type { TenantSpec } from '../../api/tenant.ts'
import type { Workloads } from '../../api/workloads.ts'
import type { CanonicalLimitRangeItem } from '../../kubernetes/limit-range-items.ts'
import { effectiveHostNames, hostNameProblems } from './effective-host-names.ts'
import { effectiveLimits, limitProblems } from './effective-limits.ts'
import { effectiveMetadata, metadataProblems } from './effective-metadata.ts'
import { networkProblems } from './effective-network.ts'
import { effectivePods, nodePoolProblems } from './effective-pods.ts'
import { effectiveQuotas, quotaProblems, type Quotas } from './effective-quotas.ts'
import type { FieldProblem } from './problem.ts'
import { roleProblems } from './role-problems.ts'

/** What applies to one Tenant: its class, with the overrides that the class allows. */
export interface Policy extends Pick<TenantClassSpec, 'podSecurity' | 'network' | 'workloads' | 'selfService'> {
  className: string
  quotas: Quotas
  limits: CanonicalLimitRangeItem[]
  roles: ClassRole[]
  namespaceMetadata: NamespaceMetadata
  allowedAuthors: Author[]
  /** What the Tenant adds to the network of its class. */
  ownNetwork: NonNullable<NamespaceOverrides['network']>
}

export type PolicyOrProblems = { policy: Policy, problems?: never } | { policy?: never, problems: FieldProblem[] }

/** Applies the overrides of a Tenant, or of any object with these fields that belongs to one, to its class. */
export function effectivePolicy (
  own: NamespaceOverrides & Pick<TenantSpec, 'roles'>, tenantClass: TenantClass, tenantName: string
): PolicyOrProblems {
  const checks = [quotaProblems, limitProblems, metadataProblems, networkProblems, hostNameProblems, nodePoolProblems, roleProblems]
  const problems = checks.flatMap(problemsOf => problemsOf(own, tenantClass, tenantName))
  if (problems.length > 0) return { problems }
  const { spec, metadata } = tenantClass
  const { podSecurity, network, selfService, allowedAuthors = [] } = spec
  return {
    policy: {
      className: metadata.name,
      quotas: effectiveQuotas(own, tenantClass),
      limits: effectiveLimits(own, tenantClass),
      roles: classRoles(spec),
      podSecurity,
      network,
      ownNetwork: own.network ?? {},
      workloads: effectiveWorkloads(own, tenantClass),
      selfService,
      namespaceMetadata: effectiveMetadata(own, tenantClass),
      allowedAuthors
    }
  }
}

function effectiveWorkloads (own: NamespaceOverrides, tenantClass: TenantClass): Workloads {
  const hostNames = effectiveHostNames(own, tenantClass)
  return { ...tenantClass.spec.workloads, pods: effectivePods(own, tenantClass), ...(hostNames !== undefined && { hostNames }) }
}
