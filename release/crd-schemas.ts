import type { StructuralSchema } from '../src/crd/structural-schema.ts'

/** A schema file, by the path that kubeconform looks for it under: `{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json`. */
export interface SchemaFile { path: string, schema: Record<string, unknown> }

interface Definition {
  spec: { group: string, names: { kind: string }, versions: Array<{ name: string, schema: { openAPIV3Schema: StructuralSchema } }> }
}

/** What each kind of a CustomResourceDefinition has to look like, as JSON Schema, for checks without a cluster. */
export function schemaFiles ({ spec }: Definition): SchemaFile[] {
  return spec.versions.map(({ name, schema: { openAPIV3Schema } }) => ({
    path: `${spec.group}/${spec.names.kind.toLowerCase()}_${name}.json`,
    schema: {
      $schema: 'http://json-schema.org/draft-07/schema#',
      ...withType(jsonSchema(openAPIV3Schema), `${spec.group}/${name}`, spec.names.kind)
    }
  }))
}

/** In a file these have to be there; of metadata the API server knows more than a CRD can say. */
function withType (schema: Record<string, unknown>, apiVersion: string, kind: string): Record<string, unknown> {
  return {
    ...schema,
    required: ['apiVersion', 'kind', 'metadata', ...schema.required as string[]],
    properties: { ...schema.properties as object, apiVersion: { const: apiVersion }, kind: { const: kind }, metadata: { type: 'object' } }
  }
}

/**
 * A structural schema as JSON Schema. Unknown fields are refused: the API server drops them, which is what nobody who wrote one wants.
 * What the API server alone can judge, CEL rules and list types, is left out.
 */
function jsonSchema (schema: StructuralSchema): Record<string, unknown> {
  const kept = Object.entries(schema).filter(([keyword]) => !keyword.startsWith('x-kubernetes-'))
  return {
    ...Object.fromEntries(kept.map(([keyword, value]) => [keyword, nested(keyword, value)])),
    ...(schema['x-kubernetes-int-or-string'] === true && { type: ['integer', 'string'] }),
    ...('properties' in schema && { additionalProperties: false })
  }
}

function nested (keyword: string, value: unknown): unknown {
  if (keyword === 'properties') return Object.fromEntries(Object.entries(value as Record<string, StructuralSchema>).map(([name, property]) => [name, jsonSchema(property)]))
  // Of both the CRDs have schemas only, no `true`.
  if (keyword === 'items' || keyword === 'additionalProperties') return jsonSchema(value as StructuralSchema)
  return value
}
