import { readFileSync } from 'node:fs'
import { getAsset, isSea } from 'node:sea'

/** Reads a file of this package by its path, from the folder of `src` or `dist`, or from the assets of the single executable. */
export function packageFile (path: string): string {
  return isSea() ? getAsset(path, 'utf8') : readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
}
