import { fileURLToPath } from 'node:url'

/** A path in this repository, from its root. */
export function repositoryPath (path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url))
}
