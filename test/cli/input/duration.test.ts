import { describe, expect, it } from 'vitest'
import { durationOption, parseDuration } from '../../../src/cli/input/duration.ts'
import { InputError } from '../../../src/cli/input/input-error.ts'

describe('parseDuration', () => {
  it.each([
    ['500ms', 500], ['10s', 10_000], ['1m30s', 90_000], ['1h30m', 5_400_000], ['1.5h', 5_400_000], ['.5s', 500], ['20us', 0.02]
  ])('%s is %d ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds)
  })

  it.each(['', '10', 'soon', '10s!', '1h 30m', '-1s'])('%j is not a duration', text => {
    expect(parseDuration(text)).toBeUndefined()
  })
})

describe('durationOption', () => {
  it.each([['90', 90_000], ['1.5', 1_500], ['60s', 60_000], ['2m', 120_000], ['24h', 86_400_000]])('reads %s as %i ms', (given, milliseconds) => {
    expect(durationOption('--timeout', given)).toBe(milliseconds)
  })

  it.each(['', '0s', '-1', '25h', '60 s', '2000m', 'soon', '1.5.0'])('refuses %j', given => {
    expect(() => durationOption('--timeout', given))
      .toThrow(new InputError(`--timeout is not a duration of at most 24h: ${given}. Write it like 90s, 2m or 1h30m.`))
  })
})
