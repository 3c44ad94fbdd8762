import { classRoles } from '../../api/class-roles.ts'
import { reachingKinds, resourceName } from '../../api/reaching-kinds.ts'
import { readingVerbs, type RoleRule } from '../../api/role-rule.ts'
import { enabledIn } from '../../api/self-service.ts'
import type { TenantClass } from '../../api/tenant-class.ts'
import type { ReachingKinds } from '../../api/reaching-kind.ts'

export interface GrantedReach extends ReachingKinds {
  /** What the class grants of them, in all roles. */
  granted: string[]
  /** The first rule that grants one. */
  path: Array<string | number>
}

/** Lists what a class grants that reaches beyond the namespaces of its Tenants, each project once. */
export function grantedReach ({ spec }: TenantClass): GrantedReach[] {
  const rules = classRoles(spec).flatMap(role => role.rules.map((rule, index) => ({ rule, path: [...role.path, 'rules', index] })))
    .filter(({ rule }) => rule.verbs.some(verb => !readingVerbs.includes(verb)))
  const enabled = enabledIn(spec.selfService)
  return reachingKinds.filter(({ boundedBy }) => boundedBy === undefined || !enabled.includes(boundedBy)).flatMap(kinds => {
    const found = rules.map(({ rule, path }) => ({ path, granted: grantedOf(kinds, rule) })).filter(({ granted }) => granted.length > 0)
    return found.slice(0, 1).map(({ path }) => ({ ...kinds, path, granted: [...new Set(found.flatMap(({ granted }) => granted))] }))
  })
}

function grantedOf ({ resources }: ReachingKinds, rule: RoleRule): string[] {
  return Object.entries(resources).filter(([apiGroup]) => rule.apiGroups.includes(apiGroup)).flatMap(([apiGroup, names]) =>
    names.filter(name => rule.resources.includes(name)).map(name => resourceName(apiGroup, name)))
}
