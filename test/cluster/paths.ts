import { fileURLToPath } from 'node:url'

/** Resolves a path from the root of this repository. */
export function repositoryPath (path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url))
}
