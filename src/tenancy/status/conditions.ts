import type { Condition, ConditionType, Reason } from '../../api/condition.ts'
import { toSeconds } from '../../kubernetes/time.ts'

const longestMessage = 8192

export interface ConditionState {
  type: ConditionType
  status: 'True' | 'False'
  reason: Reason
  message: string
}

/**
 * Conditions as they go into the status. The time of a condition moves only with its status, reason or message: one that
 * moved with the clock would make each sync a write, and each write a sync.
 */
export function conditionsSince (previous: readonly Condition[], states: ConditionState[], generation: number, now: Date): Condition[] {
  return states.map(shortened).map(state => {
    const before = previous.find(({ type }) => type === state.type)
    return { ...state, lastTransitionTime: isSame(before, state) ? before.lastTransitionTime : toSeconds(now), observedGeneration: generation }
  })
}

/** One message that is too long would have the API server refuse the whole status. */
function shortened (state: ConditionState): ConditionState {
  const { message } = state
  return message.length <= longestMessage ? state : { ...state, message: `${message.slice(0, longestMessage - 1)}…` }
}

function isSame (before: Condition | undefined, state: ConditionState): before is Condition {
  return before !== undefined && before.status === state.status && before.reason === state.reason && before.message === state.message
}
