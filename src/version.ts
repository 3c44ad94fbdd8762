import { packageFile } from './package-file.ts'

const manifest = JSON.parse(packageFile('package.json')) as { version: string }

/** The version of this package. */
export const packageVersion: string = manifest.version
