import { describe, refOf, type KubeObject } from '../cluster/kube-object.ts'
import { expectedNamespaces, type Model } from './model.ts'
import type { Operation } from './operation.ts'
import type { Picks } from './picks.ts'

/** By this label a comparison finds all of them, even where the model expects none. */
export const dataLabel = { 'soak.example.com/data': 'yes' }

type Make = (metadata: KubeObject['metadata'], version: number) => KubeObject

/** Objects of kinds that a Tenant does not manage, and one of a kind that it does. */
const kinds: Record<string, Make> = {
  ConfigMap: (metadata, version) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { version: String(version) } }),
  Secret: (metadata, version) => ({ apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data: { version: btoa(String(version)) } }),
  Service: (metadata, version) => ({
    apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: { app: `v${version}` }, ports: [{ port: 80, protocol: 'TCP', targetPort: 8080 }] }
  }),
  ServiceAccount: metadata => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata }),
  Role: (metadata, version) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata,
    rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'], resourceNames: [`v${version}`] }]
  })
}

export const dataKinds = Object.values(kinds).map(make => {
  const { apiVersion, kind } = make({ name: '' }, 0)
  return { apiVersion, kind }
})

/** Creates or changes the one object of a kind in a namespace, or deletes it. */
export function changeData (model: Model, picks: Picks): Operation | undefined {
  const tenant = picks.of([...model.tenants.values()])
  const namespace = tenant && picks.of(expectedNamespaces(model, tenant, new Date(0)))
  const make = picks.of(Object.values(kinds))
  if (tenant === undefined || namespace === undefined || make === undefined) return undefined
  const object = make({ name: 'team', namespace: namespace.name, labels: dataLabel }, picks.below(1000))
  const ref = refOf(object)
  const isDeleted = picks.percent(15)
  return {
    kind: isDeleted ? 'delete data' : 'write data',
    text: `${isDeleted ? 'delete' : 'write'} ${describe(ref)}`,
    concerns: [`Tenant ${tenant.metadata.name}`, describe(ref)],
    // Members may write no Roles, so only break-glass can.
    actor: ref.kind === 'Role' ? 'break-glass' : 'admin',
    requests: [isDeleted ? { verb: 'delete', ref } : { verb: 'apply', object }],
    // Its namespace may not exist yet, or be terminating.
    expected: ['admitted', 'missing'],
    effect: isDeleted ? { type: 'removes-data', ref } : { type: 'data', object }
  }
}
