import { jsonSchema } from '../src/crd/json-schema.ts'
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
