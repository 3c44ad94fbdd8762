import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Copies into a folder what a builder would be sent: what .dockerignore names.
 * @throws Error where it is not a whitelist of plain paths, the only form that lets nothing through by oversight
 */
export function copyBuildContext (repository: string, target: string): void {
  const [first, ...rest] = readFileSync(join(repository, '.dockerignore'), 'utf8').trimEnd().split('\n')
  if (first !== '*') throw new Error('.dockerignore has to begin with *, so that nothing is let through that it does not name')
  for (const line of rest) {
    const [, path] = /^!([\w./-]+)$/.exec(line) ?? []
    if (path === undefined) throw new Error(`.dockerignore: ${line} has to be ! and a plain path`)
    cpSync(join(repository, path), join(target, path), { recursive: true })
  }
}
