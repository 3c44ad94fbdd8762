import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { subdomain } from '../../src/api/validation/label-syntax.ts'
import { TenantClass } from '../../src/api/tenant-class.ts'
import { jsonSchema } from '../../release/json-schema.ts'
import { structuralSchema } from '../../src/crd/structural-schema.ts'
import { repositoryPath } from '../../test/cluster/paths.ts'
import { run } from '../../test/support/run.ts'
import { tool } from '../../test/tools/tools.ts'
import type { ChartFile } from './from-src.ts'

const inRepository = { cwd: repositoryPath('.') }

/** Returns the schema of values.yaml, and the README with its table. */
export async function filesFromValues (): Promise<ChartFile[]> {
  return await Promise.all([schema(), readme()])
}

async function schema (): Promise<ChartFile> {
  const program = await tool('helm-values-schema')
  const folder = await mkdtemp(join(tmpdir(), 'k8s-mtp-schema-'))
  try {
    const output = join(folder, 'values.schema.json')
    const options = ['--no-additional-properties', '--use-helm-docs', '--indent', '2']
    await run(program, ['--values', 'chart/values.yaml', '--output', output, ...options], inRepository)
    return { path: 'values.schema.json', text: completed(JSON.parse(await readFile(output, 'utf8'))) }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Adds the schema of classes, so that helm rejects an invalid class, and not the Job after the install, and the values of subcharts. */
function completed (schema: { properties: { classes: object } }): string {
  const classes = {
    ...schema.properties.classes,
    propertyNames: { pattern: subdomain.source, maxLength: 63 },
    additionalProperties: jsonSchema(structuralSchema(TenantClass.properties.spec))
  }
  // Helm adds them; the subchart has none but the global ones.
  const ofSubchart = { type: 'object' }
  return `${JSON.stringify({ ...schema, properties: { ...schema.properties, classes, 'metacontroller-crds': ofSubchart } }, null, 2)}\n`
}

async function readme (): Promise<ChartFile> {
  const program = await tool('helm-docs')
  const options = ['--dry-run', '--sort-values-order', 'file', '--log-level', 'warning']
  const text = await run(program, ['--chart-search-root', 'chart', ...options], inRepository)
  return { path: 'README.md', text }
}
