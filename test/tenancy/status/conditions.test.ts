import { describe, expect, it } from 'vitest'
import type { Condition } from '../../../src/api/condition.ts'
import { conditionsSince, type ConditionState } from '../../../src/tenancy/status/conditions.ts'
import { now } from '../../support/requests.ts'

const earlier = '2026-11-22T11:00:00Z'
const state: ConditionState = { type: 'Ready', status: 'False', reason: 'DriftDetected', message: 'correcting drift' }
const before: Condition = {
  ...state,
  message: 'an earlier message',
  lastTransitionTime: earlier,
  observedGeneration: 1
}
const page = '. See https://github.com/k8s-mtp/k8s-mtp/blob/main/docs/reference/reasons.md#driftdetected'

const timeOf = (previous: Condition[], change: Partial<ConditionState> = {}) =>
  conditionsSince(previous, [{ ...state, ...change }], 2, now)[0]?.lastTransitionTime

describe('the time of a condition', () => {
  it.each<[string, Condition[], Partial<ConditionState>, string]>([
    ['is now where there was none', [], {}, '2026-11-22T12:00:00Z'],
    ['stays while status and reason stay, whatever the message', [before], {}, earlier],
    ['changes with the reason', [before], { reason: 'ObjectsMissing' }, '2026-11-22T12:00:00Z'],
    ['changes with the status', [before], { status: 'True' }, '2026-11-22T12:00:00Z'],
    [
      'is that of the same type',
      [{ ...before, type: 'Stalled', lastTransitionTime: '2026-11-22T10:00:00Z' }, before],
      {},
      earlier
    ],
    ['is now where only another type was there', [{ ...before, type: 'Stalled' }], {}, '2026-11-22T12:00:00Z']
  ])('%s', (_, previous, change, expected) => {
    expect(timeOf(previous, change)).toBe(expected)
  })

  it('is to the second', () => {
    expect(conditionsSince([], [state], 2, new Date('2026-11-22T12:00:00.999Z'))[0]?.lastTransitionTime)
      .toBe('2026-11-22T12:00:00Z')
  })
})

describe('conditions', () => {
  it('are those that are true now, with the generation that they are about', () => {
    expect(conditionsSince([{ ...before, type: 'Cordoned' }], [state], 2, now)).toEqual([
      {
        ...state,
        message: `correcting drift${page}`,
        lastTransitionTime: '2026-11-22T12:00:00Z',
        observedGeneration: 2
      }
    ])
  })

  it('are empty without states', () => {
    expect(conditionsSince([before], [], 2, now)).toEqual([])
  })
})

describe('the message of a condition', () => {
  const messageOf = (message: string, reason: ConditionState['reason'] = 'DriftDetected') =>
    conditionsSince([], [{ ...state, reason, message }], 1, now)[0]?.message ?? ''

  it('ends with the page of its reason, except where nothing has to be done', () => {
    expect(messageOf('x')).toBe(`x${page}`)
    expect(messageOf('x', 'UpToDate')).toBe('x')
  })

  it.each([
    ['keeps a message that fits with its page', 8192 - page.length, 'x'.repeat(8192 - page.length)],
    ['cuts a longer message, and keeps the page', 8193 - page.length, `${'x'.repeat(8191 - page.length)}…`]
  ])('%s', (_, length, expected) => {
    const message = messageOf('x'.repeat(length))
    expect(message).toBe(expected + page)
    expect(message).toHaveLength(8192)
  })
})

it('cuts a long message, and keeps the page of its reason', () => {
  const [condition] = conditionsSince([], [{ ...state, message: 'x'.repeat(10_000) }], 2, now)
  expect(condition?.message).toHaveLength(8192)
  expect(condition?.message).toMatch(/^x+…\. See https:/)
})
