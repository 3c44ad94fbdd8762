import type { Role } from 'kubernetes-types/rbac/v1.js'
import { group } from '../../api/group.ts'
import type { RoleRule } from '../../api/role-rule.ts'
import type { RoleName } from '../../api/tenant.ts'
import { placedMetadata, type Manifest, type Placement } from './manifest.ts'
import { workloadPolicyName } from './workload-rules.ts'

export const roleObjectName = (role: RoleName) => `tenant-${role}`

export function role (name: RoleName, rules: RoleRule[], placement: Placement): Manifest {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: placedMetadata(roleObjectName(name), placement),
    rules: [...rules, readOwnNamespace(placement.namespace), readWorkloadPolicy]
  } satisfies Role
}

/** The API server authorises reading a namespace within that namespace, so a Role can grant it. */
export function readOwnNamespace (namespace: string): RoleRule {
  return { apiGroups: [''], resources: ['namespaces'], resourceNames: [namespace], verbs: ['get'] }
}

/** Whoever is refused something may look up what would have been let through. */
const readWorkloadPolicy: RoleRule = { apiGroups: [group], resources: ['workloadpolicies'], resourceNames: [workloadPolicyName], verbs: ['get'] }
