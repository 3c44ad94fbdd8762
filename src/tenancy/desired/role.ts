import type { ClassRole } from '../../api/class-roles.ts'
import { group } from '../../api/group.ts'
import type { RoleRule } from '../../api/role-rule.ts'
import { placedMetadata, type Placement, type RoleManifest } from './manifest.ts'
import { workloadPolicyName } from './workload-policy-manifest.ts'

const prefix = 'tenant-'

export const roleObjectName = (role: string) => `${prefix}${role}`

/** Names the role of such an object. */
export function roleNameOf (objectName: unknown): string | undefined {
  return typeof objectName === 'string' && objectName.startsWith(prefix) ? objectName.slice(prefix.length) : undefined
}

export function role ({ name, rules }: ClassRole, placement: Placement): RoleManifest {
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
