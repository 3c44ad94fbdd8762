/** A JSON object of unknown shape. */
export type Fields = Record<string, unknown>

export function isFields (value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object at a field; empty where the field is absent or no object. */
export function fieldsAt (fields: Fields, field: string): Fields {
  const value = ownField(fields, field)
  return isFields(value) ? value : {}
}

/** The text or number at a field, as text; otherwise empty. `String` throws for an object with a field `toString`. */
export function textAt (fields: Fields, field: string): string {
  const value = ownField(fields, field)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** The objects of a list at a field; other entries are left out. */
export function listAt (fields: Fields, field: string): Fields[] {
  const value = ownField(fields, field)
  return Array.isArray(value) ? value.filter(isFields) : []
}

/** The number at a field, or another where it is absent or no number. */
export function numberAt (fields: Fields, field: string, otherwise: number): number {
  const value = ownField(fields, field)
  return typeof value === 'number' ? value : otherwise
}

/** Merges two objects recursively; elsewhere the second value wins. */
export function mergeFields (a: Fields, b: Fields): Fields {
  const common = Object.entries(b).map(([field, value]) => {
    const other = ownField(a, field)
    return [field, isFields(other) && isFields(value) ? mergeFields(other, value) : value]
  })
  return { ...a, ...Object.fromEntries(common) as Fields }
}

/** One field that differs between two objects. */
export interface Difference {
  path: string[]
  from: unknown
  to: unknown
}

/** Lists the fields that differ, sorted by path; a list counts as one field. */
export function differencesBetween (from: unknown, to: unknown, path: string[] = []): Difference[] {
  if (!isFields(from) || !isFields(to)) return isEqualJson(from, to) ? [] : [{ path, from, to }]
  const fields = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort()
  return fields.flatMap(field => differencesBetween(ownField(from, field), ownField(to, field), [...path, field]))
}

/** Freezes a JSON value with all in it, so that a value that requests share cannot change. */
export function deepFreeze<T> (value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze)
  return value
}

/** True for two equal JSON values, in whichever order their objects have fields. Loops, since each request compares all of its objects. */
export function isEqualJson (a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a)) return Array.isArray(b) && isEqualList(a, b)
  return isFields(a) && isFields(b) && isEqualObject(a, b)
}

function isEqualList (a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index++) if (!isEqualJson(a[index], b[index])) return false
  return true
}

function isEqualObject (a: Fields, b: Fields): boolean {
  const fields = Object.keys(a)
  if (fields.length !== Object.keys(b).length) return false
  for (const field of fields) if (!Object.hasOwn(b, field) || !isEqualJson(a[field], b[field])) return false
  return true
}

/** The field itself, never an inherited one: a quota may be called `constructor`. */
function ownField (fields: Fields, field: string): unknown {
  return Object.hasOwn(fields, field) ? fields[field] : undefined
}
