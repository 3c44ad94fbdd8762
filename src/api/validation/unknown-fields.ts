import { KindGuard, type TSchema } from '@sinclair/typebox'
import type { Violation } from './checker.ts'

/**
 * Lists fields that the schema does not have: mostly typing errors, which the API server drops silently for clients
 * without strict validation. Skips the content of `metadata`.
 */
export function unknownFields (schema: TSchema, value: unknown, path: Violation['path'] = []): Violation[] {
  if (KindGuard.IsArray(schema) && Array.isArray(value)) {
    return value.flatMap((item, index) => unknownFields(schema.items, item, [...path, index]))
  }
  if (typeof value !== 'object' || value === null) return []
  const fields = Object.entries(value)
  if (KindGuard.IsRecord(schema)) {
    const [values] = Object.values(schema.patternProperties)
    return values === undefined ? [] : fields.flatMap(([key, item]) => unknownFields(values, item, [...path, key]))
  }
  if (!KindGuard.IsObject(schema)) return []
  return fields.flatMap(([name, item]) => {
    const property = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined
    if (property === undefined) {
      return [{
        path: [...path, name],
        message: `unknown field. Existing fields: ${Object.keys(schema.properties).join(', ')}`
      }]
    }
    return path.length === 0 && name === 'metadata' ? [] : unknownFields(property, item, [...path, name])
  })
}
