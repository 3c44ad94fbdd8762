import { stringify } from 'yaml'
import { customResourceDefinitions } from '../crd/custom-resource-definitions.ts'
import { writeFiles, type OutputFile } from './output/files.ts'

const header = '# Generated from src/api by `npm run crds`: change the schemas there.\n'

export async function crds ({ output }: { output: string }): Promise<void> {
  await writeFiles(output, crdFiles())
}

/** One file per CustomResourceDefinition. */
export function crdFiles (): OutputFile[] {
  return Object.entries(customResourceDefinitions).map(([name, manifest]) =>
    ({ name, text: header + stringify(manifest, { lineWidth: 120, aliasDuplicateObjects: false }) }))
}
