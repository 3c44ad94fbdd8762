import type { Condition } from '../api/condition.ts'
import { fieldsAt, listAt, textAt } from './json.ts'
import type { KubernetesObject } from './object.ts'

/** Reads the conditions of an object of any shape. */
export function conditionsOf (object: KubernetesObject): Condition[] {
  return listAt(fieldsAt({ ...object }, 'status'), 'conditions').map(condition => ({
    type: textAt(condition, 'type'),
    status: textAt(condition, 'status') as Condition['status'],
    reason: textAt(condition, 'reason'),
    message: textAt(condition, 'message'),
    lastTransitionTime: textAt(condition, 'lastTransitionTime')
  }))
}

export function conditionOf (object: KubernetesObject, type: string): Condition | undefined {
  return conditionsOf(object).find(condition => condition.type === type)
}
