import type { KubeObject } from '../cluster/kube-object.ts'
import {
  binding, changed, clusterAdmin, labels, mallory, missing, namespace, owned, owner, rbac, shorter, type ImpostorResponse
} from './impostor-objects.ts'

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
    {
      tries,
      children: (honest, { namespace, tenant, uid }) => owned(honest, 'Namespace', namespace, { ownerReferences: owners(uid, tenant) }),
      ...(owners('', '').length === 0 && { writesNothing: true })
    },
    {
      tries: `${tries}, with the label of that Tenant`,
      children: (honest, { namespace, tenant, uid }) =>
        owned(honest, 'Namespace', namespace, { ownerReferences: owners(uid, tenant), labels: { 'k8s-mtp.dev/tenant': shorter } })
    }
  ]),
  {
    tries: 'labels its namespace as that of another Tenant',
    children: (honest, { namespace }) => owned(honest, 'Namespace', namespace, { labels: { 'k8s-mtp.dev/tenant': shorter } })
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
