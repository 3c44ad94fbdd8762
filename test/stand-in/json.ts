import { isDeepStrictEqual } from 'node:util'
import { isRecord } from '../cluster/api-error.ts'

/** Compares JSON values; keys with the value undefined do not count, since JSON omits them. */
export function sameJson (left: unknown, right: unknown): boolean {
  return isDeepStrictEqual(written(left), written(right))
}

/**
 * Encodes a value as Go does: with sorted keys, and escaped for HTML. Metacontroller compares the last-applied
 * annotation as text, so it would rewrite each child of the stand-in if this differed.
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
  return Object.fromEntries(Object.entries(value)
    .flatMap(([key, field]) => field === undefined ? [] : [[key, written(field)]]))
}
