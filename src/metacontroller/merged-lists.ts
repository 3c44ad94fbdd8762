import { compareText } from '../kubernetes/compare-text.ts'
import { isFields, type Fields } from '../kubernetes/json.ts'

/**
 * dynamic-apply merges a list of objects as a map where all items have one of these fields, the first of them that fits.
 * The merge keeps the observed order and appends new items, so the order of such a list can never be declared.
 * Source: detectListMapKey in metacontroller/pkg/dynamic/apply
 */
const mergeKeys = ['containerPort', 'port', 'mountPath', 'name', 'uid', 'ip', 'path']

/** The field by which the items of all the lists are merged; undefined where the lists are replaced as a whole. */
export function mergeKeyOf (...lists: unknown[]): string | undefined {
  const items: unknown[] = lists.flat()
  if (items.length === 0 || !lists.every(Array.isArray) || !items.every(isFields)) return undefined
  return mergeKeys.find(key => items.every(item => Object.hasOwn(item, key)))
}

/** Sorts merged lists at any depth and removes duplicates. Lists within lists that are replaced keep their order. */
export function withoutListOrder (value: unknown): unknown {
  if (Array.isArray(value)) return mergeKeyOf(value) === undefined ? value : asSet(value as Fields[])
  return isFields(value) ? Object.fromEntries(Object.entries(value).map(([field, below]) => [field, withoutListOrder(below)])) : value
}

function asSet (items: readonly Fields[]): Fields[] {
  const byText = new Map(items.map(item => [JSON.stringify(Object.entries(item).sort(([a], [b]) => compareText(a, b))), item]))
  return [...byText].sort(([a], [b]) => compareText(a, b)).map(([, item]) => item)
}
