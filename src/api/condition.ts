import { Type, type Static } from '@sinclair/typebox'
import { OneOf } from './one-of.ts'

/** Why a Tenant is in its state. Each reason has one next step: see docs/reference/reasons.md. */
export const reasons = [
  'UpToDate', 'NamespacePending', 'ObjectsPending', 'ObjectsMissing', 'DriftDetected', 'RollingOut',
  'PermissionsNotGranted',
  'NamespaceTerminating', 'TenantTerminating', 'Paused', 'NamespaceConflict', 'ClassNotFound',
  'ClassInvalid', 'SpecInvalid', 'OverrideNotAllowed', 'EngineMisconfigured', 'UnmanagedObjects', 'QuotaExceeded',
  'Cordoned', 'NamespacesNotReady', 'NamespaceUnlisted', 'TenantMissing', 'NamespaceMissing', 'NamespaceKept', 'NamespaceNotKept'
] as const
export type Reason = typeof reasons[number]

/**
 * The condition types, with their meaning. As kstatus requires, all but Ready are present only while true.
 * Source: https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md
 */
export const conditionTypes = {
  Ready: 'Always present. True: the observed state equals the desired state.',
  Reconciling: 'In progress. No action is needed yet.',
  Stalled: 'No progress until a person acts; the message says what to do.',
  UnmanagedObjects: 'The Tenant owns objects that it did not produce. Ready may be true beside it.',
  QuotaExceeded: 'More is used than a quota allows. Ready may be true beside it.',
  Cordoned: 'No new pods are admitted. Ready may be true beside it.',
  UnlistedNamespaces: 'Namespaces that spec.namespaces no longer lists, and that are kept. Ready may be true beside it.'
} as const
export type ConditionType = keyof typeof conditionTypes

export const Condition = Type.Object({
  type: Type.String({
    maxLength: 316,
    description: 'Ready, Reconciling, Stalled, UnmanagedObjects, QuotaExceeded, Cordoned or UnlistedNamespaces. All but Ready ' +
      'are present only while true.'
  }),
  status: OneOf(['True', 'False', 'Unknown'], { description: 'True, False or Unknown.' }),
  reason: Type.String({
    maxLength: 1024,
    description: 'The cause in one word, for programs. The reference lists all reasons with their remedies.'
  }),
  message: Type.String({ maxLength: 32768, description: 'The problem, and what to do next.' }),
  lastTransitionTime: Type.String({ format: 'date-time', description: 'When status or reason changed last.' }),
  observedGeneration: Type.Optional(Type.Integer({
    format: 'int64',
    minimum: 0,
    description: 'The metadata.generation of the Tenant that the condition is about.'
  }))
}, { description: 'One aspect of the state of the Tenant.' })
export type Condition = Static<typeof Condition>
