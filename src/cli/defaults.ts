import { allDefaults } from '../defaults/all-defaults.ts'
import { mutatingManifests } from '../defaults/mutating-policy.ts'
import { defaultParties, type Parties } from '../guardrails/guardrail.ts'
import { kustomizationOf, policyFile, printFiles, writeFiles, type OutputFile } from './output/files.ts'

export interface DefaultsOptions {
  breakGlass?: string[]
  /** The folder to write to; without it the policies are printed. */
  outputDir?: string
}

const header = '# Generated from src/defaults by `npm run defaults`: change it there.\n'

/** Prints the policies that fill in defaults, or writes them into a folder with a kustomization. */
export async function defaults ({ outputDir, breakGlass = [...defaultParties.breakGlass] }: DefaultsOptions): Promise<void> {
  const files = defaultsFiles({ ...defaultParties, breakGlass })
  if (outputDir === undefined) printFiles(files)
  else await writeFiles(outputDir, [...files, kustomizationOf(files, header)])
}

/** One file per policy. */
export function defaultsFiles (parties: Parties = defaultParties): OutputFile[] {
  return allDefaults(parties).map(policy => policyFile(policy.name, mutatingManifests(policy), header))
}
