import { roleSubjects } from '../api/role-names.ts'
import type { Subject } from '../api/subject.ts'
import { subjectLists } from '../api/subject-lists.ts'
import type { Tenant, TenantSpec } from '../api/tenant.ts'
import type { Path } from './source.ts'

/** The lists of subjects that one level of a Tenant declares: its spec, or an entry of spec.namespaces, without what it inherits. */
export interface DeclaredLists {
  className: string
  lists: Array<{ role: string, field: string, subjects: Subject[], path: Path }>
}

export function declaredLists ({ spec }: Tenant): DeclaredLists[] {
  const { namespaces = [], className } = spec
  return [
    listsOf(spec, className, ['spec']),
    ...namespaces.map((entry, index) => listsOf(entry, entry.className ?? className, ['spec', 'namespaces', index]))
  ]
}

function listsOf (spec: Pick<TenantSpec, 'admins' | 'operators' | 'viewers' | 'roles'>, className: string, at: Path): DeclaredLists {
  const lists = subjectLists(spec).map(({ role, subjects, path: [, ...path] }) =>
    ({ role, field: fieldOf(role), subjects, path: [...at, ...path] }))
  return { className, lists }
}

function fieldOf (role: string): string {
  return Object.hasOwn(roleSubjects, role) ? roleSubjects[role as keyof typeof roleSubjects] : `roles.${role}`
}
