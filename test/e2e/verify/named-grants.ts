import { breakGlass } from '../context.ts'
import { uniqueName } from '../tenants.ts'
import { rbac, type VerifiedTenant } from './world.ts'
import type { Others } from './weakenings.ts'

type Rule = Record<'apiGroups' | 'resources' | 'verbs', string[]> & { resourceNames?: string[] }
type Subject = { kind: string, name: string, namespace?: string, apiGroup?: string }

/** A permission that a binding left over gives, and the checks that it fails. */
export interface NamedGrant {
  rules: (tenant: VerifiedTenant) => Rule[]
  /** Of the binding: in the whole cluster by default. */
  namespace?: (tenant: VerifiedTenant, others: Others) => string
  /** The admin by default. */
  subject?: (tenant: VerifiedTenant) => Subject
  /** By RoleBindings to ClusterRoles, and by a ClusterRole that aggregates others. */
  by?: 'cluster-role' | 'aggregated'
  failed: string[]
  warning?: string[]
}

const rule = (group: string, resource: string, verbs: string | string[], ...resourceNames: string[]): Rule =>
  ({ apiGroups: [group], resources: [resource], verbs: [verbs].flat(), ...(resourceNames.length > 0 && { resourceNames }) })
const rules = (...all: Rule[]) => () => all

export const user = (name: string): Subject => ({ kind: 'User', name, apiGroup: rbac })
const authenticated = (): Subject => ({ kind: 'Group', name: 'system:authenticated', apiGroup: rbac })

const own = ({ namespace }: VerifiedTenant) => namespace
const ofOther = (_: VerifiedTenant, { tenant: { namespace } }: Others) => namespace
const plain = (_: VerifiedTenant, others: Others) => others.plain
const kubeSystem = () => 'kube-system'

const everywhere = ['access-all-namespaces', 'access-other-namespaces', 'access-other-tenants']
const clusterChecks = [
  'access-admission', 'access-certificates', 'access-classes', 'access-cluster-roles', 'access-definitions', 'access-namespaces', 'access-nodes', 'access-tenants',
  'access-volumes', 'impersonation', 'node-proxy', 'role-escalation', 'token-requests'
]

