import type { Network } from '../../api/network.ts'
import type { RoleRule } from '../../api/role-rule.ts'
import type { NamespaceMetadata, PodSecurity, TenantClass } from '../../api/tenant-class.ts'
import type { RoleName, Tenant } from '../../api/tenant.ts'
import type { Workloads } from '../../api/workloads.ts'
import { defaultedLimitRangeItem, validateLimitRange, type CanonicalLimitRangeItem } from '../../kubernetes/limit-range-items.ts'
import type { FieldProblem } from './problem.ts'
import { roomProblems } from '../desired/quota-headroom.ts'
import { effectiveQuotas, type Quotas } from './effective-quotas.ts'

/** What holds for one Tenant: its class, with the overrides of the Tenant where the class allows them. */
export interface Policy {
  className: string
  quotas: Quotas
  limits: CanonicalLimitRangeItem[]
  roles: Record<RoleName, RoleRule[]>
  podSecurity: PodSecurity
  network: Network
  workloads: Workloads
  namespaceMetadata: NamespaceMetadata
}

export type PolicyOrProblems = { policy: Policy, problems?: never } | { policy?: never, problems: FieldProblem[] }

export function effectivePolicy (tenant: Tenant, tenantClass: TenantClass): PolicyOrProblems {
  const { spec } = tenantClass
  const className = tenantClass.metadata.name
  const { quotas, problems: quotaProblems } = effectiveQuotas(tenant, tenantClass)
  const problems = [...quotaProblems, ...limitProblems(tenantClass)]
  if (problems.length > 0) return { problems }
  const policy: Policy = {
    className,
    quotas,
    limits: spec.limits.map(defaultedLimitRangeItem),
    roles: { admin: spec.roles.admin.rules, operator: spec.roles.operator.rules, viewer: spec.roles.viewer.rules },
    podSecurity: spec.podSecurity,
    network: spec.network,
    workloads: spec.workloads,
    namespaceMetadata: spec.namespaceMetadata ?? {}
  }
  const tooTight = roomProblems(tenant, policy)
  return tooTight.length > 0 ? { problems: tooTight } : { policy }
}

function limitProblems ({ spec }: TenantClass): FieldProblem[] {
  return validateLimitRange(spec.limits).map(({ path, message }) => ({ reason: 'ClassInvalid' as const, path: ['spec', ...path], message }))
}
