import type { NamespaceOverrides } from '../../api/namespace-overrides.ts'
import type { Pods } from '../../api/pods.ts'
import type { TenantClass } from '../../api/tenant-class.ts'
import { overrideNotAllowed } from './override-refusal.ts'
import type { FieldProblem } from './problem.ts'

type Own = Pick<NamespaceOverrides, 'nodePool'>

/** Applies the node pool of the Tenant: its nodeSelector instead of that of the class, and its tolerations too. */
export function effectivePods (own: Own, tenantClass: TenantClass): Pods {
  const { pods } = tenantClass.spec.workloads
  const pool = poolOf(own, tenantClass)
  if (pool === undefined) return pods
  return { ...pods, nodeSelector: pool.nodeSelector, tolerations: [...pods.tolerations, ...pool.tolerations ?? []] }
}

/** Refuses a node pool that the class does not have, and names those that it has. */
export function nodePoolProblems (own: Own, tenantClass: TenantClass): FieldProblem[] {
  const { metadata: { name }, spec } = tenantClass
  if (own.nodePool === undefined || poolOf(own, tenantClass) !== undefined) return []
  const listed = Object.keys(spec.overrides?.nodePools ?? {}).sort().join(', ')
  const bound = 'spec.overrides.nodePools'
  const refusal = `${own.nodePool} is no node pool of TenantClass ${name}: ${bound} lists ${listed === '' ? 'none' : listed}`
  return [overrideNotAllowed(['spec', 'nodePool'], refusal, bound)]
}

/** The entry itself, never an inherited one: a pool may be called `constructor`. */
function poolOf ({ nodePool = '' }: Own, { spec }: TenantClass) {
  const pools = spec.overrides?.nodePools ?? {}
  return Object.hasOwn(pools, nodePool) ? pools[nodePool] : undefined
}
