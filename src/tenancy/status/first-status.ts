import type { TenantStatus } from '../../api/tenant-status.ts'
import { displayName, identity, isNamespace, type ObservedObject } from '../../kubernetes/object.ts'
import type { Comparison } from '../drift/comparison.ts'
import { followsQuotas } from '../drift/quotas-in-force.ts'
import { readyCondition } from '../observed/previous-status.ts'
import type { SyncContext } from '../observed/sync-context.ts'
import { noFurther } from './further-status.ts'
import { statusOf, type StatusInput } from './status.ts'

/** Creation takes a second or two. A refused object is tried again, with a sync each time, and soon named. */
const creationSeconds = 5
/** Between the namespace, its objects and the WorkloadPolicy: of many Tenants, each waits for its turn in Metacontroller. */
const turnSeconds = 20

/**
 * Returns the status of a Tenant, and the first one while its objects are being created: that one says so already, and each count of them
 * would be a write. Some seconds after the last one was created, the next sync names what is missing. Anything else is reported at once.
 */
export function reportedStatus (input: StatusInput, context: SyncContext): TenantStatus {
  const status = statusOf(input, context)
  const since = pendingSince(input, context)
  if (since === undefined || !isProgressing(since, input, context) || !isCreating(status)) return status
  return firstStatus(input, context, new Date(since))
}

/** The time of the first status. The cache of Metacontroller may lack it, just after the namespace was created in the same sync. */
function pendingSince ({ decision }: StatusInput, { previous, observed }: SyncContext): string | undefined {
  const ready = readyCondition(previous)
  if (ready !== undefined) return ready.reason === 'NamespacePending' ? ready.lastTransitionTime : undefined
  return decision.kind === 'declare' ? createdAt(observed.children.get(identity(decision.desired.namespace))) : undefined
}

function isProgressing (since: string, { comparisons }: StatusInput, { now }: SyncContext): boolean {
  const existing = comparisons.flatMap(({ observed }) => observed ?? [])
  const last = Math.max(Date.parse(since), ...existing.map(object => Date.parse(createdAt(object) ?? '')).filter(Number.isFinite))
  const age = now.getTime() - last
  return age >= 0 && age < 1000 * (isNextStep(comparisons) ? turnSeconds : creationSeconds)
}

/** True where all objects exist that one sync creates. */
function isNextStep (comparisons: readonly Comparison[]): boolean {
  const isStepDone = comparisons.every(each => each.observed !== undefined || followsQuotas(each))
  return isStepDone || comparisons.every(({ observed }) => observed === undefined || isNamespace(observed))
}

const createdAt = (object: ObservedObject | undefined): string | undefined => object?.metadata.creationTimestamp

const whileCreating = ['NamespacePending', 'ObjectsPending', 'NamespacesNotReady']

/** There is no other condition, no drift, and nothing that needs a person. */
function isCreating ({ conditions = [], namespaces = [] }: TenantStatus): boolean {
  return conditions.every(({ type, reason }) => (type === 'Ready' || type === 'Reconciling') && whileCreating.includes(reason)) &&
    namespaces.every(({ drifted }) => drifted === undefined)
}

/** As when none of the objects existed. */
function firstStatus (input: StatusInput, context: SyncContext, now: Date): TenantStatus {
  const { further = noFurther } = input
  const comparisons = input.comparisons.map(({ manifest }): Comparison => ({ action: 'create', manifest, observed: undefined }))
  const rollingOut = new Set(comparisons.map(({ manifest }) => displayName(manifest)))
  const nothing = { ...context, observed: { ...context.observed, children: new Map() }, now }
  const first = { ...noFurther, namespaces: further.first }
  return statusOf({ ...input, comparisons, rollingOut, drift: new Map(), refused: new Map(), further: first }, nothing)
}
