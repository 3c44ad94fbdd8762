import { fieldsAt, isFields, type Fields } from '../../kubernetes/json.ts'
import { mergeKeyOf } from '../../metacontroller/merged-lists.ts'

/**
 * dynamic-apply: returns the desired fields, and once each observed field that was neither desired nor applied.
 * Metacontroller then records it in its last-applied annotation without changing the object. In the next sync it is
 * recorded, so it is left out here, and Metacontroller removes it.
 */
export function adoptUnmanagedFields (desired: Fields, observed: Fields, applied: Fields): Fields {
  const adopted: Fields = { ...desired }
  for (const [field, present] of Object.entries(observed)) {
    const wanted = desired[field]
    if (!Object.hasOwn(desired, field)) {
      if (Object.hasOwn(applied, field)) continue
      adopted[field] = mergeKeyOf(present) === undefined ? present : adoptUnmanagedItems([], present as unknown[], [])
    } else if (isFields(wanted) && isFields(present)) {
      adopted[field] = adoptUnmanagedFields(wanted, present, fieldsAt(applied, field))
    } else if (Array.isArray(wanted) && Array.isArray(present)) {
      const recorded: unknown = applied[field]
      adopted[field] = adoptUnmanagedItems(wanted, present, Array.isArray(recorded) ? recorded : [])
    }
  }
  return adopted
}

/** To the merge, items with one key are one item, with the fields of the last of them. Other lists are replaced. */
export function adoptUnmanagedItems (desired: unknown[], observed: unknown[], applied: unknown[]): unknown[] {
  const key = mergeKeyOf(desired, observed, applied)
  if (key === undefined) return desired
  const named = (items: unknown[], { [key]: name }: Fields) => (items as Fields[]).filter(item => item[key] === name)
  const isUnmanaged = (item: Fields) =>
    named(desired, item).length === 0 && named(applied, item).length === 0 && named(observed, item)[0] === item
  return [...desired as Fields[], ...(observed as Fields[]).filter(isUnmanaged)]
    .map(item => withoutOtherFields(item, named(observed, item)))
}

/**
 * Declares the fields that an item must not have as empty, which the API server drops. Adopted for one sync, they could
 * make it invalid: a ServiceAccount in place of a User must not keep its apiGroup.
 */
function withoutOtherFields (item: Fields, observed: Fields[]): Fields {
  const others = observed.flatMap(Object.entries).filter(([field, value]) => !Object.hasOwn(item, field) && typeof value === 'string')
  return { ...item, ...Object.fromEntries(others.map(([field]) => [field, ''])) }
}
