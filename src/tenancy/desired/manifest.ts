import type { LimitRangeSpec, ResourceQuotaSpec } from 'kubernetes-types/core/v1.js'
import type { NetworkPolicySpec } from 'kubernetes-types/networking/v1.js'
import type { PolicyRule, RoleRef, Subject } from 'kubernetes-types/rbac/v1.js'
import type { apiVersion } from '../../api/group.ts'
import type { TenantNamespaceSpec } from '../../api/tenant-namespace.ts'
import type { WorkloadPolicySpec } from '../../api/workload-policy.ts'

interface Metadata {
  name: string
  namespace?: string
  labels: Record<string, string>
  annotations?: Record<string, string>
}

/** A type and no interface, so that a manifest is a {@link KubernetesObject} too. */
type Declared<ApiVersion extends string, Kind extends string> = { apiVersion: ApiVersion, kind: Kind, metadata: Metadata }

type RbacVersion = 'rbac.authorization.k8s.io/v1'

export type NamespaceManifest = Declared<'v1', 'Namespace'>
export type LimitRangeManifest = Declared<'v1', 'LimitRange'> & { spec: LimitRangeSpec }
export type ResourceQuotaManifest = Declared<'v1', 'ResourceQuota'> & { spec: ResourceQuotaSpec }
export type WorkloadPolicyManifest = Declared<typeof apiVersion, 'WorkloadPolicy'> & { spec: WorkloadPolicySpec }
export type TenantNamespaceManifest = Declared<typeof apiVersion, 'TenantNamespace'> & { spec: TenantNamespaceSpec }
export type NetworkPolicyManifest = Declared<'networking.k8s.io/v1', 'NetworkPolicy'> & { spec: NetworkPolicySpec }
export type RoleManifest = Declared<RbacVersion, 'Role'> & { rules: PolicyRule[] }
export type RoleBindingManifest = Declared<RbacVersion, 'RoleBinding'> & { roleRef: RoleRef, subjects?: Subject[] }

/** A desired object with exactly the fields that k8s-mtp manages, in the form that the API server stores. */
export type Manifest = NamespaceManifest | LimitRangeManifest | ResourceQuotaManifest | WorkloadPolicyManifest |
  NetworkPolicyManifest | RoleManifest | RoleBindingManifest | TenantNamespaceManifest

/** The namespace of an object, and the labels that all objects of a Tenant have. */
export interface Placement {
  namespace: string
  labels: Record<string, string>
}

export function placedMetadata (name: string, { namespace, labels }: Placement): Metadata {
  return { name, namespace, labels }
}
