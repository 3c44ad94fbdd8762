import { escalatingVerbs } from '../../api/role-rule.ts'
import { serviceAccountPrefixes, systemPrefix } from '../../api/subject.ts'
import { fieldOr, quoted, sameContent } from '../cel.ts'
import type { GuardrailPart } from '../guardrail.ts'
import { checkHook, isRoleName } from './engine-cel.ts'

const group = 'rbac.authorization.k8s.io'
const isUnchanged = `request.operation == 'UPDATE' && ${sameContent}`

/** Without loops over verbs and resources, which were half of the CEL cost of the creation of a Role. */
export const engineRoles: GuardrailPart = {
  purpose: 'Roles that Metacontroller writes have no wildcards and no verbs that lead to more permissions.',
  resources: [{ group, resources: ['roles'], operations: ['CREATE', 'UPDATE'] }],
  variables: { isUnchanged, rules: fieldOr('object.rules') },
  rules: {
    wildcards: {
      refuses: "a Role with '*' in its API groups, resources or verbs",
      expression: `
        variables.isUnchanged || variables.rules.all(rule, !('*' in rule.verbs) && !('*' in ${fieldOr('rule.apiGroups')})
        && !${fieldOr('rule.resources')}.join().contains('*'))`,
      message: `Metacontroller may not write a Role with a wildcard. ${checkHook}`
    },
    escalation: {
      refuses: `a Role with ${escalatingVerbs.join(', ')}`,
      expression: `
        variables.isUnchanged
        || variables.rules.all(rule, ${escalatingVerbs.map(verb => `!(${quoted(verb)} in rule.verbs)`).join(' && ')})`,
      message: `Metacontroller may not write a Role with ${escalatingVerbs.join(', ')}. ${checkHook}`
    }
  }
}

export const engineBindings: GuardrailPart = {
  purpose: 'RoleBindings that Metacontroller writes refer to Roles of Tenants, never to ClusterRoles, and bind no system users and groups.',
  resources: [{ group, resources: ['rolebindings'], operations: ['CREATE', 'UPDATE'] }],
  variables: { isUnchanged, subjects: fieldOr('object.subjects') },
  rules: {
    roles: {
      refuses: 'a RoleBinding to a ClusterRole, or to a Role that no Tenant produces',
      expression: `variables.isUnchanged || (object.roleRef.kind == 'Role' && ${isRoleName('object.roleRef.name')})`,
      message: `Metacontroller may bind only Roles that a Tenant produces. ${checkHook}`
    },
    subjects: {
      refuses: 'a RoleBinding of a system user or group (system:masters, system:authenticated, system:nodes ...) ' +
        'other than service accounts by namespace or name',
      expression: `
        variables.isUnchanged
        || variables.subjects.all(subject, subject.kind == 'ServiceAccount' || !subject.name.startsWith('${systemPrefix}')
        || ${serviceAccountPrefixes.map(prefix => `subject.name.startsWith('${prefix}')`).join(' || ')})`,
      message: `Metacontroller may not bind system users and groups. ${checkHook}`
    }
  }
}
