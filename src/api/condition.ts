import { Type, type Static } from '@sinclair/typebox'
import { OneOf } from './one-of.ts'

/** Why a Tenant is as it is. Each reason belongs to a state that asks for one thing to be done next. */
export const reasons = {
  /** All objects are observed with exactly the declared content. */
  UpToDate: 'UpToDate',
  /** The namespace has been asked for and not been observed yet. */
  NamespacePending: 'NamespacePending',
  /** Objects in the namespace have been asked for and not been observed yet. */
  ObjectsPending: 'ObjectsPending',
  /** Observed objects differ from the declared ones and are being put right. */
  DriftDetected: 'DriftDetected',
  /** An object stays away though it has been asked for: released by hand, or its name is taken. */
  ObjectsMissing: 'ObjectsMissing',
  /** The namespace is being deleted; once it is gone it is made again. */
  NamespaceTerminating: 'NamespaceTerminating',
  /** The Tenant is being deleted. */
  TenantTerminating: 'TenantTerminating',
  /** spec.paused is true. */
  Paused: 'Paused',
  /** A namespace of this name exists and belongs to somebody else. */
  NamespaceConflict: 'NamespaceConflict',
  /** spec.className names no TenantClass. */
  ClassNotFound: 'ClassNotFound',
  /** The TenantClass holds something that cannot be declared. */
  ClassInvalid: 'ClassInvalid',
  /** The spec of the Tenant holds something that cannot be declared. */
  SpecInvalid: 'SpecInvalid',
  /** An override that the class does not allow, or not so far. */
  OverrideNotAllowed: 'OverrideNotAllowed',
  /** Metacontroller does not send what the hook needs to decide: its CompositeController is not the one shipped. */
  EngineMisconfigured: 'EngineMisconfigured',
  /** Objects carry this Tenant's ownership label and were not made by it. */
  UnmanagedObjects: 'UnmanagedObjects',
  /** No new pods are admitted, as spec.cordoned asks. */
  Cordoned: 'Cordoned'
} as const
export type Reason = keyof typeof reasons

/**
 * Read as kstatus reads them: Stalled and Reconciling are there only while true, Ready always.
 * Source: https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md
 */
export type ConditionType = 'Ready' | 'Reconciling' | 'Stalled' | 'UnmanagedObjects' | 'Cordoned'

export const Condition = Type.Object({
  type: Type.String({
    maxLength: 316,
    description: 'Ready, Reconciling, Stalled, UnmanagedObjects or Cordoned. All but Ready are ' +
    'there only while true.'
  }),
  status: OneOf(['True', 'False', 'Unknown'], { description: 'True, False or Unknown.' }),
  reason: Type.String({
    maxLength: 1024,
    description: 'The cause in one word, for machines. The reference lists all of them with ' +
    'what to do.'
  }),
  message: Type.String({ maxLength: 32768, description: 'What is the matter, and what to do next.' }),
  lastTransitionTime: Type.String({ format: 'date-time', description: 'When status, reason or message changed last.' }),
  observedGeneration: Type.Optional(Type.Integer({
    format: 'int64',
    minimum: 0,
    description: 'The metadata.generation of the Tenant ' +
    'that this was said about.'
  }))
}, { description: 'One aspect of the state of the Tenant.' })
export type Condition = Static<typeof Condition>
