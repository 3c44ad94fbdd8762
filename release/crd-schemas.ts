import { jsonSchema } from './json-schema.ts'
import type { StructuralSchema } from '../src/crd/structural-schema.ts'

/** A schema with its path for kubeconform: `{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json`. */
export interface SchemaFile { path: string, schema: Record<string, unknown> }

interface Version { name: string, schema: { openAPIV3Schema: StructuralSchema } }
interface Definition { spec: { group: string, names: { kind: string }, versions: Version[] } }

/** Returns a JSON Schema for each version of a CustomResourceDefinition, for validation without a cluster. */
export function schemaFiles ({ spec }: Definition): SchemaFile[] {
  return spec.versions.map(({ name, schema: { openAPIV3Schema } }) => ({
    path: `${spec.group}/${spec.names.kind.toLowerCase()}_${name}.json`,
    schema: {
      $schema: 'http://json-schema.org/draft-07/schema#',
      ...withType(jsonSchema(openAPIV3Schema), `${spec.group}/${name}`, spec.names.kind)
    }
  }))
}

/** Requires apiVersion, kind and metadata, which a CRD does not describe. */
function withType (schema: Record<string, unknown>, apiVersion: string, kind: string): Record<string, unknown> {
  return {
    ...schema,
    required: ['apiVersion', 'kind', 'metadata', ...schema.required as string[]],
    properties: { ...schema.properties as object, apiVersion: { const: apiVersion }, kind: { const: kind }, metadata: { type: 'object' } }
  }
}
