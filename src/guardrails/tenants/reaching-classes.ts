import { docsAddress, group } from '../../api/group.ts'
import type { ReachingKinds } from '../../api/reaching-kind.ts'
import { reachingKinds } from '../../api/reaching-kinds.ts'
import { readingVerbs } from '../../api/role-rule.ts'
import type { SelfService } from '../../api/self-service.ts'
import { builtInRoles } from '../../api/role-names.ts'
import { listOf } from '../cel.ts'
import type { Guardrail } from '../guardrail.ts'

/** As `group/resource`. */
const namesOf = (kinds: readonly ReachingKinds[]): string[] => kinds.flatMap(({ resources }) =>
  Object.entries(resources).flatMap(([apiGroup, names]) => names.map(name => `${apiGroup}/${name}`)))

const boundedBy = (field: keyof SelfService): string => listOf(namesOf(reachingKinds.filter(kinds => kinds.boundedBy === field)))

/** The same warnings as of `k8s-mtp render`, for classes that are written to the cluster directly. */
export const reachingClasses: Guardrail = {
  name: 'k8s-mtp-reaching-classes',
  purpose: 'Authors of a TenantClass know which of its permissions reach beyond the namespaces of its Tenants.',
  action: 'Warn',
  resources: [{ group, resources: ['tenantclasses'], operations: ['CREATE', 'UPDATE'] }],
  variables: {
    roles: `
      [${builtInRoles.map(role => `object.spec.roles.${role}`).join(', ')}]
      + (has(object.spec.additionalRoles) ? object.spec.additionalRoles.map(name, object.spec.additionalRoles[name]) : [])`,
    writing: `
      variables.roles.map(role, role.rules.filter(rule, rule.verbs.exists(verb, !(verb in ${listOf(readingVerbs)}))))
        .filter(rules, rules.size() > 0)`,
    bounded: `
      (object.spec.selfService.permissions ? ${boundedBy('permissions')} : [])
      + (has(object.spec.selfService.networkPolicies) ? ${boundedBy('networkPolicies')} : [])`,
    reaching: `
      ${listOf(namesOf(reachingKinds))}.filter(kind, !(kind in variables.bounded)).map(kind, kind.split('/', 2))
        .filter(parts, variables.writing.exists(rules, rules.exists(rule, parts[0] in rule.apiGroups && parts[1] in rule.resources)))`,
    names: "variables.reaching.map(parts, parts[0] == '' ? parts[1] : parts[1] + '.' + parts[0])"
  },
  rules: {
    permissions: {
      refuses: 'permissions to write kinds that act across namespaces, or that hand out permissions',
      expression: 'variables.reaching.size() == 0',
      message: "TenantClass {object.metadata.name} lets members write {variables.names.join(', ')}, which reach beyond their namespace. " +
        `Remove them, or make them safe: ${docsAddress}/reference/reaching-kinds.md`
    }
  }
}
