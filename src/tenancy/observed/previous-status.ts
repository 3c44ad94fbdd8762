import type { Condition } from '../../api/condition.ts'
import { ClassInForce } from '../../api/tenant-status.ts'
import { guardOf } from '../../api/validation/checker.ts'
import { isFields, textAt, type Fields } from '../../kubernetes/json.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'

/**
 * The last status. It is the memory of the controller: `drift` reads from it what is still rolling out, `correction` what
 * was reported already, `status` when a condition changed. Without it, which costs no object, everything counts as a
 * rollout until the next sync. Users may have written it, so unreadable parts count as absent.
 */
export interface PreviousStatus {
  generation: number | undefined
  class: ClassInForce | undefined
  version: string | undefined
  nextExpiry: string | undefined
  conditions: Condition[]
  namespaces: Map<string, PreviousNamespace>
}

export interface PreviousNamespace {
  phase: string | undefined
  missing: string[]
  drifted: string[]
  rollingOut: string[]
}

const isClassInForce = guardOf(ClassInForce)

export function readPreviousStatus ({ status }: ObservedObject): PreviousStatus {
  const { observedGeneration, class: inForce, version, nextExpiry, conditions, namespaces } = isFields(status) ? status : {}
  return {
    generation: typeof observedGeneration === 'number' ? observedGeneration : undefined,
    class: isClassInForce(inForce) ? inForce : undefined,
    version: typeof version === 'string' ? version : undefined,
    nextExpiry: typeof nextExpiry === 'string' ? nextExpiry : undefined,
    conditions: listOf(conditions).filter(isCondition),
    namespaces: new Map(listOf(namespaces).filter(isFields).map(namespace => [textAt(namespace, 'name'), previousNamespace(namespace)]))
  }
}

/** The last Ready condition. Its time is the one at which status or reason changed. */
export function readyCondition ({ conditions }: Pick<PreviousStatus, 'conditions'>): Condition | undefined {
  return conditions.find(({ type }) => type === 'Ready')
}

function previousNamespace ({ phase, missing, drifted, rollingOut }: Fields): PreviousNamespace {
  return {
    phase: typeof phase === 'string' ? phase : undefined,
    missing: listOf(missing).filter(isString),
    drifted: listOf(drifted).filter(isString),
    rollingOut: listOf(rollingOut).filter(isString)
  }
}

function isCondition (value: unknown): value is Condition {
  return isFields(value) && 'type' in value && typeof value['lastTransitionTime'] === 'string'
}

function isString (value: unknown): value is string {
  return typeof value === 'string'
}

function listOf (value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
