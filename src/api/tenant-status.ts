import { Type, type Static } from '@sinclair/typebox'
import { Condition } from './condition.ts'

export const TenantPhase = Type.Union([
  Type.Literal('Provisioning'),
  Type.Literal('Active'),
  Type.Literal('Paused'),
  Type.Literal('Blocked'),
  Type.Literal('Terminating')
], {
  description: 'For people: Active is the goal; Provisioning is under way; Held needs somebody (nothing is created, changed or deleted until then). Machines read conditions.'
})
export type TenantPhase = Static<typeof TenantPhase>

/** As many as a list of names in the status takes. */
export const maxNames = 256

const objectNames = (description: string) => Type.Array(Type.String({ maxLength: 512 }), { maxItems: maxNames, description })

export const NamespaceStatus = Type.Object({
  name: Type.String({ maxLength: 63, description: 'Name of the namespace.' }),
  phase: Type.Union([Type.Literal('Pending'), Type.Literal('Active'), Type.Literal('Terminating'), Type.Literal('Conflict')], {
    description: 'Pending: not there yet. Active: there, and ours. Terminating: being deleted. Taken: there, and somebody else\'s.'
  }),
  ready: Type.Boolean({ description: 'True when the namespace and all objects in it are observed as declared.' }),
  objects: Type.Optional(Type.String({ maxLength: 32, description: 'How many of the declared objects, the namespace among them, are as declared: "14/14". Not there while the Tenant is held.' })),
  missing: Type.Optional(objectNames('Declared objects that are not there, as Kind/name.')),
  drifted: Type.Optional(objectNames('Objects whose content is not the declared one, as Kind/name.')),
  rollingOut: Type.Optional(objectNames('Those of the missing and drifted ones that are so because the Tenant, its class or k8s-mtp itself has changed: no drift.'))
}, { description: 'What is ready in one namespace of the Tenant.' })
export type NamespaceStatus = Static<typeof NamespaceStatus>

/** What is not the same in every object of one name: of a class deleted and made anew, generations begin anew too. */
export const ClassInForce = Type.Object({
  name: Type.String({ maxLength: 253, description: 'metadata.name of the TenantClass.' }),
  uid: Type.Optional(Type.String({ maxLength: 64, description: 'Its metadata.uid, as another one may bear its name.' })),
  generation: Type.Integer({ format: 'int64', minimum: 0, description: 'Its metadata.generation.' })
}, { description: 'The TenantClass that this status is about. Not there while the Tenant is held.' })
export type ClassInForce = Static<typeof ClassInForce>

/** How many of the last corrections the status lists. */
export const maxCorrected = 5

export const Corrected = Type.Object({
  object: Type.String({ maxLength: 512, description: 'What was put right, as Kind/name.' }),
  namespace: Type.Optional(Type.String({ maxLength: 63, description: 'Where it is; not there for a namespace itself.' })),
  what: Type.String({ maxLength: 256, description: 'The fields that somebody had changed, or "deleted" or "recreated" for all of it.' }),
  time: Type.String({ format: 'date-time', description: 'When it was found.' })
}, { description: 'Something that was changed by hand and put right.' })
export type Corrected = Static<typeof Corrected>

/** How many of the rights that have ended the status lists. */
export const maxExpired = 50

export const Expired = Type.Object({
  role: Type.Union([Type.Literal('admin'), Type.Literal('operator'), Type.Literal('viewer')], { description: 'The role that the subject had.' }),
  kind: Type.Union([Type.Literal('User'), Type.Literal('Group'), Type.Literal('ServiceAccount')], { description: 'User, Group or ServiceAccount.' }),
  name: Type.String({ maxLength: 253, description: 'Name of the subject.' }),
  namespace: Type.Optional(Type.String({ maxLength: 63, description: 'Namespace of a ServiceAccount.' })),
  expiresAt: Type.String({ maxLength: 64, description: 'When it ended, as the spec says.' })
}, { description: 'A right that the spec lists and that has ended.' })
export type Expired = Static<typeof Expired>

export const TenantStatus = Type.Object({
  // -1 on an object nobody has looked at yet: kstatus takes a resource without status for finished.
  observedGeneration: Type.Integer({
    format: 'int64',
    default: -1,
    description: 'The metadata.generation that this status is about; -1 while nobody has looked at the Tenant yet.'
  }),
  phase: Type.Optional(TenantPhase),
  class: Type.Optional(ClassInForce),
  version: Type.Optional(Type.String({ maxLength: 64, description: 'The version of k8s-mtp that declared what this status is about. Not there while the Tenant is held.' })),
  namespaces: Type.Optional(Type.Array(NamespaceStatus, { maxItems: 256, description: 'The namespaces of the Tenant, and what is ready in each.' })),
  corrected: Type.Optional(Type.Array(Corrected, {
    maxItems: maxCorrected,
    description: 'What was changed by hand and put right last, newest first: read from the annotation k8s-mtp.dev/corrected of the objects.'
  })),
  nextExpiry: Type.Optional(Type.String({
    format: 'date-time',
    description: 'When the next of the rights that are in force ends, by the expiresAt of its subject. To keep it, give the subject a later one in time. Not there while none ends.'
  })),
  expired: Type.Optional(Type.Array(Expired, {
    maxItems: maxExpired,
    description: 'Rights that the spec still lists and that have ended, the first 50 of them. Take each off its list, or give it a new expiresAt.'
  })),
  conditions: Type.Optional(Type.Array(Condition, {
    maxItems: 16,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['type'],
    description: 'Ready always; Reconciling, Stalled, UnmanagedObjects and Cordoned only while they are true.'
  }))
}, { default: { observedGeneration: -1 }, description: 'What is, against what should be. Written by the platform.' })
export type TenantStatus = Static<typeof TenantStatus>
