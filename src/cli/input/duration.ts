import { InputError } from './input-error.ts'

/** In milliseconds. Source: https://pkg.go.dev/time#ParseDuration */
const units: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Milliseconds of a duration in Go syntax, such as `90s`, `1h30m` or `500ms`; undefined for anything else. */
export function parseDuration (text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined
  return parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (units[unit] ?? 0), 0)
}

const max = 24 * 3_600_000

/**
 * Reads the duration of an option, in milliseconds. A number without a unit means seconds.
 * @throws InputError unless it is positive and at most a day
 */
export function durationOption (option: string, given: string): number {
  const milliseconds = parseDuration(/^[\d.]+$/.test(given) ? `${given}s` : given) ?? 0
  if (milliseconds > 0 && milliseconds <= max) return milliseconds
  throw new InputError(`${option} is not a duration of at most 24h: ${given}. Write it like 90s, 2m or 1h30m.`)
}
