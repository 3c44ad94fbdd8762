import { isRecord } from '../cluster/api-error.ts'

type Fields = Record<string, unknown>

/** The fields that make a list of objects a map, the first that all items have: 53/UDP and 53/TCP are one item if merged by port. */
const mergeKeys = ['containerPort', 'port', 'mountPath', 'name', 'uid', 'ip', 'path']

/**
 * What dynamic-apply makes of an observed value: what was applied last and is no longer desired goes, what is desired is set,
 * and what was never applied stays, whoever put it there.
 *
 * Where the shapes disagree the observed one wins: a scalar desired in place of an observed object changes nothing, and one in
 * place of a list that is no map gives null.
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

/** Of two items with one key the last stands for both: a list with such twins comes out with that one twice. */
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
