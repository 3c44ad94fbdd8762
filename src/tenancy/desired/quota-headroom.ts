import type { Tenant } from '../../api/tenant.ts'
import { desiredState } from './desired-state.ts'
import type { Policy } from '../policy/effective-policy.ts'
import type { FieldProblem } from '../policy/problem.ts'
import { compareQuantities, parseQuantity } from '../../kubernetes/quantity.ts'

/** The kinds that every tenant gets, by what quotas count them as. */
const countedKinds: ReadonlyMap<string, string> = new Map([
  ['resourcequotas', 'ResourceQuota'],
  ['count/resourcequotas', 'ResourceQuota'],
  ['count/limitranges', 'LimitRange'],
  ['count/workloadpolicies.k8s-mtp.dev', 'WorkloadPolicy'],
  ['count/networkpolicies.networking.k8s.io', 'NetworkPolicy'],
  ['count/roles.rbac.authorization.k8s.io', 'Role'],
  ['count/rolebindings.rbac.authorization.k8s.io', 'RoleBinding']
])

/** How many objects there are does not change with it. */
const anyTime = new Date(0)

/** Quotas that would keep out what the Tenant itself is to get: the API server counts its network policies like anybody's. */
export function roomProblems (tenant: Tenant, policy: Policy): FieldProblem[] {
  const counts = Object.entries(policy.quotas).flatMap(([quota, hard]) => Object.entries(hard)
    .filter(([resource]) => countedKinds.has(resource))
    .map(([resource, amount]) => ({ quota, resource, amount, kind: countedKinds.get(resource) })))
  if (counts.length === 0) return []
  const { contents } = desiredState(tenant, policy, anyTime)
  return counts.flatMap(({ quota, resource, amount, kind }) => {
    const needed = contents.filter(manifest => manifest.kind === kind).length
    if (isEnough(amount, needed)) return []
    const overridden = Object.hasOwn(tenant.spec.quotas?.[quota] ?? {}, resource)
    return [{
      reason: overridden ? 'OverrideNotAllowed' : 'ClassInvalid',
      path: ['spec', 'quotas', quota, resource],
      message: `is ${amount}, and the Tenant ${tenant.metadata.name} itself gets ${needed}: allow at least as many, or some are refused`
    }]
  })
}

function isEnough (amount: string, needed: number): boolean {
  const [allowed, wanted] = [parseQuantity(amount), parseQuantity(needed)]
  return allowed === undefined || wanted === undefined || compareQuantities(allowed, wanted) >= 0
}
