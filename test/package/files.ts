import { readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'

/** All files below a folder, by their paths from it, sorted. */
export function filesBelow (folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => !entry.isDirectory())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)))
    .sort()
}

/** In MB of 1000 * 1000 bytes, as they are counted, not as they lie on the disk. */
export function megabytesOf (folder: string, files = filesBelow(folder)): number {
  return files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0) / 1e6
}
