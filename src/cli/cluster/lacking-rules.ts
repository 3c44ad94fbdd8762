import type { Permission } from '../../kubernetes/api-request.ts'
import type { RoleRule } from '../../api/role-rule.ts'
import { fieldsAt } from '../../kubernetes/json.ts'
import { mergedRules, readRules, rulesByResource } from '../../kubernetes/role-rules.ts'

/** Enough to check a class in a second, and little for the API server. */
const atOnce = 10

/** Returns what a user lacks of some rules, by asking for each permission. */
export async function lackingRules (
  rules: readonly RoleRule[], isAllowed: (permission: Permission) => Promise<boolean>
): Promise<RoleRule[]> {
  const permissions = rulesByResource(rules).flatMap(permissionsIn)
  const lacking: Permission[] = []
  for (let start = 0; start < permissions.length; start += atOnce) {
    const some = permissions.slice(start, start + atOnce)
    const allowed = await Promise.all(some.map(isAllowed))
    lacking.push(...some.filter((_, index) => allowed[index] !== true))
  }
  return mergedRules(lacking.map(({ group, resource, verb, name }) =>
    ({ apiGroups: [group], resources: [resource], verbs: [verb], ...(name !== undefined && { resourceNames: [name] }) })))
}

/** The rules that a class grants, also one that is not validated. */
export function rulesOfClass (tenantClass: object): RoleRule[] {
  const spec = fieldsAt({ ...tenantClass }, 'spec')
  return mergedRules([fieldsAt(spec, 'roles'), fieldsAt(spec, 'additionalRoles')].flatMap(roles =>
    Object.keys(roles).flatMap(role => readRules(fieldsAt(roles, role)['rules']))))
}

function permissionsIn ({ apiGroups: [apiGroup = ''], resources: [resource = ''], resourceNames, verbs }: RoleRule): Permission[] {
  const permissions = verbs.map(verb => ({ group: apiGroup, resource, verb }))
  return resourceNames === undefined ? permissions : resourceNames.flatMap(name => permissions.map(permission => ({ ...permission, name })))
}
