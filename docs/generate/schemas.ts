import { schemaFiles } from '../../release/crd-schemas.ts'
import { customResourceDefinitions } from '../../src/crd/custom-resource-definitions.ts'

/** The JSON Schemas of all kinds, for editors: file name in docs/reference/schemas, and text. */
export function jsonSchemas (): Array<{ name: string, text: string }> {
  return Object.values(customResourceDefinitions).flatMap(schemaFiles).map(({ path, schema }) =>
    ({ name: path.slice(path.lastIndexOf('/') + 1), text: `${JSON.stringify(schema, null, 2)}\n` }))
}
