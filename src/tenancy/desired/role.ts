import { group } from '../../api/group.ts'
import type { RoleRule } from '../../api/role-rule.ts'
import type { RoleName } from '../../api/tenant.ts'
import { placedMetadata, type Placement, type RoleManifest } from './manifest.ts'
import { workloadPolicyName } from './workload-policy-manifest.ts'

export const roleObjectName = (role: RoleName) => `tenant-${role}`

export function role (name: RoleName, rules: RoleRule[], placement: Placement): RoleManifest {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: placedMetadata(roleObjectName(name), placement),
    rules: [...rules, ...rulesOfAllClasses(placement.namespace)]
  }
}

/** Metacontroller needs these permissions itself, so it can always grant them. */
export function rulesOfAllClasses (namespace: string): RoleRule[] {
  return [readOwnNamespace(namespace), readWorkloadPolicy]
}

/** The API server authorizes reading a namespace within it, so a Role can grant that. */
export function readOwnNamespace (namespace: string): RoleRule {
  return { apiGroups: [''], resources: ['namespaces'], resourceNames: [namespace], verbs: ['get'] }
}

/** Lets members of the tenant look up which workloads are admitted. */
const readWorkloadPolicy: RoleRule = {
  apiGroups: [group], resources: ['workloadpolicies'], resourceNames: [workloadPolicyName], verbs: ['get']
}
