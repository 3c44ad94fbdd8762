import { classRoles, type ClassRole } from '../../api/class-roles.ts'
import type { Author } from '../../api/subject.ts'
import type { NamespaceMetadata, TenantClass, TenantClassSpec } from '../../api/tenant-class.ts'
import type { Tenant } from '../../api/tenant.ts'
import { defaultedLimitRangeItem, validateLimitRange, type CanonicalLimitRangeItem } from '../../kubernetes/limit-range-items.ts'
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
}

export type PolicyOrProblems = { policy: Policy, problems?: never } | { policy?: never, problems: FieldProblem[] }

export function effectivePolicy (tenant: Tenant, tenantClass: TenantClass): PolicyOrProblems {
  const problems = [...quotaProblems(tenant, tenantClass), ...limitProblems(tenantClass), ...roleProblems(tenant, tenantClass)]
  if (problems.length > 0) return { problems }
  const { spec, metadata } = tenantClass
  const { podSecurity, network, workloads, selfService, limits, namespaceMetadata = {}, allowedAuthors = [] } = spec
  return {
    policy: {
      className: metadata.name,
      quotas: effectiveQuotas(tenant, tenantClass),
      limits: limits.map(defaultedLimitRangeItem),
      roles: classRoles(spec),
      podSecurity,
      network,
      workloads,
      selfService,
      namespaceMetadata,
      allowedAuthors
    }
  }
}

function limitProblems ({ spec }: TenantClass): FieldProblem[] {
  return validateLimitRange(spec.limits).map(({ path, message }) => ({ reason: 'ClassInvalid', path: ['spec', ...path], message }))
}
