import { readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Returns the relative paths of all files in a folder, sorted. */
export function filesBelow (folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => !entry.isDirectory())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)))
    .sort()
}

/** Returns the size of files in MB (10^6 bytes). */
export function megabytesOf (folder: string, files = filesBelow(folder)): number {
  return files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0) / 1e6
}
