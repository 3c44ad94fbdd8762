import { escalatingVerbs } from '../../api/role-rule.ts'
import { serviceAccountPrefixes, systemPrefix } from '../../api/subject.ts'
import { roleNames } from '../../api/tenant.ts'
import { beforeAndNow, listOf, sameContent, userIsOneOf } from '../cel.ts'
import type { Guardrail, Parties } from '../guardrail.ts'

/** Rights that the engine may hand out, so that nobody who answers in the hook's place becomes cluster administrator by it. */
export function engineRoles ({ engine }: Parties): Guardrail {
  return {
    name: 'k8s-mtp-engine-roles',
    purpose: 'The Roles that the engine writes hold no wildcard and no way to more rights.',
    resources: [{ group: 'rbac.authorization.k8s.io', resources: ['roles'], operations: ['CREATE', 'UPDATE'] }],
    conditions: { 'is-the-engine': userIsOneOf([engine]) },
    variables: {
      ...beforeAndNow,
      unchanged: `request.operation == 'UPDATE' && ${sameContent}`,
      rules: 'has(object.rules) ? object.rules : []'
    },
    rules: [
      {
        id: 'wildcards',
        refuses: "a Role with '*' among its API groups, resources or verbs",
        holds: `
          variables.unchanged || variables.rules.all(rule, rule.verbs.all(verb, verb != '*')
          && (!has(rule.apiGroups) || rule.apiGroups.all(group, group != '*'))
          && (!has(rule.resources) || rule.resources.all(resource, !resource.contains('*'))))`,
        message: { cel: "'the engine writes no Role with a wildcard: ' + request.namespace + '/' + object.metadata.name" }
      },
      {
        id: 'escalation',
        refuses: `a Role with ${escalatingVerbs.join(', ')}`,
        holds: `variables.unchanged || variables.rules.all(rule, !rule.verbs.exists(verb, verb in ${listOf(escalatingVerbs)}))`,
        message: { cel: `'the engine writes no Role with ${escalatingVerbs.join(', ')}: ' + request.namespace + '/' + object.metadata.name` }
      }
    ]
  }
}

export function engineBindings ({ engine }: Parties): Guardrail {
  return {
    name: 'k8s-mtp-engine-bindings',
    purpose: 'The bindings that the engine writes name our Roles in the same namespace, never ClusterRoles, and never the groups and users of the system.',
    resources: [{ group: 'rbac.authorization.k8s.io', resources: ['rolebindings'], operations: ['CREATE', 'UPDATE'] }],
    conditions: { 'is-the-engine': userIsOneOf([engine]) },
    variables: {
      ...beforeAndNow,
      unchanged: `request.operation == 'UPDATE' && ${sameContent}`,
      subjects: 'has(object.subjects) ? object.subjects : []'
    },
    rules: [
      {
        id: 'roles',
        refuses: 'a binding to a ClusterRole, or to a Role that is not ours',
        holds: `variables.unchanged || (object.roleRef.kind == 'Role' && object.roleRef.name in ${listOf(roleNames.map(name => `tenant-${name}`))})`,
        message: { cel: "'the engine binds to the Roles of tenants only, not to ' + object.roleRef.kind + ' ' + object.roleRef.name + ': ' + request.namespace + '/' + object.metadata.name" }
      },
      {
        id: 'subjects',
        refuses: 'a binding of a user or group of the system (system:masters, system:authenticated, system:nodes ...) other than service accounts by namespace or name',
        holds: `
          variables.unchanged || variables.subjects.all(subject, subject.kind == 'ServiceAccount' || !subject.name.startsWith('${systemPrefix}')
          || ${serviceAccountPrefixes.map(prefix => `subject.name.startsWith('${prefix}')`).join(' || ')})`,
        message: { cel: "'the engine binds no users and groups of the system: ' + request.namespace + '/' + object.metadata.name" }
      }
    ]
  }
}
