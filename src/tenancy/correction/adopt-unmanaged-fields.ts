import { fieldsAt, isFields, type Fields } from '../../kubernetes/json.ts'

/**
 * dynamic-apply: the declared fields, and each observed field that was neither declared nor applied, once and as it is. Metacontroller
 * writes it into its annotation without changing the object; when it is there it is left out here, and so removed.
 */
export function withForeignOnce (declared: Fields, observed: Fields, applied: Fields): Fields {
  const corrected: Fields = { ...declared }
  for (const [field, present] of Object.entries(observed)) {
    const wanted = declared[field]
    if (!Object.hasOwn(declared, field)) {
      if (!Object.hasOwn(applied, field)) corrected[field] = present
    } else if (isFields(wanted) && isFields(present)) {
      corrected[field] = withForeignOnce(wanted, present, fieldsAt(applied, field))
    } else if (isNamed(wanted) && isNamed(present)) {
      corrected[field] = withForeignItemsOnce(wanted, present, applied[field])
    }
  }
  return Object.fromEntries(Object.entries(corrected).filter(([, value]) => value !== undefined))
}

interface Named { name: string }

/**
 * Lists whose items all have a name are merged by it; all others are replaced, which heals them at once. Two items of one name (a Group
 * added beside a User called alike) merge into the last of them twice: the list is left out once, and comes back as declared.
 */
function withForeignItemsOnce (wanted: Named[], present: Named[], applied: unknown): Named[] | undefined {
  const names = (items: Named[]) => new Set(items.map(({ name }) => name))
  if (names(present).size < present.length) return undefined
  const known = new Set([...names(wanted), ...names(isNamed(applied) ? applied : [])])
  return [...wanted, ...present.filter(({ name }) => !known.has(name))]
}

function isNamed (value: unknown): value is Named[] {
  return Array.isArray(value) && value.every(item => isFields(item) && typeof item['name'] === 'string')
}
