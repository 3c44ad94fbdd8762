import { builtInRoles } from './role-names.ts'
import type { RoleRule } from './role-rule.ts'
import type { TenantClassSpec } from './tenant-class.ts'

export interface ClassRole {
  name: string
  rules: RoleRule[]
  /** Of the role in the class. */
  path: string[]
}

/** Lists the roles of a class: those of every class, then its own by name. */
export function classRoles ({ roles, additionalRoles = {} }: Pick<TenantClassSpec, 'roles' | 'additionalRoles'>): ClassRole[] {
  return [
    ...builtInRoles.map(name => ({ name, rules: roles[name].rules, path: ['spec', 'roles', name] })),
    ...Object.entries(additionalRoles).sort(([a], [b]) => a < b ? -1 : 1)
      .map(([name, { rules }]) => ({ name, rules, path: ['spec', 'additionalRoles', name] }))
  ]
}
