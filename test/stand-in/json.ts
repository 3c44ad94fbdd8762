import { isDeepStrictEqual } from 'node:util'
import { isRecord } from '../cluster/api-error.ts'

/** Equality of JSON values; keys whose value is undefined do not count, as they are not written. */
export function sameJson (left: unknown, right: unknown): boolean {
  return isDeepStrictEqual(written(left), written(right))
}

/**
 * The text that Go's encoder makes of a value: keys sorted, and what is special in HTML escaped. The last-applied annotation is
 * compared as text, so that an engine that is exchanged for the other would rewrite every child if this differed.
 */
export function goJson (value: unknown): string {
  return JSON.stringify(sorted(value)).replace(/[<>&\u2028\u2029]/g, character =>
    '\\u' + character.charCodeAt(0).toString(16).padStart(4, '0'))
}

function sorted (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.keys(value).sort().map(key => [key, sorted(value[key])]))
}

function written (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(written)
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).flatMap(([key, field]) => field === undefined ? [] : [[key, written(field)]]))
}
