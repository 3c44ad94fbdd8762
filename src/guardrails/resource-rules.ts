import { groupOf } from '../kubernetes/object.ts'
import { childKinds, tenantNamespaceKind } from '../tenancy/desired/child-kinds.ts'
import type { Operation, ResourceRule } from './guardrail.ts'

export const write: Operation[] = ['CREATE', 'UPDATE']

const children = childKinds.map(({ apiVersion, resource }) => ({ group: groupOf(apiVersion), resource }))
const namespaced = children.filter(({ resource }) => resource !== 'namespaces')

/** The kinds that a Tenant produces, as `group/resource`. */
export const managedResources: readonly string[] = children.map(({ group, resource }) => `${group}/${resource}`)

/** Those of them that are in namespaces, a rule for each API group. */
export function namespacedChildren (operations: Operation[]): ResourceRule[] {
  return [...new Set(namespaced.map(({ group }) => group))].map(group =>
    ({ group, resources: namespaced.filter(each => each.group === group).map(({ resource }) => resource), operations }))
}

export const namespaces = (operations: Operation[]): ResourceRule => ({ group: '', resources: ['namespaces'], operations })

/** The objects of entries of spec.namespaces. */
export const tenantNamespaceObjects = (operations: Operation[]): ResourceRule =>
  ({ group: groupOf(tenantNamespaceKind.apiVersion), resources: [tenantNamespaceKind.resource], operations })

/** Both subresources accept a whole namespace, metadata included. */
export const namespaceSubresources: ResourceRule =
  { group: '', resources: ['namespaces/status', 'namespaces/finalize'], operations: ['UPDATE'] }

/** Updates of status can change metadata too. */
export const quotaStatus: ResourceRule = { group: '', resources: ['resourcequotas/status'], operations: ['UPDATE'] }
