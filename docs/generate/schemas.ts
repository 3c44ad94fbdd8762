import type { TSchema } from '@sinclair/typebox'
import { schemaFiles } from '../../release/crd-schemas.ts'
import { LintReport } from '../../src/cli/lint/report.ts'
import { customResourceDefinitions } from '../../src/crd/custom-resource-definitions.ts'
import { DiffReport } from '../../src/diff/report.ts'
import { VerifyReport } from '../../src/verify/report.ts'
import { AccessReport } from '../../src/view/access-report.ts'
import { TenantSummaries } from '../../src/view/tenant-summary.ts'
import { UsageReport } from '../../src/view/usage-report.ts'
import { WhyReport } from '../../src/view/why/why-report.ts'

/** The output of commands with `-o json`. */
const outputs: Readonly<Record<string, TSchema>> = {
  'access_v1.json': AccessReport,
  'diff_v1.json': DiffReport,
  'get_v1.json': TenantSummaries,
  'lint_v1.json': LintReport,
  'usage_v1.json': UsageReport,
  'verify_v1.json': VerifyReport,
  'why_v1.json': WhyReport
}

/** The JSON Schemas of all kinds, for editors, and of the output of commands: file name in docs/reference/schemas, and text. */
export function jsonSchemas (): Array<{ name: string, text: string }> {
  const kinds = Object.values(customResourceDefinitions).flatMap(schemaFiles).map(({ path, schema }) =>
    ({ name: path.slice(path.lastIndexOf('/') + 1), schema: schema as object }))
  const printed = Object.entries(outputs).map(([name, schema]) => ({ name, schema: { $schema: 'http://json-schema.org/draft-07/schema#', ...schema } }))
  return [...kinds, ...printed].map(({ name, schema }) => ({ name, text: `${JSON.stringify(schema, null, 2)}\n` }))
}
