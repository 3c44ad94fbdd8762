import { schemaFiles } from '../../release/crd-schemas.ts'
import { customResourceDefinitions } from '../../src/crd/custom-resource-definitions.ts'
import { DiffReport } from '../../src/diff/report.ts'

/** The JSON Schemas of all kinds, for editors, and of the output of commands: file name in docs/reference/schemas, and text. */
export function jsonSchemas (): Array<{ name: string, text: string }> {
  const ofKinds = Object.values(customResourceDefinitions).flatMap(schemaFiles)
    .map(({ path, schema }) => ({ name: path.slice(path.lastIndexOf('/') + 1), schema }))
  const ofOutput = { name: 'diff_v1.json', schema: { $schema: 'http://json-schema.org/draft-07/schema#', ...DiffReport } }
  return [...ofKinds, ofOutput].map(({ name, schema }) => ({ name, text: `${JSON.stringify(schema, null, 2)}\n` }))
}
