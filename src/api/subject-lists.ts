import { builtInRoles, roleSubjects } from './role-names.ts'
import type { Subject } from './subject.ts'
import type { TenantSpec } from './tenant.ts'

export interface SubjectList {
  role: string
  subjects: Subject[]
  /** Of the list in the Tenant. */
  path: string[]
}

/** The lists of subjects of a Tenant. */
export function subjectLists (spec: Pick<TenantSpec, 'admins' | 'operators' | 'viewers' | 'roles'>): SubjectList[] {
  return [
    ...builtInRoles.map(role => ({ role, subjects: spec[roleSubjects[role]] ?? [], path: ['spec', roleSubjects[role]] })),
    ...Object.entries(spec.roles ?? {}).map(([role, subjects]) => ({ role, subjects, path: ['spec', 'roles', role] }))
  ]
}
