import type { KubeObject, ObjectMeta } from '../cluster/kube-object.ts'
import type { Resource } from './write.ts'

export const tenant: KubeObject = {
  apiVersion: 'k8s-mtp.dev/v1',
  kind: 'Tenant',
  metadata: {
    name: 'acme',
    uid: 'uid-of-acme',
    resourceVersion: '1',
    generation: 1
  }
}
export const owner = {
  apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', name: 'acme', uid: 'uid-of-acme', controller: true, blockOwnerDeletion: true
}
export const selected = { 'controller-uid': 'uid-of-acme' }

export const roles: Resource = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  namespaced: true
}
export const namespaces: Resource = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false
}
export const limitRanges: Resource = {
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  plural: 'limitranges',
  namespaced: true
}

export function role (metadata: Partial<ObjectMeta> = {}, rules: unknown[] = []): KubeObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'admin', namespace: 'shop', ...metadata },
    rules
  }
}

export function namespace (metadata: Partial<ObjectMeta> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', ...metadata } }
}
