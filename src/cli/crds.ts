import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { customResourceDefinitions } from '../crd/custom-resource-definitions.ts'

const header = '# Generated from src/api by `npm run crds`: change the schemas there.\n'

export function crdFiles (): Array<{ name: string, text: string }> {
  return Object.entries(customResourceDefinitions)
    .map(([name, manifest]) => ({ name, text: header + stringify(manifest, { lineWidth: 120, aliasDuplicateObjects: false }) }))
}

/** Writes the CustomResourceDefinitions into a folder, one file each, and returns their paths. */
export async function writeCrds (folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true })
  return await Promise.all(crdFiles().map(async ({ name, text }) => {
    const path = join(folder, name)
    await writeFile(path, text)
    return path
  }))
}
