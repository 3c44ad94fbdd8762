import type { KindRef, KubeObject } from '../cluster/kube-object.ts'

/** The kinds of objects in the namespace of a Tenant. */
export const contentKinds: KindRef[] = [
  { apiVersion: 'v1', kind: 'LimitRange' },
  { apiVersion: 'v1', kind: 'ResourceQuota' },
  { apiVersion: 'k8s-mtp.dev/v1', kind: 'WorkloadPolicy' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role' },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding' }
]

/** The declared fields of an object: without those of the API server and Metacontroller, and without the record of corrections. */
export function declaredPart (object: KubeObject): Record<string, unknown> {
  const { status, metadata: { name, namespace, labels = {}, annotations = {} }, ...content } = object
  const { 'controller-uid': _, ...ownLabels } = labels
  const { 'metacontroller.k8s.io/last-applied-configuration': __, 'k8s-mtp.dev/corrected': ___, ...ownAnnotations } = annotations
  if (object.kind === 'Namespace') delete content['spec']
  return {
    ...content,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      labels: ownLabels,
      ...(Object.keys(ownAnnotations).length > 0 && { annotations: ownAnnotations })
    }
  }
}
