/** A JSON object, of which nothing is known but that it is one. */
export type Fields = Record<string, unknown>

export function isFields (value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The fields below a field; none where it is absent or no object. */
export function fieldsAt (fields: Fields, field: string): Fields {
  const value = Object.hasOwn(fields, field) ? fields[field] : undefined
  return isFields(value) ? value : {}
}

/** The fields of both, and of what is an object in both again the fields of both; elsewhere the second one wins. */
export function united (a: Fields, b: Fields): Fields {
  const common = Object.entries(b).map(([field, value]) => {
    const other = a[field]
    return [field, isFields(other) && isFields(value) ? united(other, value) : value]
  })
  return { ...a, ...Object.fromEntries(common) }
}
