import { KindGuard, type TSchema } from '@sinclair/typebox'
import { isObject, members, type Violation } from './checker.ts'

/**
 * Lists fields that the schema does not have: mostly typing errors, which the API server drops silently for clients
 * without strict validation. Skips the content of `metadata`.
 */
export function unknownFields (schema: TSchema, value: unknown, path: Violation['path'] = []): Violation[] {
  const known = KindGuard.IsObject(schema) ? Object.keys(schema.properties) : undefined
  const unknown = known === undefined || !isObject(value) ? [] : Object.keys(value).filter(name => !known.includes(name))
  const message = `unknown field. Existing fields: ${known?.join(', ') ?? ''}`
  const below = members(schema, value).filter(([step]) => path.length > 0 || step !== 'metadata')
  return [
    ...unknown.map(name => ({ path: [...path, name], message, rule: 'unknown-field' })),
    ...below.flatMap(([step, member, of]) => unknownFields(member, of, [...path, step]))
  ]
}
