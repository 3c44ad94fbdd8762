import { KindGuard, type TObject, type TSchema, type TUnion } from '@sinclair/typebox'

/** An OpenAPI v3 schema in the subset that CustomResourceDefinitions take. */
export type StructuralSchema = Record<string, unknown>

const keptKeywords = [
  'description', 'default', 'format', 'pattern', 'minLength', 'maxLength', 'minimum', 'maximum',
  'minItems', 'maxItems', 'minProperties', 'maxProperties'
]

/**
 * A TypeBox schema as a structural schema. What has no structural form is an error that names the path, so that a
 * CRD never promises less than the types do.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
export function structuralSchema (schema: TSchema, path = '$'): StructuralSchema {
  return { ...shape(schema, path), ...annotations(schema) }
}

function annotations (schema: TSchema): StructuralSchema {
  return Object.fromEntries(Object.entries(schema)
    .filter(([keyword]) => keptKeywords.includes(keyword) || keyword.startsWith('x-kubernetes-')))
}

function shape (schema: TSchema, path: string): StructuralSchema {
  if (schema['x-kubernetes-int-or-string'] === true) return {}
  if (KindGuard.IsObject(schema)) return objectShape(schema, path)
  if (KindGuard.IsRecord(schema)) return recordShape(schema, path)
  if (KindGuard.IsArray(schema)) return { type: 'array', items: structuralSchema(schema.items, `${path}[]`) }
  if (KindGuard.IsUnion(schema)) return enumShape(schema, path)
  if (KindGuard.IsLiteralString(schema)) return { type: 'string', enum: [schema.const] }
  if (KindGuard.IsString(schema)) return { type: 'string' }
  if (KindGuard.IsInteger(schema)) return { type: 'integer' }
  if (KindGuard.IsBoolean(schema)) return { type: 'boolean' }
  throw new TypeError(`${path}: a schema of this kind has no structural form`)
}

function objectShape (schema: TObject, path: string): StructuralSchema {
  const properties = Object.entries(schema.properties)
  // A property with a default is filled before validation, so its author may leave it out.
  const required = (schema.required ?? []).filter(name => schema.properties[name]?.default === undefined)
  return {
    type: 'object',
    properties: Object.fromEntries(properties.map(([name, property]) => [name, structuralSchema(property, `${path}.${name}`)])),
    ...(required.length > 0 && { required })
  }
}

function recordShape (schema: TSchema & { patternProperties: Record<string, TSchema> }, path: string): StructuralSchema {
  const [values, ...more] = Object.values(schema.patternProperties)
  if (values === undefined || more.length > 0) throw new TypeError(`${path}: a record has exactly one schema for its values`)
  return { type: 'object', additionalProperties: structuralSchema(values, `${path}.*`) }
}

function enumShape (schema: TUnion, path: string): StructuralSchema {
  const values = schema.anyOf.map(member => {
    if (KindGuard.IsLiteralString(member)) return member.const
    throw new TypeError(`${path}: only a union of strings has a structural form`)
  })
  return { type: 'string', enum: values }
}
