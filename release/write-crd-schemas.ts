import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { customResourceDefinitions } from '../src/crd/custom-resource-definitions.ts'
import { schemaFiles } from './crd-schemas.ts'

// node --import tsx release/write-crd-schemas.ts FOLDER
const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('FOLDER is missing: write-crd-schemas.ts FOLDER')
for (const { path, schema } of Object.values(customResourceDefinitions).flatMap(schemaFiles)) {
  await mkdir(join(folder, dirname(path)), { recursive: true })
  await writeFile(join(folder, path), `${JSON.stringify(schema, null, 2)}\n`)
}
