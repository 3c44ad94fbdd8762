import type { Reason } from '../../api/condition.ts'
import { mostNames, type NamespaceStatus, type TenantPhase, type TenantStatus } from '../../api/tenant-status.ts'
import { maxNamespaceNameLength } from '../../api/tenant.ts'
import { conditionsSince, type ConditionState } from './conditions.ts'
import type { Decision, ObservedTenant } from '../decide.ts'
import { cordonedState } from './cordoned.ts'
import type { DesiredNamespace } from '../desired/desired-state.ts'
import type { Expiries } from '../subjects/expiry.ts'
import { lastCorrected } from '../correction/correction-annotation.ts'
import { listed } from './shorten-list.ts'
import { displayName, identity, isTerminating, type Observed, type ObservedObject } from '../../kubernetes/object.ts'
import { foreignChildren, type Owner } from '../observed/ownership.ts'
import type { PreviousStatus } from '../observed/previous-status.ts'
import { progressOf } from './progress.ts'
import { readinessOf, type Comparison, type Readiness } from '../drift/comparison.ts'

export interface StatusInput {
  tenant: ObservedTenant
  owner: Owner
  decision: Decision
  observed: Observed
  previous: PreviousStatus
  /** Of what is declared; none while held. */
  comparisons: readonly Comparison[]
  rollingOut: ReadonlySet<string>
  expiries: Expiries
  /** Of k8s-mtp. */
  version: string
  now: Date
}

/** Everything of the status but `observedGeneration` of the whole, which Metacontroller puts in. */
export function statusOf (input: StatusInput): TenantStatus {
  const { tenant, owner, decision, observed, previous, expiries, now } = input
  const { phase, conditions, namespaces, declaredBy } = decision.kind === 'declare' ? declaredState(decision, input) : heldState(decision, input)
  const foreign = foreignChildren(owner, observed, decision.kind === 'declare' ? identitiesIn(decision.desired) : undefined)
  const corrected = lastCorrected(owner, observed, now)
  return {
    observedGeneration: tenant.metadata.generation,
    phase,
    ...declaredBy,
    ...(namespaces.length > 0 && { namespaces }),
    ...(corrected.length > 0 && { corrected }),
    ...(expiries.next !== undefined && { nextExpiry: expiries.next }),
    ...(expiries.expired.length > 0 && { expired: expiries.expired }),
    conditions: conditionsSince(previous.conditions, [...conditions, ...foreignObjects(foreign), ...cordonedState(owner, observed)], tenant.metadata.generation, now)
  }
}

interface State {
  phase: TenantPhase
  conditions: ConditionState[]
  namespaces: NamespaceStatus[]
  /** By which class and version the Tenant is what it is. */
  declaredBy: Pick<TenantStatus, 'class' | 'version'>
}

function declaredState ({ desired, class: inForce }: Decision & { kind: 'declare' }, { comparisons, rollingOut, previous, observed, version, now }: StatusInput): State {
  const readiness = readinessOf(comparisons)
  const { reason, message, needsSomebody } = progressOf(desired, readiness, previous.conditions, now)
  const ready = reason === 'UpToDate'
  return {
    phase: ready ? 'Active' : 'Provisioning',
    conditions: ready ? [condition('Ready', 'True', reason, message)] : unready(needsSomebody ? 'Stalled' : 'Reconciling', reason, message),
    namespaces: [namespaceStatus(desired, readiness, rollingOut, observed)],
    declaredBy: { class: inForce, version }
  }
}

function namespaceStatus ({ namespace }: DesiredNamespace, { objects, missing, drifted }: Readiness, rollingOut: ReadonlySet<string>, { children }: Observed): NamespaceStatus {
  const present = children.has(identity(namespace))
  // As many as the CRD takes; `objects` says how many there are.
  const most = (names: Iterable<string>) => [...names].slice(0, mostNames)
  return {
    name: namespace.metadata.name,
    phase: present ? 'Active' : 'Pending',
    ready: missing.length === 0 && drifted.length === 0,
    objects: `${objects - missing.length - drifted.length}/${objects}`,
    ...(missing.length > 0 && { missing: present ? most(missing) : [displayName(namespace)] }),
    ...(drifted.length > 0 && { drifted: most(drifted) }),
    ...(rollingOut.size > 0 && { rollingOut: most(rollingOut) })
  }
}

const heldPhases = { Paused: 'Paused', Terminating: 'Terminating', Waiting: 'Provisioning', Problems: 'Blocked' } as const

function heldState ({ because, problems }: Decision & { kind: 'hold' }, { owner, observed, previous }: StatusInput): State {
  const reason = problems[0].reason
  const message = listed(problems.map(problem => problem.message), '; ')
  return {
    phase: heldPhases[because],
    conditions: heldConditions(because, reason, message),
    // The CRD takes no name that no namespace can have, and would refuse the whole status.
    namespaces: owner.namespace === undefined || owner.namespace.length > maxNamespaceNameLength ? [] : [{ name: owner.namespace, phase: heldNamespacePhase(owner.namespace, reason, observed), ready: false }],
    // What is declared after a hold is a roll-out; but a namespace that is deleted under a Tenant is missed.
    declaredBy: reason === 'NamespaceTerminating' ? declaredBefore(previous) : {}
  }
}

function declaredBefore ({ class: inForce, version }: PreviousStatus): State['declaredBy'] {
  return { ...(inForce !== undefined && { class: inForce }), ...(version !== undefined && { version }) }
}

/** Paused is neither an error nor under way: kstatus reads it from Ready alone. */
function heldConditions (because: (Decision & { kind: 'hold' })['because'], reason: Reason, message: string): ConditionState[] {
  if (because === 'Paused') return [condition('Ready', 'False', reason, message)]
  return unready(because === 'Problems' ? 'Stalled' : 'Reconciling', reason, message)
}

function heldNamespacePhase (name: string, reason: Reason, { children, namespaces }: Observed): NamespaceStatus['phase'] {
  if (reason === 'NamespaceConflict') return 'Conflict'
  const namespace = children.get(identity({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })) ?? namespaces?.get(name)
  if (namespace === undefined) return 'Pending'
  return isTerminating(namespace) ? 'Terminating' : 'Active'
}

function foreignObjects (foreign: ObservedObject[]): ConditionState[] {
  if (foreign.length === 0) return []
  const list = foreign.map(object => displayName(object) + (object.metadata.namespace === undefined ? '' : ` in ${object.metadata.namespace}`)).sort()
  return [condition('UnmanagedObjects', 'True', 'UnmanagedObjects',
    `not made by this Tenant, yet owned by it through the label controller-uid: ${listed(list)}. They are kept, but would go with the Tenant. To give one back: kubectl -n NAMESPACE label KIND NAME controller-uid-`)]
}

function identitiesIn ({ namespace, contents }: DesiredNamespace): Set<string> {
  return new Set([namespace, ...contents].map(identity))
}

function unready (type: 'Reconciling' | 'Stalled', reason: Reason, message: string): ConditionState[] {
  return [condition('Ready', 'False', reason, message), condition(type, 'True', reason, message)]
}

function condition (type: ConditionState['type'], status: ConditionState['status'], reason: Reason, message: string): ConditionState {
  return { type, status, reason, message }
}
