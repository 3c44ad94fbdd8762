import type { StructuralSchema } from './structural-schema.ts'

/**
 * A structural schema as JSON Schema, for checks without a cluster. Unknown fields are refused: the API server drops them, which is what nobody
 * who wrote one wants. What the API server alone can judge, CEL rules and list types, is left out.
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
  if (keyword === 'properties') return Object.fromEntries(Object.entries(value as Record<string, StructuralSchema>).map(([name, property]) => [name, jsonSchema(property)]))
  // Both hold a schema in a CRD, never `true`.
  if (keyword === 'items' || keyword === 'additionalProperties') return jsonSchema(value as StructuralSchema)
  return value
}
