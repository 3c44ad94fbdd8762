import type { SubjectList } from '../api/subject-lists.ts'
import { subjectLists } from '../api/subject-lists.ts'
import { existingOf } from '../api/further-namespace.ts'
import type { TenantClass } from '../api/tenant-class.ts'
import { namespaceName, type Tenant } from '../api/tenant.ts'
import { desiredFor, type DesiredNamespace } from '../tenancy/desired/desired-state.ts'
import { tenantsByNamespace, type TenantOfEntry } from '../tenancy/desired/tenant-of-entry.ts'
import type { FieldProblem } from '../tenancy/policy/problem.ts'

/** A namespace of a Tenant, as one side of the comparison has it. */
export interface NamespaceState {
  name: string
  tenantName: string
  /** True for one that Tenant does not create. */
  isExisting: boolean
  isKept: boolean
  className: string
  lists: SubjectList[]
  desired: DesiredNamespace
}

/** What is wrong with a namespace of a Tenant; the problem is absent where the class does not exist. */
export interface StateProblem {
  /** Index of the namespace: 0 is the home namespace, 1 the first entry of spec.namespaces. */
  index: number
  className: string
  problem?: FieldProblem
}

export interface TenantState { namespaces: NamespaceState[], problems: StateProblem[] }

export type Classes = ReadonlyMap<string, TenantClass>

/** Computes the desired state of all namespaces of a Tenant. */
export function tenantState (tenant: Tenant, classes: Classes, now: Date): TenantState {
  const state: TenantState = { namespaces: [], problems: [] }
  tenantsByNamespace(tenant).forEach((each, index) => {
    const { className } = each.spec
    const tenantClass = classes.get(className)
    if (tenantClass === undefined) return state.problems.push({ index, className })
    const { desired, problems } = desiredFor(each, tenantClass, now)
    if (problems !== undefined) return state.problems.push(...problems.map(problem => ({ index, className, problem })))
    return state.namespaces.push(namespaceState(each, desired))
  })
  return state
}

function namespaceState (tenant: TenantOfEntry, desired: DesiredNamespace): NamespaceState {
  return {
    name: desired.namespace.metadata.name,
    tenantName: tenant.metadata.name,
    ...retentionOf(tenant),
    className: tenant.spec.className,
    lists: subjectLists(tenant.spec),
    desired
  }
}

/** What becomes of a namespace with its Tenant. */
export function retentionOf ({ entry = '', spec }: TenantOfEntry): Pick<NamespaceState, 'isExisting' | 'isKept'> {
  return { isExisting: existingOf(entry) !== undefined, isKept: spec.deletionPolicy === 'Retain' }
}

/** The namespaces of a Tenant by name, which says nothing about its validity. */
export function namesOfNamespaces (tenant: Tenant): Array<Pick<NamespaceState, 'name' | 'isExisting' | 'isKept'>> {
  return tenantsByNamespace(tenant).map(each => ({ name: namespaceName(each), ...retentionOf(each) }))
}
