import { fieldsAt, isFields, type Fields } from '../../kubernetes/json.ts'

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
      if (!Object.hasOwn(applied, field)) adopted[field] = present
    } else if (isFields(wanted) && isFields(present)) {
      adopted[field] = adoptUnmanagedFields(wanted, present, fieldsAt(applied, field))
    } else if (isNamed(wanted) && isNamed(present)) {
      adopted[field] = adoptUnmanagedItems(wanted, present, applied[field])
    }
  }
  return Object.fromEntries(Object.entries(adopted).filter(([, value]) => value !== undefined))
}

interface Named { name: string }

/**
 * Metacontroller merges lists by name where all items have one, and replaces all other lists. Two items with one name
 * (a Group added beside a User) merge into the last one twice: the list is left out once, and declared again after.
 */
function adoptUnmanagedItems (wanted: Named[], present: Named[], applied: unknown): Named[] | undefined {
  const names = (items: Named[]) => new Set(items.map(({ name }) => name))
  if (names(present).size < present.length) return undefined
  const known = new Set([...names(wanted), ...names(isNamed(applied) ? applied : [])])
  return [...wanted, ...present.filter(({ name }) => !known.has(name))]
}

function isNamed (value: unknown): value is Named[] {
  return Array.isArray(value) && value.every(item => isFields(item) && typeof item['name'] === 'string')
}
