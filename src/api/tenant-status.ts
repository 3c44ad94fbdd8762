import { Type, type Static } from '@sinclair/typebox'
import { Condition } from './condition.ts'
import { OneOf } from './one-of.ts'
import { dnsLabel } from './validation/label-syntax.ts'

export const TenantPhase = OneOf(['Provisioning', 'Active', 'Paused', 'Blocked', 'Terminating'], {
  description: 'A summary for people. Active: up to date. Provisioning: in progress. Blocked: on hold until the problem in the ' +
    'conditions is fixed. Machines read conditions.'
})
export type TenantPhase = Static<typeof TenantPhase>

/** The maximum of names in one list of the status. */
export const maxNames = 256

const objectNames = (description: string) => Type.Array(Type.String({ maxLength: 512 }), { maxItems: maxNames, description })

/** Of the message about one namespace. */
export const maxMessageLength = 1024

export const NamespaceStatus = Type.Object({
  name: Type.String({ maxLength: 63, description: 'Name of the namespace.' }),
  className: Type.Optional(Type.String({ maxLength: 63, description: 'Name of its TenantClass.' })),
  phase: OneOf(['Pending', 'Active', 'Terminating', 'Conflict'], {
    description: 'Pending: does not exist yet. Active: exists, and is managed. Terminating: is being deleted. Conflict: exists, and ' +
      'is not managed by this Tenant.'
  }),
  ready: Type.Boolean({ description: 'True when the namespace and all its objects are up to date.' }),
  reason: Type.Optional(Type.String({ maxLength: 64, description: 'Why, in one word: a reason of the condition Ready.' })),
  message: Type.Optional(Type.String({
    maxLength: maxMessageLength, description: 'What is missing, and what to do next. Absent while it is ready.'
  })),
  objects: Type.Optional(Type.String({
    maxLength: 32,
    description: 'How many of the desired objects, namespace included, are up to date: "14/14". Absent while the Tenant is on hold.'
  })),
  missing: Type.Optional(objectNames('Desired objects that do not exist, as Kind/name.')),
  drifted: Type.Optional(objectNames('Existing objects that others changed, as Kind/name.')),
  rollingOut: Type.Optional(objectNames('Objects that are missing or differ because the Tenant, its class or k8s-mtp itself ' +
    'changed. One that others changed too is also in drifted.'))
}, { description: 'The state of one namespace of the Tenant.' })
export type NamespaceStatus = Static<typeof NamespaceStatus>

/** Identifies one version of a class: a recreated class has the same name, and its generations start again. */
export const ClassInForce = Type.Object({
  name: Type.String({ maxLength: 253, description: 'metadata.name of the TenantClass.' }),
  uid: Type.Optional(Type.String({ maxLength: 64, description: 'Its metadata.uid.' })),
  generation: Type.Integer({ format: 'int64', minimum: 0, description: 'Its metadata.generation.' })
}, { description: 'The TenantClass that the objects come from. Absent while the Tenant is on hold.' })
export type ClassInForce = Static<typeof ClassInForce>

/** The maximum of corrections in the status. */
export const maxCorrected = 5

export const Corrected = Type.Object({
  object: Type.String({ maxLength: 512, description: 'The corrected object, as Kind/name.' }),
  namespace: Type.Optional(Type.String({ maxLength: 63, description: 'Its namespace; absent for a namespace.' })),
  what: Type.String({ maxLength: 256, description: 'The drifted fields, or "deleted" or "recreated" for the whole object.' }),
  time: Type.String({ format: 'date-time', description: 'When the drift was detected.' })
}, { description: 'A correction of drift.' })
export type Corrected = Static<typeof Corrected>

/** The maximum of expired subjects in the status. */
export const maxExpired = 50

export const Expired = Type.Object({
  role: Type.String({
    minLength: 1,
    maxLength: 63,
    pattern: dnsLabel.source,
    description: 'The role of the subject: admin, operator, viewer, or one that its class adds.'
  }),
  kind: OneOf(['User', 'Group', 'ServiceAccount'], { description: 'User, Group or ServiceAccount.' }),
  name: Type.String({ maxLength: 253, description: 'Name of the subject.' }),
  namespace: Type.Optional(Type.String({ maxLength: 63, description: 'Namespace of a ServiceAccount.' })),
  expiresAt: Type.String({ maxLength: 64, description: 'The expiresAt of the subject in the spec.' })
}, { description: 'A subject that the spec lists, and whose access has ended.' })
export type Expired = Static<typeof Expired>

export const TenantStatus = Type.Object({
  // -1 before the first sync: kstatus takes a resource without status for finished.
  observedGeneration: Type.Integer({
    format: 'int64',
    default: -1,
    description: 'The metadata.generation that was reconciled last; -1 before the first sync.'
  }),
  phase: Type.Optional(TenantPhase),
  class: Type.Optional(ClassInForce),
  version: Type.Optional(Type.String({
    maxLength: 64,
    description: 'The version of k8s-mtp that computed the desired state. Absent while the Tenant is on hold.'
  })),
  namespaces: Type.Optional(Type.Array(NamespaceStatus, { maxItems: 256, description: 'The state of each namespace of the Tenant.' })),
  corrected: Type.Optional(Type.Array(Corrected, {
    maxItems: maxCorrected,
    description: 'The last corrections of drift, newest first, from the annotation k8s-mtp.dev/corrected of the objects.'
  })),
  nextExpiry: Type.Optional(Type.String({
    format: 'date-time',
    description: 'When the next access ends, by the expiresAt of a subject. To extend it, set a later expiresAt. Absent while no ' +
      'access ends.'
  })),
  expired: Type.Optional(Type.Array(Expired, {
    maxItems: maxExpired,
    description: 'Subjects in the spec whose access has ended, at most 50. Remove each from its list, or set a new expiresAt.'
  })),
  conditions: Type.Optional(Type.Array(Condition, {
    maxItems: 16,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['type'],
    description: 'Ready always; Reconciling, Stalled, UnmanagedObjects, QuotaExceeded, Cordoned and UnlistedNamespaces only while true.'
  }))
}, { default: { observedGeneration: -1 }, description: 'The observed state against the desired state. Written by k8s-mtp.' })
export type TenantStatus = Static<typeof TenantStatus>
