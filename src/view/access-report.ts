import { Type, type Static } from '@sinclair/typebox'
import { labels } from '../api/group.ts'
import type { RoleRule } from '../api/role-rule.ts'
import { roleOfBinding, subjectsOfBinding } from '../kubernetes/binding-subjects.ts'
import { compareText } from '../kubernetes/compare-text.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { readRules } from '../kubernetes/role-rules.ts'
import { roleNameOf } from '../tenancy/desired/role.ts'
import { NotReadable } from './not-readable.ts'
import { permitsOf, reachesNamespaces, type Scope as RoleScope } from './permits.ts'

export const Access = Type.Object({
  tenant: Type.Optional(Type.String({ description: 'metadata.name of the Tenant. Absent for access to the whole cluster.' })),
  namespace: Type.Optional(Type.String({ description: 'Name of the namespace. Absent for access to the whole cluster.' })),
  subject: Type.String({ description: 'Kind and name: User ada@acme.example, ServiceAccount ci/deployer.' }),
  role: Type.String({ description: 'Kind and name: Role/tenant-admin, ClusterRole/edit.' }),
  binding: Type.String({ description: 'Kind and name: RoleBinding/tenant-admin.' }),
  permits: Type.String({ description: 'What the role permits in the namespace, in a few words.' }),
  managed: Type.Boolean({ description: 'Whether the access is of the Tenant, and ends with its list. False for bindings beside it.' }),
  clusterWide: Type.Boolean({ description: 'Whether it is access to all namespaces of the cluster.' }),
  ofKubernetes: Type.Boolean({ description: 'Whether Kubernetes binds it to its own components. Listed with --all or --subject only.' }),
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
  /** Kinds of roles that the caller may not read: one that is missing may exist. */
  unreadable: ReadonlyArray<'Role' | 'ClusterRole'>
  /** When access of the Tenant ends: by namespace, role and subject. */
  expiryOf: (namespace: string, role: string, subject: string) => string | undefined
  tenantOf: (namespace: string) => string | undefined
}

/** All access to namespaces of Tenants, by RoleBindings of the Tenant and others, and by ClusterRoleBindings. */
export function accessIn (observed: ObservedAccess): Access[] {
  const rules = rulesByRole(observed)
  return [
    ...observed.roleBindings.flatMap(binding => accessByRoleBinding(binding, observed, rules)),
    ...observed.clusterRoleBindings.flatMap(binding => accessByClusterRoleBinding(binding, observed, rules))
  ].sort((a, b) => compareText(sortKey(a), sortKey(b)))
}

type RulesByRole = ReadonlyMap<string, RoleRule[]>

/** What a role permits. One that does not exist permits nothing, until someone creates it. */
function permitsText (rules: RoleRule[] | undefined, kind: string, { unreadable }: ObservedAccess, where: RoleScope): string {
  if (rules !== undefined) return permitsOf(rules, where)
  return unreadable.some(other => other === kind)
    ? 'unknown: you may not read the role'
    : 'nothing: the role does not exist. To create it grants this access'
}

function rulesByRole ({ roles, clusterRoles }: ObservedAccess): RulesByRole {
  return new Map([...roles, ...clusterRoles].map(({ kind, metadata: { name, namespace }, ...role }) =>
    [roleKey(kind, name, namespace), readRules(role['rules'])]))
}

function roleKey (kind: string, name: string, namespace?: string): string {
  return JSON.stringify(kind === 'Role' ? [kind, namespace, name] : [kind, name])
}

function accessByRoleBinding (binding: ObservedObject, observed: ObservedAccess, rules: RulesByRole): Access[] {
  const { tenantOf, expiryOf } = observed
  const { namespace = '', name } = binding.metadata
  const tenant = tenantOf(namespace)
  if (tenant === undefined) return []
  const ref = roleOfBinding(binding)
  const granted = rules.get(roleKey(ref.kind, ref.name, namespace))
  const managed = binding.metadata.labels?.[labels.tenant] === tenant && roleNameOf(ref.name) !== undefined
  return subjectsOfBinding(binding).map(subject => {
    const expiresAt = managed ? expiryOf(namespace, roleNameOf(ref.name) ?? '', subject) : undefined
    return {
      tenant,
      namespace,
      subject,
      role: `${ref.kind}/${ref.name}`,
      binding: `RoleBinding/${name}`,
      permits: permitsText(granted, ref.kind, observed, 'namespace'),
      managed,
      clusterWide: false,
      ofKubernetes: false,
      ...(expiresAt !== undefined && { expiresAt })
    }
  })
}

function accessByClusterRoleBinding (binding: ObservedObject, observed: ObservedAccess, rules: RulesByRole): Access[] {
  const ref = roleOfBinding(binding)
  const granted = rules.get(roleKey('ClusterRole', ref.name))
  if (granted !== undefined && !reachesNamespaces(granted, 'cluster')) return []
  return subjectsOfBinding(binding).map(subject => ({
    subject,
    role: `ClusterRole/${ref.name}`,
    binding: `ClusterRoleBinding/${binding.metadata.name}`,
    permits: permitsText(granted, 'ClusterRole', observed, 'cluster'),
    managed: false,
    clusterWide: true,
    ofKubernetes: isBootstrapped(binding) && ref.name.startsWith('system:') && isComponent(subject)
  }))
}

/** Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings */
function isBootstrapped ({ metadata }: ObservedObject): boolean {
  return metadata.labels?.['kubernetes.io/bootstrapping'] === 'rbac-defaults'
}

/** False for system:masters, and for the groups that all users or all ServiceAccounts are in. Anyone may write the label. */
function isComponent (subject: string): boolean {
  return /^(User|Group) system:|^ServiceAccount kube-system\//.test(subject) &&
    !/^Group system:(authenticated|unauthenticated|masters|serviceaccounts(:.*)?)$|^User system:(anonymous$|serviceaccount:)/s.test(subject)
}

/** Access to the whole cluster is last. */
function sortKey ({ tenant, namespace, subject, role }: Access): string {
  return JSON.stringify([tenant ?? '\uffff', namespace ?? '', subject, role])
}
