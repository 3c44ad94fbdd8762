import type { KubeObject } from '../../cluster/kube-object.ts'
import { rbac } from './world.ts'

/** Builds an object of each managed kind in namespaces, as any user could write it. */
export function kindsOf (): { kind: string, make: (namespace: string) => KubeObject }[] {
  const bodies: [apiVersion: string, kind: string, content: object][] = [
    ['v1', 'LimitRange', { spec: { limits: [{ type: 'Container', max: { cpu: '1' } }] } }],
    ['v1', 'ResourceQuota', { spec: { hard: { pods: '1' } } }],
    ['networking.k8s.io/v1', 'NetworkPolicy', { spec: { podSelector: {} } }],
    [`${rbac}/v1`, 'Role', { rules: [] }],
    [`${rbac}/v1`, 'RoleBinding', { roleRef: { apiGroup: rbac, kind: 'Role', name: 'some' }, subjects: [] }]
  ]
  return bodies.map(([apiVersion, kind, content]) => ({
    kind,
    make: namespace => ({ apiVersion, kind, metadata: { name: 'some', namespace }, ...content })
  }))
}
