import { InputError } from './input-error.ts'

/** In milliseconds. */
const units: Record<string, number> = { '': 1000, s: 1000, m: 60_000 }

/**
 * Milliseconds of `90s`, `2m`, or of a number alone, which means seconds.
 * @throws InputError where it is none of these, or more than a day
 */
export function durationMilliseconds (option: string, given: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([sm]?)$/.exec(given) ?? []
  const milliseconds = Number(number) * (units[unit] ?? NaN)
  if (!(milliseconds > 0 && milliseconds <= 86_400_000)) throw new InputError(`${option} is a time such as 60s or 2m, and a day at most, not ${given}`)
  return milliseconds
}
