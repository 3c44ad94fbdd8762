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
