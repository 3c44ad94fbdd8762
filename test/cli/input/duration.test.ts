import { describe, expect, it } from 'vitest'
import { durationMilliseconds } from '../../../src/cli/input/duration.ts'
import { InputError } from '../../../src/cli/input/input-error.ts'

describe('a duration', () => {
  it.each([['90', 90_000], ['60s', 60_000], ['1.5s', 1_500], ['2m', 120_000]])('%s is %i ms', (given, milliseconds) => {
    expect(durationMilliseconds('--timeout', given)).toBe(milliseconds)
  })

  it.each(['', '0s', '-1', '1h', '60 s', '2000m', 'soon'])('%j is none', given => {
    expect(() => durationMilliseconds('--timeout', given)).toThrow(new InputError(`--timeout is a time such as 60s or 2m, and a day at most, not ${given}`))
  })
})
