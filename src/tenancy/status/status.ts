import type { Reason } from '../../api/condition.ts'
import { maxNames, type NamespaceStatus, type TenantPhase, type TenantStatus } from '../../api/tenant-status.ts'
import { maxNamespaceNameLength } from '../../api/tenant.ts'
import { displayName, identity, isTerminating, namespaceIdentity, type ObservedObject } from '../../kubernetes/object.ts'
import type { Decision, Declare } from '../decision/decide.ts'
import type { Hold } from '../decision/hold.ts'
import type { Comparison } from '../drift/comparison.ts'
import type { Drift } from '../drift/detected-drift.ts'
import type { RefusedRoles } from '../drift/refused-roles.ts'
import { lastCorrected } from '../observed/correction-record.ts'
import { unmanagedChildren } from '../observed/ownership.ts'
import type { PreviousStatus } from '../observed/previous-status.ts'
import type { SyncContext } from '../observed/sync-context.ts'
import type { Problem } from '../policy/problem.ts'
import type { Expiry } from '../subjects/expiry.ts'
import { conditionsSince, type ConditionState } from './conditions.ts'
import { cordonedCondition } from './cordoned.ts'
import { quotaExceededCondition } from './exceeded-quotas.ts'
import { noFurther, type FurtherStatus } from './further-status.ts'
import { reasonAndMessage } from './namespace-message.ts'
import { progressOf, type Progress } from './progress.ts'
import { readinessOf, type Readiness } from './readiness.ts'
import { shortenList } from './shorten-list.ts'

export interface StatusInput {
  decision: Decision
  /** Empty on hold. */
  comparisons: readonly Comparison[]
  rollingOut: ReadonlySet<string>
  drift: Drift
  refused: RefusedRoles
  expiry: Expiry
  /** Default: the namespace is the only one. */
  further?: FurtherStatus
}

/** Returns the whole status: Metacontroller replaces the last one by it. */
export function statusOf (input: StatusInput, context: SyncContext): TenantStatus {
  const { parent: { metadata: { generation } }, tenant, observed, previous, now } = context
  const { decision, comparisons, expiry, further = noFurther } = input
  const isDeclared = decision.kind === 'declare'
  const { phase, conditions, namespaces, declaredBy } = isDeclared ? declaredState(decision, input, context) : holdState(decision, context)
  const desired = isDeclared ? new Set(comparisons.map(({ manifest }) => identity(manifest))) : undefined
  const unmanaged = unmanagedCondition(unmanagedChildren(tenant, observed, desired))
  const beside = [...unmanaged, ...quotaExceededCondition(context), ...cordonedCondition(context), ...further.conditions]
  const corrected = lastCorrected(tenant, observed, now)
  return {
    observedGeneration: generation,
    phase,
    ...declaredBy,
    ...(namespaces.length + further.namespaces.length > 0 && { namespaces: [...namespaces, ...further.namespaces] }),
    ...(corrected.length > 0 && { corrected }),
    ...(expiry.next !== undefined && { nextExpiry: expiry.next }),
    ...(expiry.expired.length > 0 && { expired: expiry.expired }),
    conditions: conditionsSince(previous.conditions, [...conditions, ...beside], generation, now)
  }
}

interface State {
  phase: TenantPhase
  conditions: ConditionState[]
  namespaces: NamespaceStatus[]
  /** The class and version that the objects come from. */
  declaredBy: Pick<TenantStatus, 'class' | 'version'>
}

function declaredState (decision: Declare, input: StatusInput, context: SyncContext): State {
  const { comparisons, rollingOut, drift, refused, further = noFurther } = input
  const readiness = readinessOf(comparisons, rollingOut, drift)
  const own = withProblem(progressOf({ decision, comparisons, readiness, refused }, context), decision)
  const { reason, message, stalled } = own.reason === 'UpToDate' ? further.progress ?? own : own
  const isReady = reason === 'UpToDate'
  return {
    phase: isReady ? 'Active' : reason === 'NamespacesNotReady' && stalled !== undefined ? 'Blocked' : 'Provisioning',
    conditions: isReady ? [condition('Ready', 'True', reason, message)] : notReady(reason, message, stalled),
    namespaces: [namespaceStatus(decision, { readiness, rollingOut, progress: own }, context)],
    declaredBy: { class: decision.class, version: context.version }
  }
}

