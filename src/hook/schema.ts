import { Type, type Static } from '@sinclair/typebox'
import { apiVersion } from '../api/group.ts'

/**
 * The requests and responses of Metacontroller, hook version v2.
 * Source: https://metacontroller.github.io/metacontroller/api/compositecontroller.html#sync-hook
 */
const StringMap = Type.Record(Type.String(), Type.String())

const ManagedFields = Type.Array(Type.Object({
  manager: Type.Optional(Type.String()),
  operation: Type.Optional(Type.String()),
  subresource: Type.Optional(Type.String()),
  fieldsV1: Type.Optional(Type.Record(Type.String(), Type.Unknown()))
}))

const Metadata = {
  name: Type.String({ minLength: 1 }),
  namespace: Type.Optional(Type.String()),
  uid: Type.Optional(Type.String()),
  generation: Type.Optional(Type.Integer({ minimum: 0 })),
  labels: Type.Optional(StringMap),
  annotations: Type.Optional(StringMap),
  creationTimestamp: Type.Optional(Type.String()),
  deletionTimestamp: Type.Optional(Type.String()),
  ownerReferences: Type.Optional(Type.Array(Type.Object({ uid: Type.String(), controller: Type.Optional(Type.Boolean()) }))),
  managedFields: Type.Optional(ManagedFields)
}

const KubeObject = Type.Object({
  apiVersion: Type.String({ minLength: 1 }),
  kind: Type.String({ minLength: 1 }),
  metadata: Type.Object(Metadata)
})

const Parent = Type.Object({
  apiVersion: Type.Literal(apiVersion),
  kind: Type.Union([Type.Literal('Tenant'), Type.Literal('TenantNamespace')]),
  metadata: Type.Object({ ...Metadata, uid: Type.String({ minLength: 1 }), generation: Type.Integer({ minimum: 0 }) })
}, { description: 'The Tenant or TenantNamespace as stored. An invalid spec is put on hold, not refused.' })

const ObjectsByKind = (description: string) => Type.Record(Type.String(), Type.Record(Type.String(), KubeObject), { description })

export const SyncRequest = Type.Object({
  controller: Type.Optional(Type.Unknown()),
  parent: Parent,
  children: ObjectsByKind('`Kind.group/version` to `namespace/name` to the observed objects that the Tenant owns.'),
  related: Type.Optional(Type.Union([Type.Null(), ObjectsByKind('The related objects that the customize hook named.')])),
  finalizing: Type.Optional(Type.Boolean())
})
export type SyncRequest = Static<typeof SyncRequest>

export const SyncResponse = Type.Object({
  status: Type.Unknown({ description: 'The whole status of the Tenant.' }),
  children: Type.Array(Type.Unknown(), {
    description: 'All desired objects of the Tenant. Metacontroller deletes observed objects that are not listed.'
  }),
  resyncAfterSeconds: Type.Optional(Type.Number({ description: 'When to call again without an event.' }))
})

export const CustomizeRequest = Type.Object({ controller: Type.Optional(Type.Unknown()), parent: Parent })
export type CustomizeRequest = Static<typeof CustomizeRequest>

export const CustomizeResponse = Type.Object({
  relatedResources: Type.Array(Type.Object({
    apiVersion: Type.String(),
    resource: Type.String(),
    names: Type.Optional(Type.Array(Type.String())),
    labelSelector: Type.Optional(Type.Object({}))
  }))
})
export type CustomizeResponse = Static<typeof CustomizeResponse>
