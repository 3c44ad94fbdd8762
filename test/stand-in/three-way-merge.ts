import { isRecord } from '../cluster/api-error.ts'

type Fields = Record<string, unknown>

/** Merge keys of lists of objects; the first that all items have. By port, 53/UDP and 53/TCP are one item. */
const mergeKeys = ['containerPort', 'port', 'mountPath', 'name', 'uid', 'ip', 'path']

/**
 * Merges as dynamic-apply does: removes what was applied last and is no longer desired, sets what is desired, and keeps
 * what was never applied.
 *
 * Where the shapes differ, the observed one wins: a scalar that is desired for an observed object changes nothing, and
 * one for a list without a merge key gives null.
 */
export function merge (observed: unknown, lastApplied: unknown, desired: unknown): unknown {
  if (isRecord(observed)) return mergeObjects(observed, fieldsOf(lastApplied), fieldsOf(desired))
  if (Array.isArray(observed)) return mergeLists(observed, itemsOf(lastApplied), Array.isArray(desired) ? desired : null)
  return desired
}

function mergeObjects (observed: Fields, lastApplied: Fields, desired: Fields): Fields {
  const dropped = (key: string) => Object.hasOwn(lastApplied, key) && !Object.hasOwn(desired, key)
  return Object.fromEntries([
    ...Object.entries(observed).filter(([key]) => !dropped(key)),
    ...Object.entries(desired).map(([key, value]) => [key, merge(field(observed, key), field(lastApplied, key), value)])
  ])
}

function mergeLists (observed: unknown[], lastApplied: unknown[], desired: unknown[] | null): unknown {
  const all = [...observed, ...lastApplied, ...desired ?? []]
  if (!all.every(isRecord)) return desired
  const key = mergeKeys.find(name => all.length > 0 && all.every(item => Object.hasOwn(item, name)))
  return key === undefined ? desired : mergeAsMaps(key, observed, lastApplied, desired ?? [])
}

/** Of two items with one key the last replaces both, so the list contains it twice. */
function mergeAsMaps (key: string, observed: unknown[], lastApplied: unknown[], desired: unknown[]): unknown[] {
  const nameOf = (item: unknown) => String(fieldsOf(item)[key])
  const byName = (items: unknown[]): Fields => Object.fromEntries(items.map(item => [nameOf(item), item]))
  const merged = mergeObjects(byName(observed), byName(lastApplied), byName(desired))

  const kept = observed.map(nameOf).filter(name => Object.hasOwn(merged, name))
  const added = new Set(desired.map(nameOf).filter(name => !kept.includes(name)))
  return [...kept, ...added].map(name => merged[name])
}

function field (fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined
}

function fieldsOf (value: unknown): Fields {
  return isRecord(value) ? value : {}
}

function itemsOf (value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
