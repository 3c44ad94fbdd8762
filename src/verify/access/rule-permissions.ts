import type { RoleRule } from '../../api/role-rule.ts'
import type { Permission } from '../../kubernetes/api-request.ts'
import type { BoundRule, BoundRules } from './bound-rules.ts'
import { all } from './questions.ts'

/** True where a rule grants the verb on the kind, on some objects at least. Source: k8s.io/kubernetes/pkg/apis/rbac/v1.RuleAllows */
export function coversKind ({ apiGroups, resources, verbs }: RoleRule, { group, resource, verb }: Permission): boolean {
  return has(apiGroups, group) && has(verbs, verb) && (has(resources, resource) ||
    (resource.includes('/') && resources.includes(`*/${resource.slice(resource.indexOf('/') + 1)}`)))
}

export function isGrantedBy (rule: RoleRule, permission: Permission): boolean {
  return coversKind(rule, permission) && (rule.resourceNames === undefined || rule.resourceNames.includes(permission.name ?? ''))
}

const has = (list: readonly string[], value: string): boolean => list.includes(value) || list.includes('*')

/** The permissions that a rule spells out, wildcards as they are. */
function spelledOut (rule: RoleRule): Permission[] {
  return rule.apiGroups.flatMap(group => rule.resources.flatMap(resource =>
    rule.verbs.flatMap(verb => onObjects(rule, { group, resource, verb }))))
}

/**
 * The permission on each object that the rule names. The API server asks about deletecollection without a name, about create with one
 * where an update or a patch creates the object. An empty name is that of requests without one.
 */
function onObjects ({ resourceNames }: RoleRule, permission: Permission): Permission[] {
  if (resourceNames === undefined) return [permission]
  const names = permission.verb === 'deletecollection' ? resourceNames.filter(name => name === '') : resourceNames
  return names.map(name => name === '' ? permission : { ...permission, name })
}

/** Selects what concerns a check. */
export type Concern = (permission: Permission) => boolean

/** The permissions of a rule that concern a check: those that the check asks about, and others that the rule spells out. */
export function permissionsBy (rule: RoleRule, asked: readonly Permission[], concern: Concern): Permission[] {
  const covered = asked.filter(permission => permission.name === undefined && coversKind(rule, permission))
  return [...covered.flatMap(permission => onObjects(rule, permission)), ...spelledOut(rule).filter(concern)]
}

const isNamed = ({ rule }: BoundRule): boolean => rule.resourceNames !== undefined

/** Rules on single objects: a question without a name misses them. */
export function namedRules (rules: readonly BoundRule[], namespace: string | undefined): RoleRule[] {
  return rules.filter(bound => bound.namespace === namespace && isNamed(bound)).map(({ rule }) => rule)
}

/** All rules of RoleBindings in a namespace. */
export function rulesIn (rules: readonly BoundRule[], namespace: string): RoleRule[] {
  return rules.filter(bound => bound.namespace === namespace).map(({ rule }) => rule)
}

/** Verbs that checks of their own ask about. */
export const isImpersonation: Concern = ({ verb }) => verb.startsWith('impersonate')
export const isEscalation: Concern = permission => ['bind', 'escalate'].includes(permission.verb) || isImpersonation(permission)

/** The kinds of some permissions with their subresources, for these verbs and those that only some kinds have. */
export function concerning (asked: readonly Permission[], except: readonly Permission[] = []): Concern {
  return ({ group, resource, verb }) => {
    const [kind = ''] = resource.split('/')
    const isOf = (each: Permission) => each.group === group && (each.resource === resource || each.resource === kind)
    return !except.some(each => each.group === group && each.resource === resource) &&
      asked.some(each => isOf(each) && (each.verb === verb || !isUsual(verb)))
  }
}

const isUsual = (verb: string): boolean => (all as readonly string[]).includes(verb)

/**
 * A permission as a request in the namespace is asked about, or none: requests for cluster-scoped objects have no namespace. Other
 * verbs, such as bind, have it, and so have requests for the namespace itself.
 */
export function within (namespace: string, { isClusterScoped }: BoundRules): (permission: Permission) => Permission[] {
  return permission => {
    const { group, resource, verb, name } = permission
    if (!isUsual(verb) || !isClusterScoped(group, resource)) return [{ ...permission, namespace }]
    if (group !== '' || resource.split('/')[0] !== 'namespaces' || ['list', 'watch', 'create', 'deletecollection'].includes(verb)) return []
    return name === undefined || name === namespace ? [{ ...permission, name: namespace, namespace }] : []
  }
}

export function unique (permissions: readonly Permission[]): Permission[] {
  return [...new Map(permissions.map(permission => [JSON.stringify(Object.entries(permission).sort()), permission])).values()]
}
