import { Type, type Static } from '@sinclair/typebox'
import { Condition } from './conditions.ts'

export const TenantPhase = Type.Union([
  Type.Literal('Provisioning'),
  Type.Literal('Active'),
  Type.Literal('Paused'),
  Type.Literal('Held'),
  Type.Literal('Terminating')
], {
  description: 'For people: Active is the goal; Provisioning is under way; Held needs somebody (nothing is created, changed or deleted until then). Machines read conditions.'
})
export type TenantPhase = Static<typeof TenantPhase>

export const NamespaceStatus = Type.Object({
  name: Type.String({ maxLength: 63, description: 'Name of the namespace.' }),
  phase: Type.Union([Type.Literal('Pending'), Type.Literal('Active'), Type.Literal('Terminating'), Type.Literal('Taken')], {
    description: 'Pending: not there yet. Active: there, and ours. Terminating: being deleted. Taken: there, and somebody else\'s.'
  }),
  ready: Type.Boolean({ description: 'True when the namespace and all objects in it are observed as declared.' }),
  objects: Type.Optional(Type.String({ maxLength: 32, description: 'How many of the declared objects, the namespace among them, are as declared: "14/14". Not there while the Tenant is held.' })),
  missing: Type.Optional(Type.Array(Type.String({ maxLength: 512 }), { maxItems: 256, description: 'Declared objects that are not there, as Kind/name.' })),
  drifted: Type.Optional(Type.Array(Type.String({ maxLength: 512 }), { maxItems: 256, description: 'Objects whose content is not the declared one, as Kind/name.' }))
}, { description: 'What is ready in one namespace of the Tenant.' })
export type NamespaceStatus = Static<typeof NamespaceStatus>

export const TenantStatus = Type.Object({
  // -1 on an object nobody has looked at yet: kstatus takes a resource without status for finished.
  observedGeneration: Type.Integer({
    format: 'int64',
    default: -1,
    description: 'The metadata.generation that this status is about; -1 while nobody has looked at the Tenant yet.'
  }),
  phase: Type.Optional(TenantPhase),
  namespaces: Type.Optional(Type.Array(NamespaceStatus, { maxItems: 256, description: 'The namespaces of the Tenant, and what is ready in each.' })),
  conditions: Type.Optional(Type.Array(Condition, {
    maxItems: 16,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['type'],
    description: 'Ready always; Reconciling, Stalled and ForeignObjects only while they are true.'
  }))
}, { default: { observedGeneration: -1 }, description: 'What is, against what should be. Written by the platform.' })
export type TenantStatus = Static<typeof TenantStatus>
