import type { RoleRule } from '../../api/role-rule.ts'
import type { Author } from '../../api/subject.ts'
import type { NamespaceMetadata, TenantClass, TenantClassSpec } from '../../api/tenant-class.ts'
import type { RoleName, Tenant } from '../../api/tenant.ts'
import { defaultedLimitRangeItem, validateLimitRange, type CanonicalLimitRangeItem } from '../../kubernetes/limit-range-items.ts'
import { effectiveQuotas, quotaProblems, type Quotas } from './effective-quotas.ts'
import type { FieldProblem } from './problem.ts'

/** What applies to one Tenant: its class, with the overrides that the class allows. */
export interface Policy extends Pick<TenantClassSpec, 'podSecurity' | 'network' | 'workloads' | 'selfService'> {
  className: string
  quotas: Quotas
  limits: CanonicalLimitRangeItem[]
  roles: Record<RoleName, RoleRule[]>
  namespaceMetadata: NamespaceMetadata
  allowedAuthors: Author[]
}

export type PolicyOrProblems = { policy: Policy, problems?: never } | { policy?: never, problems: FieldProblem[] }

export function effectivePolicy (tenant: Tenant, tenantClass: TenantClass): PolicyOrProblems {
  const problems = [...quotaProblems(tenant, tenantClass), ...limitProblems(tenantClass)]
  if (problems.length > 0) return { problems }
  const { spec, metadata } = tenantClass
  const { podSecurity, network, workloads, selfService, limits, roles, namespaceMetadata = {}, allowedAuthors = [] } = spec
  return {
    policy: {
      className: metadata.name,
      quotas: effectiveQuotas(tenant, tenantClass),
      limits: limits.map(defaultedLimitRangeItem),
      roles: { admin: roles.admin.rules, operator: roles.operator.rules, viewer: roles.viewer.rules },
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
