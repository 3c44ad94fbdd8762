import type { Namespace } from 'kubernetes-types/core/v1.js'
import { isRecord } from '../cluster/api-error.ts'
import { conditionsOf } from '../cluster/install.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { describeLimitRange, describeQuota } from './describe-limits.ts'
import { describePolicy } from './describe-policy.ts'
import { describeBinding, describeRole } from './describe-roles.ts'
import { describeWorkloads } from './describe-workloads.ts'
import type { NamespaceContent } from './kinds.ts'
import type { TreeNode } from './tree.ts'

/** A Tenant with its objects, as read from the API server. */
export function tenantTree (tenant: KubeObject, contents: NamespaceContent[]): TreeNode {
  return {
    name: `Tenant ${tenant.metadata.name}`,
    children: [...contents.map(namespaceTree), statusTree(tenant)]
  }
}

function namespaceTree (content: NamespaceContent): TreeNode {
  const { namespace, roles, bindings, quotas, limits, workloads, policies } = content
  return {
    name: `Namespace ${namespace.metadata?.name}`,
    details: [[podSecurity(namespace)]],
    children: [
      group('Roles', roles, describeRole),
      group('RoleBindings', bindings, describeBinding),
      group('ResourceQuotas', quotas, describeQuota),
      group('LimitRanges', limits, describeLimitRange),
      group('WorkloadPolicies', workloads, describeWorkloads),
      group('NetworkPolicies', policies, describePolicy)
    ]
  }
}

function group<T extends { metadata?: { name?: string } }> (
  name: string, objects: T[], describe: (object: T) => string[][]
): TreeNode {
  return { name, children: objects.map(object => ({ name: object.metadata?.name ?? '', details: describe(object) })) }
}

function podSecurity ({ metadata }: Namespace): string {
  return `pod security: ${metadata?.labels?.['pod-security.kubernetes.io/enforce'] ?? 'none'}`
}

function statusTree (tenant: KubeObject): TreeNode {
  const phase = isRecord(tenant.status) ? String(tenant.status.phase) : 'none'
  return {
    name: `Status ${phase}`,
    children: conditionsOf(tenant).map(({ type, status, reason, message }) => ({
      name: type,
      details: [[status, reason, message]]
    }))
  }
}

/** The namespaces in the status of a Tenant. */
export function namespacesOf (tenant: KubeObject): string[] {
  const namespaces = isRecord(tenant.status) ? tenant.status.namespaces : undefined
  return (Array.isArray(namespaces) ? namespaces : []).filter(isRecord).map(({ name }) => String(name))
}
