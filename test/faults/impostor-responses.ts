import type { KubeObject } from '../cluster/kube-object.ts'

/** An attack by a server in place of the hook, as a change of the children that the hook returns. */
export interface ImpostorResponse {
  /** Completes "an impostor ...". */
  tries: string
  children: (honest: KubeObject[], place: Place) => KubeObject[] | null
}

export interface Place {
  tenant: string
  /** Of the Tenant. */
  uid: string
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

/** Tenant acme, by name, could have the namespace of Tenant acme-eu. */
const shorter = 'acme'
const missing = '11111111-2222-3333-4444-555555555555'

const owner = (name: string, uid: string) =>
  ({ apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', name, uid, controller: true, blockOwnerDeletion: true })

/** The children with other owners, and labels, of the namespace. */
const owned = (honest: KubeObject[], name: string, ownerReferences: object[] | undefined, more: object = {}): KubeObject[] =>
  honest.map(object => isNamed('Namespace', name)(object)
    ? {
        ...object,
        metadata: {
          ...object.metadata,
          labels: { ...object.metadata.labels, ...more },
          ...(ownerReferences !== undefined && { ownerReferences })
        }
      } as KubeObject
    : object)

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
    children: (honest, { namespace, tenant }) => changed(honest, 'Namespace', namespace, {
      metadata: { name: namespace, labels: { ...labels(tenant), 'pod-security.kubernetes.io/enforce': 'privileged' } }
    })
  },
  {
    tries: 'creates a namespace of another name',
    children: (honest, { tenant }) => [...honest, namespace('kube-evil', labels(tenant))]
  },
  ...([
    ['drops the owner of its namespace', () => []],
    ['names another Tenant as owner of its namespace', uid => [owner(shorter, uid)]],
    ['adds a second name of its Tenant as owner of its namespace', (uid, tenant) =>
      [owner(tenant, uid), { ...owner(shorter, uid), controller: false }]],
    ['names a Tenant that does not exist as owner of its namespace', (_, tenant) => [owner(tenant, missing)]],
    ['adds an owner that does not exist to its namespace', (uid, tenant) =>
      [owner(tenant, uid), { ...owner('missing', missing), controller: false }]],
    ['adds an owner of another kind to its namespace', (uid, tenant) =>
      [owner(tenant, uid), { ...owner('missing', missing), apiVersion: 'v1', kind: 'Node', controller: false }]]
  ] as Array<[string, (uid: string, tenant: string) => object[]]>).flatMap(([tries, owners]): ImpostorResponse[] => [
    { tries, children: (honest, { namespace, tenant, uid }) => owned(honest, namespace, owners(uid, tenant)) },
    {
      tries: `${tries}, with the label of that Tenant`,
      children: (honest, { namespace, tenant, uid }) =>
        owned(honest, namespace, owners(uid, tenant), { 'k8s-mtp.dev/tenant': shorter })
    }
  ]),
  {
    tries: 'labels its namespace as that of another Tenant',
    children: (honest, { namespace }) => owned(honest, namespace, undefined, { 'k8s-mtp.dev/tenant': shorter })
  },
  {
    tries: 'owns the namespace of another tenant',
    children: (honest, { otherNamespace, otherTenant, uid }) => [...honest, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: otherNamespace,
        labels: { ...labels(otherTenant), 'pod-security.kubernetes.io/enforce': 'restricted' },
        ownerReferences: [owner(otherTenant, uid)]
      }
    } as KubeObject]
  },
  { tries: 'returns no children at all', children: () => [] },
  { tries: 'returns null', children: () => null }
]
