import { stringify } from 'yaml'
import { customResourceDefinitions } from '../crd/custom-resource-definitions.ts'
import { printFiles, writeFiles, type OutputFile } from './output/files.ts'

const header = '# Generated from src/api by `npm run crds`: change the schemas there.\n'

export interface CrdsOptions {
  /** The folder to write to; without it the definitions are printed. */
  outputDir?: string
}

/** Prints the CustomResourceDefinitions, or writes them into a folder. */
export async function crds ({ outputDir }: CrdsOptions): Promise<void> {
  if (outputDir === undefined) printFiles(crdFiles())
  else await writeFiles(outputDir, crdFiles())
}

/** One file per CustomResourceDefinition. */
export function crdFiles (): OutputFile[] {
  return Object.entries(customResourceDefinitions).map(([name, manifest]) =>
    ({ name, text: header + stringify(manifest, { lineWidth: 120, aliasDuplicateObjects: false }) }))
}
