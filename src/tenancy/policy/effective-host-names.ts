import { hostNameOf } from '../../api/host-name.ts'
import type { NamespaceOverrides } from '../../api/namespace-overrides.ts'
import type { TenantClass } from '../../api/tenant-class.ts'
import type { Workloads } from '../../api/workloads.ts'
import { overrideNotAllowed } from './override-refusal.ts'
import type { FieldProblem } from './problem.ts'

type Own = Pick<NamespaceOverrides, 'workloads'>

/** As many as a WorkloadPolicy has: guardrails compare each host name with each of them. */
const maxHostNames = 32

/** Adds the host names of the Tenant to those of its class. Undefined: any are allowed. */
export function effectiveHostNames ({ workloads = {} }: Own, { spec }: TenantClass): Workloads['hostNames'] {
  const ofClass = spec.workloads.hostNames
  return ofClass === undefined ? undefined : [...new Set([...ofClass, ...(workloads.hostNames ?? [])])]
}

/** Lists host names that the class does not allow, for this Tenant. */
export function hostNameProblems (own: Own, tenantClass: TenantClass, tenantName: string): FieldProblem[] {
  const { metadata: { name }, spec } = tenantClass
  const bounds = spec.overrides?.workloads?.hostNames ?? []
  const bound = 'spec.overrides.workloads.hostNames'
  const path = ['spec', 'workloads', 'hostNames']
  const refused = (own.workloads?.hostNames ?? []).flatMap((pattern, index) => {
    if (bounds.some(each => coversHostName(hostNameOf(tenantName, each), hostNameOf(tenantName, pattern)))) return []
    const listed = bounds.length === 0 ? 'none' : bounds.join(', ')
    return [overrideNotAllowed([...path, index], `${pattern} cannot be allowed under TenantClass ${name}: ${bound} lists ${listed}`, bound)]
  })
  const count = effectiveHostNames(own, tenantClass)?.length ?? 0
  if (refused.length > 0 || count <= maxHostNames) return refused
  const many = `gives ${count} host names with those of TenantClass ${name}, and ${maxHostNames} are the maximum`
  return [overrideNotAllowed(path, many, 'spec.workloads.hostNames')]
}

/** As guardrails compare: `*.example.com` covers all names and patterns below example.com, and not example.com. */
export function coversHostName (bound: string, pattern: string): boolean {
  return bound === pattern || (bound.startsWith('*.') && pattern.endsWith(bound.slice(1)))
}
