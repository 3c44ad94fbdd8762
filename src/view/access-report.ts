import { Type, type Static } from '@sinclair/typebox'
import { labels } from '../api/group.ts'
import { roleOfBinding, subjectsOfBinding } from '../kubernetes/binding-subjects.ts'
import { compareText } from '../kubernetes/compare-text.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { readRules } from '../kubernetes/role-rules.ts'
import { roleNameOf } from '../tenancy/desired/role.ts'
import { NotReadable } from './not-readable.ts'
import { permitsOf, reachesNamespace } from './permits.ts'

export const Access = Type.Object({
  tenant: Type.Optional(Type.String({ description: 'metadata.name of the Tenant. Absent for access to the whole cluster.' })),
  namespace: Type.Optional(Type.String({ description: 'Name of the namespace. Absent for access to the whole cluster.' })),
  subject: Type.String({ description: 'Kind and name: User ada@acme.example, ServiceAccount ci/deployer.' }),
  role: Type.String({ description: 'Kind and name: Role/tenant-admin, ClusterRole/edit.' }),
  binding: Type.String({ description: 'Kind and name: RoleBinding/tenant-admin.' }),
  permits: Type.String({ description: 'What the role permits in the namespace, in a few words.' }),
  managed: Type.Boolean({ description: 'Whether the access is of the Tenant, and ends with its list. False for bindings beside it.' }),
  clusterWide: Type.Boolean({ description: 'Whether it is access to all namespaces of the cluster.' }),
  expiresAt: Type.Optional(Type.String({ description: 'When it ends, by expiresAt of the Tenant.' }))
}, { description: 'The access of one subject by one binding.' })
export type Access = Static<typeof Access>

export const AccessReport = Type.Object({
  access: Type.Array(Access, { description: 'By Tenant, namespace and subject; that to the whole cluster is last.' }),
  hidden: Type.Integer({ description: 'Access that Kubernetes itself binds in the whole cluster, and that is left out (--all lists it).' }),
  notes: Type.Array(Type.String(), { description: 'What the list cannot show.' }),
  notReadable: NotReadable
}, { description: 'The output of `k8s-mtp access -o json`.' })
export type AccessReport = Static<typeof AccessReport>

export interface ObservedAccess {
  roleBindings: readonly ObservedObject[]
  clusterRoleBindings: readonly ObservedObject[]
  roles: readonly ObservedObject[]
  clusterRoles: readonly ObservedObject[]
  /** When access of the Tenant ends: by namespace, role and subject. */
  expiryOf: (namespace: string, role: string, subject: string) => string | undefined
  tenantOf: (namespace: string) => string | undefined
}

/** All access to namespaces of Tenants, by RoleBindings of the Tenant and others, and by ClusterRoleBindings. */
export function accessIn (observed: ObservedAccess): Access[] {
  const permits = permissionsByRole(observed)
  return [
    ...observed.roleBindings.flatMap(binding => accessByRoleBinding(binding, observed, permits)),
    ...observed.clusterRoleBindings.flatMap(binding => accessByClusterRoleBinding(binding, observed.clusterRoles, permits))
  ].sort((a, b) => compareText(sortKey(a), sortKey(b)))
}

type Permits = ReadonlyMap<string, string>
const unknownRole = 'unknown: the role does not exist, or may not be read'

function permissionsByRole ({ roles, clusterRoles }: ObservedAccess): Permits {
  return new Map([...roles, ...clusterRoles].map(({ kind, metadata: { name, namespace }, ...role }) =>
    [roleKey(kind, name, namespace), permitsOf(readRules(role['rules']))]))
}

function roleKey (kind: string, name: string, namespace?: string): string {
  return JSON.stringify(kind === 'Role' ? [kind, namespace, name] : [kind, name])
}

function accessByRoleBinding (binding: ObservedObject, { tenantOf, expiryOf }: ObservedAccess, permits: Permits): Access[] {
  const { namespace = '', name } = binding.metadata
  const tenant = tenantOf(namespace)
  if (tenant === undefined) return []
  const ref = roleOfBinding(binding)
  const managed = binding.metadata.labels?.[labels.tenant] === tenant && roleNameOf(ref.name) !== undefined
  return subjectsOfBinding(binding).map(subject => {
    const expiresAt = managed ? expiryOf(namespace, roleNameOf(ref.name) ?? '', subject) : undefined
    return {
      tenant,
      namespace,
      subject,
      role: `${ref.kind}/${ref.name}`,
      binding: `RoleBinding/${name}`,
      permits: permits.get(roleKey(ref.kind, ref.name, namespace)) ?? unknownRole,
      managed,
      clusterWide: false,
      ...(expiresAt !== undefined && { expiresAt })
    }
  })
}

function accessByClusterRoleBinding (binding: ObservedObject, clusterRoles: readonly ObservedObject[], permits: Permits): Access[] {
  const ref = roleOfBinding(binding)
  const role = clusterRoles.find(({ metadata }) => metadata.name === ref.name)
  if (role === undefined || !readRules(role['rules']).some(reachesNamespace)) return []
  return subjectsOfBinding(binding).map(subject => ({
    subject,
    role: `ClusterRole/${ref.name}`,
    binding: `ClusterRoleBinding/${binding.metadata.name}`,
    permits: permits.get(roleKey('ClusterRole', ref.name)) ?? unknownRole,
    managed: false,
    clusterWide: true
  }))
}

/** Access to the whole cluster is last. */
function sortKey ({ tenant, namespace, subject, role }: Access): string {
  return JSON.stringify([tenant ?? '\uffff', namespace ?? '', subject, role])
}

/** True for what each cluster has: bindings of Kubernetes to its own components. Not for cluster-admin, which people get. */
export function isOfKubernetes ({ clusterWide, subject, role }: Access): boolean {
  return clusterWide && role !== 'ClusterRole/cluster-admin' && /^(User|Group) system:|^ServiceAccount kube-system\//.test(subject)
}
