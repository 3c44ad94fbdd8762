import { readFileSync } from 'node:fs'

/** The version of this package, from its package.json beside `src` or `dist`. */
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

export const packageVersion: string = manifest.version
