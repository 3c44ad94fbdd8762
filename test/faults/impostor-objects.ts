import type { KubeObject } from '../cluster/kube-object.ts'

/** An attack by a server in place of the hook, as a change of the children that the hook returns. */
export interface ImpostorResponse {
  /** Completes "an impostor ...". */
  tries: string
  children: (honest: KubeObject[], place: Place) => KubeObject[] | null
  /** The engine merges it with the existing object, and has nothing to write. */
  writesNothing?: true
}

/** The object of an entry of spec.namespaces, and its namespace. */
export interface Further { name: string, uid: string, namespace: string }

export interface Place {
  tenant: string
  /** Of the Tenant. */
  uid: string
  namespace: string
  dev: Further
  prod: Further
  otherTenant: string
  otherNamespace: string
  otherDev: Further
  /** The TenantNamespace of another Tenant whose namespace would have the name of `dev`. */
  alike: Further
}

export const rbac = 'rbac.authorization.k8s.io'
export const member = { kind: 'User', name: 'mallory' }
export const mallory = { apiGroup: rbac, ...member }

/** Tenant acme, by name, could have the namespaces of Tenant acme-eu. */
export const shorter = 'acme'
export const missing = '11111111-2222-3333-4444-555555555555'

export const labels = (tenant: string) =>
  ({ 'app.kubernetes.io/managed-by': 'k8s-mtp', 'k8s-mtp.dev/tenant': tenant, 'k8s-mtp.dev/class': 'default' })

export function binding (name: string, namespace: string, tenant: string, content: object = {}): KubeObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name, namespace, labels: labels(tenant) },
    roleRef: { apiGroup: rbac, kind: 'Role', name: 'tenant-admin' },
    subjects: [mallory],
    ...content
  }
}

export const clusterAdmin = { roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'cluster-admin' } }

const isNamed = (kind: string, name: string) =>
  (object: KubeObject) => object.kind === kind && object.metadata.name === name

/** The children with changed fields of one. */
export const changed = (honest: KubeObject[], kind: string, name: string, content: object): KubeObject[] =>
  honest.map(object => isNamed(kind, name)(object) ? { ...object, ...content } : object)

export const without = (honest: KubeObject[], kind: string, name: string): KubeObject[] => honest.filter(object => !isNamed(kind, name)(object))

export const namespace = (name: string, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { ...more, 'pod-security.kubernetes.io/enforce': 'privileged' } }
})

export const owner = (name: string, uid: string, kind = 'Tenant') =>
  ({ apiVersion: 'k8s-mtp.dev/v1', kind, name, uid, controller: true, blockOwnerDeletion: true })

interface Metadata { labels?: object, ownerReferences?: object[] | undefined, finalizers?: string[] }

/** The children with other owners, and labels, of one. */
export const owned = (honest: KubeObject[], kind: string, name: string, { labels, ownerReferences, finalizers }: Metadata): KubeObject[] =>
  honest.map(object => isNamed(kind, name)(object)
    ? {
        ...object,
        metadata: {
          ...object.metadata,
          labels: { ...object.metadata.labels, ...labels },
          ...(ownerReferences !== undefined && { ownerReferences }),
          ...(finalizers !== undefined && { finalizers })
        }
      } as KubeObject
    : object)
