import type { Condition, Reason } from '../api/conditions.ts'
import type { NamespaceStatus, TenantPhase, TenantStatus } from '../api/tenant-status.ts'
import { maxNamespaceNameLength } from '../api/tenant.ts'
import { conditionsSince, type ConditionState } from './conditions.ts'
import type { Decision, ObservedTenant } from './decision.ts'
import type { DesiredNamespace } from './desired-state.ts'
import { listed } from './listed.ts'
import { displayName, identity, isTerminating, type Observed, type ObservedObject } from './observed.ts'
import { foreignChildren, type Owner } from './ownership.ts'
import { progressOf } from './progress.ts'
import { readinessOf, type Readiness } from './readiness.ts'

export interface StatusInput {
  tenant: ObservedTenant
  owner: Owner
  decision: Decision
  observed: Observed
  now: Date
}

/** Everything of the status but `observedGeneration` of the whole, which Metacontroller puts in. */
export function statusOf ({ tenant, owner, decision, observed, now }: StatusInput): TenantStatus {
  const previous = previousConditions(tenant)
  const { phase, conditions, namespaces } = decision.kind === 'declare'
    ? declaredState(decision.desired, observed, previous, now)
    : heldState(decision, owner, observed)
  const foreign = foreignChildren(owner, observed, decision.kind === 'declare' ? identitiesIn(decision.desired) : undefined)
  return {
    observedGeneration: tenant.metadata.generation,
    phase,
    ...(namespaces.length > 0 && { namespaces }),
    conditions: conditionsSince(previous, [...conditions, ...foreignObjects(foreign)], tenant.metadata.generation, now)
  }
}

interface State {
  phase: TenantPhase
  conditions: ConditionState[]
  namespaces: NamespaceStatus[]
}

function declaredState (desired: DesiredNamespace, observed: Observed, previous: Condition[], now: Date): State {
  const readiness = readinessOf(desired, observed)
  const { reason, message, needsSomebody } = progressOf(desired, readiness, previous, now)
  const ready = reason === 'AsDeclared'
  return {
    phase: ready ? 'Active' : 'Provisioning',
    conditions: ready ? [condition('Ready', 'True', reason, message)] : unready(needsSomebody ? 'Stalled' : 'Reconciling', reason, message),
    namespaces: [namespaceStatus(desired, readiness, observed)]
  }
}

/** As many as the CRD takes; `objects` says how many there are. */
const mostNames = 256

function namespaceStatus ({ namespace }: DesiredNamespace, { objects, missing, drifted }: Readiness, { children }: Observed): NamespaceStatus {
  const present = children.has(identity(namespace))
  return {
    name: namespace.metadata.name,
    phase: present ? 'Active' : 'Pending',
    ready: missing.length === 0 && drifted.length === 0,
    objects: `${objects - missing.length - drifted.length}/${objects}`,
    ...(missing.length > 0 && { missing: present ? missing.slice(0, mostNames) : [displayName(namespace)] }),
    ...(drifted.length > 0 && { drifted: drifted.slice(0, mostNames) })
  }
}

const heldPhases = { Paused: 'Paused', Terminating: 'Terminating', Waiting: 'Provisioning', Problems: 'Held' } as const

function heldState ({ because, problems }: Decision & { kind: 'hold' }, owner: Owner, observed: Observed): State {
  const reason = problems[0].reason
  const message = listed(problems.map(problem => problem.message), '; ')
  return {
    phase: heldPhases[because],
    conditions: heldConditions(because, reason, message),
    // The CRD takes no name that no namespace can have, and would refuse the whole status.
    namespaces: owner.namespace === undefined || owner.namespace.length > maxNamespaceNameLength ? [] : [{ name: owner.namespace, phase: heldNamespacePhase(owner.namespace, reason, observed), ready: false }]
  }
}

/** Paused is neither an error nor under way: kstatus reads it from Ready alone. */
function heldConditions (because: (Decision & { kind: 'hold' })['because'], reason: Reason, message: string): ConditionState[] {
  if (because === 'Paused') return [condition('Ready', 'False', reason, message)]
  return unready(because === 'Problems' ? 'Stalled' : 'Reconciling', reason, message)
}

function heldNamespacePhase (name: string, reason: Reason, { children, namespaces }: Observed): NamespaceStatus['phase'] {
  if (reason === 'NamespaceTaken') return 'Taken'
  const namespace = children.get(identity({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })) ?? namespaces?.get(name)
  if (namespace === undefined) return 'Pending'
  return isTerminating(namespace) ? 'Terminating' : 'Active'
}

function foreignObjects (foreign: ObservedObject[]): ConditionState[] {
  if (foreign.length === 0) return []
  const list = foreign.map(object => displayName(object) + (object.metadata.namespace === undefined ? '' : ` in ${object.metadata.namespace}`)).sort()
  return [condition('ForeignObjects', 'True', 'ForeignObjects',
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

function previousConditions ({ status }: ObservedTenant): Condition[] {
  const conditions = typeof status === 'object' && status !== null && 'conditions' in status ? status.conditions : undefined
  return Array.isArray(conditions) ? conditions.filter(isCondition) : []
}

function isCondition (value: unknown): value is Condition {
  return typeof value === 'object' && value !== null && 'type' in value && 'lastTransitionTime' in value && typeof value.lastTransitionTime === 'string'
}
