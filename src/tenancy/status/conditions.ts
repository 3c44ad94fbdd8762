import type { Condition, ConditionType, Reason } from '../../api/condition.ts'
import { docsAddress } from '../../api/group.ts'
import { formatTime } from '../../kubernetes/time.ts'

export interface ConditionState {
  type: ConditionType
  status: 'True' | 'False'
  reason: Reason
  message: string
}

/** One longer message would make the API server refuse the whole status. */
const maxMessageLength = 8192

/**
 * Completes conditions for the status. The time of a condition changes only with its status or reason: one that
 * changed with the clock would make each sync a write, and each write a sync.
 */
export function conditionsSince (previous: readonly Condition[], states: ConditionState[], generation: number, now: Date): Condition[] {
  return states.map(state => {
    const before = previous.find(({ type }) => type === state.type)
    const isSame = before?.status === state.status && before.reason === state.reason
    return {
      ...state,
      message: withPage(state),
      lastTransitionTime: isSame ? before.lastTransitionTime : formatTime(now),
      observedGeneration: generation
    }
  })
}

/** Ends the message with the page of its reason. */
function withPage ({ reason, message }: ConditionState): string {
  const page = reason === 'UpToDate' ? '' : `. See ${docsAddress}/reference/reasons.md#${reason.toLowerCase()}`
  const space = maxMessageLength - page.length
  return (message.length <= space ? message : `${message.slice(0, space - 1)}…`) + page
}
