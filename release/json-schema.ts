import type { StructuralSchema } from '../src/crd/structural-schema.ts'

/**
 * Converts a structural schema to JSON Schema, for checks without a cluster. It refuses unknown fields, which the API
 * server drops silently, and leaves out CEL rules and list types, which only the API server evaluates.
 */
export function jsonSchema (schema: StructuralSchema): Record<string, unknown> {
  const kept = Object.entries(schema).filter(([keyword]) => !keyword.startsWith('x-kubernetes-'))
  return {
    ...Object.fromEntries(kept.map(([keyword, value]) => [keyword, nested(keyword, value)])),
    ...(schema['x-kubernetes-int-or-string'] === true && { type: ['integer', 'string'] }),
    ...('properties' in schema && { additionalProperties: false })
  }
}

function nested (keyword: string, value: unknown): unknown {
  if (keyword === 'properties') {
    const properties = Object.entries(value as Record<string, StructuralSchema>)
    return Object.fromEntries(properties.map(([name, property]) => [name, jsonSchema(property)]))
  }
  // Both hold a schema in a CRD, never `true`.
  if (keyword === 'items' || keyword === 'additionalProperties') return jsonSchema(value as StructuralSchema)
  return value
}
