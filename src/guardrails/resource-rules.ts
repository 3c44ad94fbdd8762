import { group as ownGroup } from '../api/group.ts'
import type { Operation, ResourceRule } from './guardrail.ts'

/** The kinds of objects in the namespace of a tenant that the engine writes, by API group. */
const namespacedKinds: ReadonlyArray<readonly [group: string, resources: readonly string[]]> = [
  ['', ['limitranges', 'resourcequotas']],
  ['networking.k8s.io', ['networkpolicies']],
  ['rbac.authorization.k8s.io', ['roles', 'rolebindings']],
  [ownGroup, ['workloadpolicies']]
]

export function namespacedChildren (operations: Operation[]): ResourceRule[] {
  return namespacedKinds.map(([group, resources]) => ({ group, resources: [...resources], operations }))
}

/** Subresources that somebody may write and that could carry metadata along. */
export function statusOfQuotas (): ResourceRule {
  return { group: '', resources: ['resourcequotas/status'], operations: ['UPDATE'] }
}

export function namespaces (operations: Operation[]): ResourceRule {
  return { group: '', resources: ['namespaces'], operations }
}

/** Both subresources take a whole namespace, metadata included. */
export function namespaceSubresources (): ResourceRule {
  return { group: '', resources: ['namespaces/status', 'namespaces/finalize'], operations: ['UPDATE'] }
}

/** All kinds that a Tenant comes to, as `group/resource`. */
export const managedResources: readonly string[] = ['/namespaces', ...namespacedKinds.flatMap(([group, resources]) => resources.map(resource => `${group}/${resource}`))]
