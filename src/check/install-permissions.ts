import { formatRule } from '../kubernetes/role-rules.ts'
import type { RoleRule } from '../api/role-rule.ts'
import { ok, warning, failed, type Result } from './finding.ts'

const create = (apiGroup: string, ...resources: string[]): RoleRule => ({ apiGroups: [apiGroup], resources, verbs: ['create'] })

/** Cluster-scoped objects that an installation creates. */
export const installRules: RoleRule[] = [
  create('admissionregistration.k8s.io', 'validatingadmissionpolicies', 'validatingadmissionpolicybindings'),
  create('apiextensions.k8s.io', 'customresourcedefinitions'),
  create('rbac.authorization.k8s.io', 'clusterroles', 'clusterrolebindings')
]

/** RBAC also asks for every permission of the ClusterRoles. Source: see engine-rules.ts */
export const grantAnyRule: RoleRule = { apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], verbs: ['escalate'] }

/** @param lacking those of installRules and grantAnyRule that the caller lacks */
export function installPermissions (lacking: readonly RoleRule[]): Result {
  const isEscalation = ({ verbs }: RoleRule) => verbs.every(verb => verb === 'escalate')
  const needed = lacking.filter(rule => !isEscalation(rule))
  const remedy = 'Install as cluster-admin, or choose another --context, or --as.'
  if (needed.length > 0) return failed(`you may not ${needed.map(formatRule).join('; ')}`, remedy)
  return lacking.length > 0
    ? warning('you may create ClusterRoles only with permissions that you have', remedy)
    : ok('you may create ClusterRoles, CustomResourceDefinitions and ValidatingAdmissionPolicies')
}
