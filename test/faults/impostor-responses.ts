import type { KubeObject } from '../cluster/kube-object.ts'

/** An attack by a server in place of the hook, as a change of the children that the hook returns. */
export interface ImpostorResponse {
  /** Completes "an impostor ...". */
  tries: string
  children: (honest: KubeObject[], place: Place) => KubeObject[] | null
}

export interface Place {
  tenant: string
  namespace: string
  otherTenant: string
  otherNamespace: string
}

const rbac = 'rbac.authorization.k8s.io'
export const mallory = { apiGroup: rbac, kind: 'User', name: 'mallory' }

const labels = (tenant: string) =>
  ({ 'app.kubernetes.io/managed-by': 'k8s-mtp', 'k8s-mtp.dev/tenant': tenant, 'k8s-mtp.dev/class': 'default' })

function binding (name: string, namespace: string, tenant: string, content: object = {}): KubeObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name, namespace, labels: labels(tenant) },
    roleRef: { apiGroup: rbac, kind: 'Role', name: 'tenant-admin' },
    subjects: [mallory],
    ...content
  }
}

const isNamed = (kind: string, name: string) =>
  (object: KubeObject) => object.kind === kind && object.metadata.name === name

/** The children with changed fields of one. */
const changed = (honest: KubeObject[], kind: string, name: string, content: object): KubeObject[] =>
  honest.map(object => isNamed(kind, name)(object) ? { ...object, ...content } : object)

const namespace = (name: string, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { ...more, 'pod-security.kubernetes.io/enforce': 'privileged' } }
})

const clusterAdmin = { roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'cluster-admin' } }

/** Only affects the tenant of the request: it proves that the responses of an impostor are applied. */
export const takesOverItsTenant: ImpostorResponse = {
  tries: 'makes itself admin of the tenant of the request',
  children: honest => changed(honest, 'RoleBinding', 'tenant-admin', { subjects: [mallory] })
}

export const impostorResponses: ImpostorResponse[] = [
  {
    tries: 'binds itself to cluster-admin in the namespace of the tenant',
    children: (honest, { namespace, tenant }) => [
      ...honest,
      binding('tenant-admin-evil', namespace, tenant, clusterAdmin)
    ]
  },
  {
    tries: 'binds itself in kube-system',
    children: (honest, { tenant }) => [...honest, binding('tenant-admin', 'kube-system', tenant, clusterAdmin)]
  },
  {
    tries: 'binds itself in the namespace of another tenant',
    children: (honest, { otherNamespace, tenant }) => [...honest, binding('tenant-admin-evil', otherNamespace, tenant)]
  },
  {
    tries: 'binds itself there in the name of the other tenant',
    children: (honest, { otherNamespace, otherTenant }) => [
      ...honest,
      binding('tenant-admin-evil', otherNamespace, otherTenant)
    ]
  },
  {
    tries: 'returns a ClusterRoleBinding, which is no child of a Tenant',
    children: honest => [
      ...honest,
      {
        apiVersion: `${rbac}/v1`,
        kind: 'ClusterRoleBinding',
        metadata: { name: 'evil' },
        ...clusterAdmin,
        subjects: [mallory]
      }
    ]
  },
  {
    tries: 'widens a Role to everything',
    children: honest => changed(honest, 'Role', 'tenant-admin', {
      rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]
    })
  },
  {
    tries: 'gives a Role permission to escalate',
    children: honest => changed(honest, 'Role', 'tenant-admin', {
      rules: [{ apiGroups: [rbac], resources: ['roles', 'rolebindings'], verbs: ['escalate', 'bind', 'create'] }]
    })
  },
  {
    tries: 'binds all authenticated users',
    children: honest => changed(honest, 'RoleBinding', 'tenant-admin', {
      subjects: [{ apiGroup: rbac, kind: 'Group', name: 'system:authenticated' }]
    })
  },
  { tries: 'lowers pod security of kube-system', children: honest => [...honest, namespace('kube-system')] },
  {
    tries: 'makes kube-system the namespace of its tenant',
    children: (honest, { tenant }) => [...honest, namespace('kube-system', labels(tenant))]
  },
  {
    tries: 'lets privileged pods into its namespace',
    children: (honest, { namespace }) => changed(honest, 'Namespace', namespace, {
      metadata: { name: namespace, labels: { ...labels('acme'), 'pod-security.kubernetes.io/enforce': 'privileged' } }
    })
  },
  {
    tries: 'creates a namespace of another name',
    children: (honest, { tenant }) => [...honest, namespace('kube-evil', labels(tenant))]
  },
  { tries: 'returns no children at all', children: () => [] },
  { tries: 'returns null', children: () => null }
]