function withProblem (progress: Progress, { problem }: Declare): Progress {
  return progress.reason === 'UpToDate' && problem !== undefined ? { ...problem, stalled: problem } : progress
}

function namespaceStatus (
  { desired: { namespace }, class: { name: className }, problem }: Declare,
  { readiness, rollingOut, progress }: { readiness: Readiness, rollingOut: ReadonlySet<string>, progress: Progress },
  { observed }: SyncContext
): NamespaceStatus {
  const { objects, upToDate, missing, drifted } = readiness
  const exists = observed.children.has(identity(namespace))
  const isReady = upToDate === objects && problem === undefined
  // As many as the CRD takes; `objects` has the count.
  const bounded = (names: Iterable<string>) => [...names].slice(0, maxNames)
  return {
    name: namespace.metadata.name,
    className,
    phase: exists ? 'Active' : 'Pending',
    ready: isReady,
    ...reasonAndMessage(progress, isReady),
    objects: `${upToDate}/${objects}`,
    ...(missing.length > 0 && { missing: exists ? bounded(missing) : [displayName(namespace)] }),
    ...(drifted.length > 0 && { drifted: bounded(drifted) }),
    ...(rollingOut.size > 0 && { rollingOut: bounded(rollingOut) })
  }
}

function holdState ({ phase, problems }: Hold, { tenant: { namespace, className }, observed, previous }: SyncContext): State {
  const [{ reason }] = problems
  const message = shortenList(problems.map(problem => problem.message), '; ')
  // The CRD refuses the whole status for a name that no namespace can have.
  const canExist = namespace !== undefined && namespace.length <= maxNamespaceNameLength
  return {
    phase,
    conditions: holdConditions(phase, reason, message),
    namespaces: canExist
      ? [{
          name: namespace,
          ...(className !== undefined && { className }),
          phase: holdNamespacePhase(namespace, reason, observed),
          ready: false,
          ...reasonAndMessage({ reason, message }, false)
        }]
      : [],
    // After a hold everything is a rollout; but a deleted namespace is drift, and is reported as that.
    declaredBy: reason === 'NamespaceTerminating' ? declaredBefore(previous) : {}
  }
}

function declaredBefore ({ class: inForce, version }: PreviousStatus): State['declaredBy'] {
  return { ...(inForce !== undefined && { class: inForce }), ...(version !== undefined && { version }) }
}

/** Paused is neither an error nor progress: kstatus reads it from Ready alone. */
function holdConditions (phase: Hold['phase'], reason: Reason, message: string): ConditionState[] {
  if (phase === 'Paused') return [condition('Ready', 'False', reason, message)]
  return notReady(reason, message, phase === 'Blocked' ? { reason, message } : undefined)
}

function holdNamespacePhase (name: string, reason: Reason, { children, namespaces }: SyncContext['observed']): NamespaceStatus['phase'] {
  if (reason === 'NamespaceConflict') return 'Conflict'
  const namespace = children.get(namespaceIdentity(name)) ?? namespaces.get(name)
  if (namespace === undefined) return 'Pending'
  return isTerminating(namespace) ? 'Terminating' : 'Active'
}

function unmanagedCondition (unmanaged: readonly ObservedObject[]): ConditionState[] {
  if (unmanaged.length === 0) return []
  const names = unmanaged.map(object =>
    displayName(object) + (object.metadata.namespace === undefined ? '' : ` in ${object.metadata.namespace}`)).sort()
  return [condition('UnmanagedObjects', 'True', 'UnmanagedObjects',
    `owned by this Tenant through the label controller-uid, but not produced by it: ${shortenList(names)}. ` +
    'They are kept now, and may be deleted with the Tenant. To release one, as a member of a break-glass group: ' +
    'kubectl -n NAMESPACE label KIND NAME controller-uid- (without -n for a namespace)')]
}

function notReady (reason: Reason, message: string, stalled: Problem | undefined): ConditionState[] {
  const beside = stalled === undefined
    ? condition('Reconciling', 'True', reason, message)
    : condition('Stalled', 'True', stalled.reason, stalled.message)
  return [condition('Ready', 'False', reason, message), beside]
}

function condition (type: ConditionState['type'], status: ConditionState['status'], reason: Reason, message: string): ConditionState {
  return { type, status, reason, message }
}
