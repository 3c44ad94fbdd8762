import type { TSchema } from '@sinclair/typebox'
import { schemaFiles } from '../../release/crd-schemas.ts'
import { LintReport } from '../../src/cli/lint/report.ts'
import { customResourceDefinitions } from '../../src/crd/custom-resource-definitions.ts'
import { DiffReport } from '../../src/diff/report.ts'
import { VerifyReport } from '../../src/verify/report.ts'

/** Of the output of commands. */
const outputs: Readonly<Record<string, TSchema>> = { 'diff_v1.json': DiffReport, 'lint_v1.json': LintReport, 'verify_v1.json': VerifyReport }

/** The JSON Schemas of all kinds, for editors, and of the output of commands: file name in docs/reference/schemas, and text. */
export function jsonSchemas (): Array<{ name: string, text: string }> {
  const kinds = Object.values(customResourceDefinitions).flatMap(schemaFiles).map(({ path, schema }) =>
    ({ name: path.slice(path.lastIndexOf('/') + 1), schema: schema as object }))
  const printed = Object.entries(outputs).map(([name, schema]) => ({ name, schema: { $schema: 'http://json-schema.org/draft-07/schema#', ...schema } }))
  return [...kinds, ...printed].map(({ name, schema }) => ({ name, text: `${JSON.stringify(schema, null, 2)}\n` }))
}