export const namedGrants: Readonly<Record<string, NamedGrant>> = {
  'Secret in the own namespace': { rules: rules(rule('', 'secrets', 'get', 'other')), subject: ({ viewers }) => ({ kind: 'Group', name: viewers, apiGroup: rbac }), namespace: own, failed: ['permissions-beyond-role'] },
  'pods/exec in the own namespace, by a ClusterRole': { rules: rules(rule('', 'pods/exec', 'create', 'app')), subject: authenticated, namespace: own, by: 'cluster-role', failed: ['outsiders', 'permissions-beyond-role'] },
  'pods/proxy in the own namespace': { rules: rules(rule('', 'pods/proxy', 'create', 'none-yet')), namespace: own, failed: ['permissions-beyond-role'] },
  'what the class grants, in the own namespace': { rules: rules(rule('', 'pods/status', 'patch', 'none-yet')), namespace: own, failed: [] },
  'token in the own namespace': { rules: rules(rule('', 'serviceaccounts/token', 'create', 'default')), namespace: own, failed: ['token-requests'] },
  'bind in the own namespace': { rules: rules(rule(rbac, 'clusterroles', 'bind', 'cluster-admin')), namespace: own, failed: ['role-escalation'] },
  'impersonate in the own namespace': { rules: rules(rule('', 'serviceaccounts', 'impersonate', 'default')), namespace: own, failed: ['impersonation'] },
  'own Namespace': { rules: ({ namespace }) => [rule('', 'namespaces', 'patch', namespace)], namespace: own, failed: ['permissions-beyond-role'] },
  'Secret of another Tenant': { rules: rules(rule('', 'secrets', 'get', 'db')), namespace: ofOther, failed: ['access-other-tenants'] },
  'Secret of another Tenant, that all users may read': { rules: rules(rule('', 'secrets', 'get', 'db')), subject: authenticated, namespace: ofOther, by: 'cluster-role', failed: ['access-other-tenants'] },
  'pods/exec of another Tenant': { rules: rules(rule('', 'pods/exec', 'create', 'app')), namespace: ofOther, failed: ['access-other-tenants'] },
  'custom resource of another Tenant': { rules: rules(rule('example.com', 'widgets', 'get', 'one')), namespace: ofOther, failed: ['access-other-tenants'] },
  'ConfigMap in kube-system': { rules: rules(rule('', 'configmaps', ['get', 'update'], 'coredns')), namespace: kubeSystem, failed: ['access-other-namespaces'] },
  'bind in kube-system': { rules: rules(rule(rbac, 'clusterroles', 'bind', 'admin')), namespace: kubeSystem, failed: ['access-other-namespaces'] },
  'impersonate in kube-system': { rules: rules(rule('', 'serviceaccounts', 'impersonate')), namespace: kubeSystem, failed: ['access-other-namespaces', 'exempt-identities'] },
  'creation by server-side apply in kube-system': { rules: rules(rule('', 'secrets', 'create', 'none-yet')), namespace: kubeSystem, failed: ['access-other-namespaces'] },
  'ConfigMap in a plain namespace': { rules: rules(rule('', 'configmaps', 'get', 'one')), namespace: plain, failed: [], warning: ['access-other-namespaces'] },
  'everything with a name in another Tenant': { rules: rules(rule('*', '*', '*', 'one')), namespace: ofOther, failed: ['access-other-tenants'] },
  'requests without a name in another Tenant': { rules: rules(rule('', 'serviceaccounts', 'deletecollection', '')), namespace: ofOther, failed: ['access-other-tenants'] },
  'nodes by a RoleBinding': { rules: rules(rule('', 'nodes', 'get', 'one'), rule('', 'namespaces', 'get', 'one')), namespace: ofOther, failed: [] },
  'Secret in all namespaces': { rules: rules(rule('', 'secrets', 'get', 'db')), failed: everywhere },
  'Secret in all namespaces, by an aggregated ClusterRole': { rules: rules(rule('', 'secrets', 'get', 'db')), by: 'aggregated', subject: authenticated, failed: [...everywhere, 'permissions-beyond-role'] },
  'debug containers in all namespaces': { rules: rules(rule('*', '*/ephemeralcontainers', 'patch', 'app')), failed: [...everywhere, 'permissions-beyond-role'] },
  'everything with a name': { rules: rules(rule('*', '*', '*', 'one')), failed: [...everywhere, ...clusterChecks, 'permissions-beyond-role'] },
  'token in all namespaces': { rules: rules(rule('', 'serviceaccounts/token', 'create', 'default')), failed: [...everywhere, 'token-requests'] },
  user: { rules: rules(rule('', 'users', 'impersonate', 'root')), failed: ['impersonation'] },
  'extra field of users': { rules: rules(rule('authentication.k8s.io', 'userextras/example.com/scopes', 'impersonate', 'all')), failed: ['impersonation'] },
  ClusterRole: { rules: rules(rule(rbac, 'clusterroles', ['bind', 'escalate'], 'cluster-admin')), failed: ['role-escalation'] },
  node: { rules: rules(rule('', 'nodes', 'get', 'one')), failed: ['access-nodes'] },
  'status of a node': { rules: rules(rule('', 'nodes/status', 'patch', 'one')), failed: ['access-nodes'] },
  'nodes/proxy': { rules: rules(rule('', 'nodes/proxy', ['get', 'delete'], 'one')), failed: ['node-proxy'] },
  signer: { rules: rules(rule('certificates.k8s.io', 'signers', 'approve', 'kubernetes.io/*')), failed: ['access-certificates'] },
  PriorityClass: { rules: rules(rule('scheduling.k8s.io', 'priorityclasses', ['get', 'update'], 'one')), failed: ['access-classes'] },
  CompositeController: { rules: rules(rule('metacontroller.k8s.io', 'compositecontrollers', 'patch', 'k8s-mtp')), failed: ['access-definitions'] },
  'reading a StorageClass': { rules: rules(rule('storage.k8s.io', 'storageclasses', 'get', 'one')), failed: [] },
  'URLs that are no resources': { rules: () => [{ nonResourceURLs: ['/metrics'], verbs: ['get'] } as unknown as Rule], failed: [] }
}

/** Creates the role and its binding. Returns what removes them. */
export async function grantByName (grant: NamedGrant, tenant: VerifiedTenant, others: Others): Promise<() => Promise<void>> {
  const { by, subject = ({ admin }) => user(admin) } = grant
  const namespace = grant.namespace?.(tenant, others)
  const kind = namespace === undefined || by !== undefined ? 'ClusterRole' : 'Role'
  const name = uniqueName('named')
  const within = namespace === undefined ? {} : { namespace }
  const apiVersion = `${rbac}/v1`
  const labels = { 'example.com/aggregate': name }
  const aggregated = { apiVersion, kind, metadata: { name: `${name}-part`, labels }, rules: grant.rules(tenant) }
  const role = {
    apiVersion,
    kind,
    metadata: { name, ...(kind === 'Role' && within) },
    ...(by === 'aggregated' ? { aggregationRule: { clusterRoleSelectors: [{ matchLabels: labels }] }, rules: [] } : { rules: grant.rules(tenant) })
  }
  const binding = {
    apiVersion,
    kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: { name, ...within },
    roleRef: { apiGroup: rbac, kind, name },
    subjects: [subject(tenant)]
  }
  const objects = [...(by === 'aggregated' ? [aggregated] : []), role, binding]
  for (const object of objects) await breakGlass().create(object)
  return async () => {
    for (const { apiVersion, kind, metadata } of objects.reverse()) await breakGlass().delete({ apiVersion, kind, ...metadata })
  }
}
