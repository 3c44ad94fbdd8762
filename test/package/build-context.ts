import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Copies the build context that .dockerignore defines into a folder.
 * @throws Error if .dockerignore is not an allowlist of plain paths, which excludes all other files
 */
export function copyBuildContext (repository: string, target: string): void {
  for (const path of contextPaths(repository)) cpSync(join(repository, path), join(target, path), { recursive: true })
}

/**
 * The files and folders of the build context.
 * @throws Error as copyBuildContext
 */
export function contextPaths (repository: string): string[] {
  const [first, ...rest] = readFileSync(join(repository, '.dockerignore'), 'utf8').trimEnd().split('\n')
  if (first !== '*') throw new Error('.dockerignore must begin with *, so that it excludes all other files')
  return rest.map(line => {
    const [, path] = /^!([\w./-]+)$/.exec(line) ?? []
    if (path === undefined) throw new Error(`.dockerignore: ${line} must be ! and a plain path`)
    return path
  })
}
