import { accessSync, constants, readdirSync, rmSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { build, hasGo } from './build.ts'
import { download } from './download.ts'
import { isAlive, withLock } from './lock.ts'
import { cacheRoot, type Release } from './releases.ts'

export type Source = 'METACONTROLLER_BIN' | 'KUBEBUILDER_ASSETS' | 'PATH' | 'cache' | 'download' | 'build'
export interface Binary { path: string, source: Source }
export type Binaries = Record<string, Binary>

export interface ResolveOptions {
  env: NodeJS.ProcessEnv
  log: (line: string) => void
}

/** A binary cannot be found; the message lists what was tried, and what to do. */
export class MissingBinaryError extends Error {
  override readonly name = 'MissingBinaryError'
}

/**
 * Finds the binaries of a release, by name. Each comes from the first source that has it: KUBEBUILDER_ASSETS, PATH, the
 * cache; the others are downloaded, or else built. Given binaries are used in whatever version they have. Rejects with
 * a MissingBinaryError.
 */
export async function resolveBinaries (release: Release, { env, log }: ResolveOptions): Promise<Binaries> {
  const found = locate(release, env)
  if (missing(release, found).length === 0) return found
  return withLock(join(cacheRoot(env), '.lock'), log, async () => {
    removePartial(release.cache)
    const before = missing(release, locate(release, env))
    const refusals = await downloadAll(release, before, log)
    const after = missing(release, locate(release, env))
    if (after.length > 0) await buildAll(release, after, refusals, { env, log })
    const made = (name: string): Source =>
      !before.includes(name) ? 'cache' : after.includes(name) ? 'build' : 'download'
    return Object.fromEntries(Object.entries(locate(release, env)).map(([name, binary]) =>
      [name, binary.source === 'cache' ? { ...binary, source: made(name) } : binary]))
  })
}

/** Finds the binaries of several releases, in their order. One error lists all that are missing. */
export async function resolveAllBinaries (releases: Release[], options: ResolveOptions): Promise<Binaries[]> {
  const found: Binaries[] = []
  const failures: MissingBinaryError[] = []
  for (const release of releases) {
    await resolveBinaries(release, options).then(binaries => { found.push(binaries) }, (error: unknown) => {
      if (!(error instanceof MissingBinaryError)) throw error
      failures.push(error)
    })
  }
  if (failures.length > 0) throw new MissingBinaryError(failures.map(({ message }) => message).join('\n\n'))
  return found
}

function locate (release: Release, env: NodeJS.ProcessEnv): Binaries {
  const given: [Source, string[]][] = [
    ['KUBEBUILDER_ASSETS', env.KUBEBUILDER_ASSETS === undefined ? [] : [env.KUBEBUILDER_ASSETS]],
    ['PATH', (env.PATH ?? '').split(delimiter)]
  ]
  const folders: [Source, string[]][] = [...(release.exact ? [] : given), ['cache', [release.cache]]]
  const candidates = folders.flatMap(([source, list]) => list.filter(folder => folder !== '')
    .map(folder => ({ source, folder })))
  return Object.fromEntries(release.binaries.flatMap(name => {
    const hit = candidates.find(({ folder }) => isExecutable(join(folder, name)))
    return hit === undefined ? [] : [[name, { path: join(hit.folder, name), source: hit.source }]]
  }))
}

function missing (release: Release, found: Binaries): string[] {
  return release.binaries.filter(name => found[name] === undefined)
}

/** Returns the reasons of failed downloads. */
async function downloadAll (release: Release, names: string[], log: ResolveOptions['log']): Promise<string[]> {
  const refusals: string[] = []
  for (const source of release.downloads.filter(({ binary }) => names.includes(binary))) {
    // One failed download is enough: a release has one server.
    if (refusals.length > 0) break
    await download(source, release.cache, log).catch((error: unknown) => { refusals.push(String(error)) })
  }
  for (const refusal of refusals) log(`no download: ${refusal.replace(/^Error: /, '')}`)
  return refusals
}

async function buildAll (release: Release, names: string[], refusals: string[], { env, log }: ResolveOptions): Promise<void> {
  if (release.build !== undefined && await hasGo(env)) {
    await build(release, release.build, env, log)
    return
  }
  const [it, they] = names.length === 1 ? ['it', 'it is'] : ['them', 'they are']
  throw new MissingBinaryError([
    `${names.join(' and ')} cannot be found, downloaded or built here.`,
    ...refusals.map(refusal => `  tried: ${refusal.replace(/^Error: /, '')}`),
    'Do one of these:',
    ...(release.exact
      ? []
      : [
      `  - set KUBEBUILDER_ASSETS to a folder with ${names.join(' and ')}, or put ${it} on PATH`
        ]),
    `  - put ${it}, in version ${release.version}, into ${release.cache}/`,
    ...release.downloads.slice(0, 1)
      .map(({ url }) => `  - run this where ${new URL(url).origin} can be reached: ${they} downloaded then`),
    ...(release.build === undefined
      ? []
      : [
      `  - install Go 1.26 or later (https://go.dev/dl): ${they} built from the Go module proxy then`
        ])
  ].join('\n'))
}

/** Removes the folders of killed runs, which have the pid of their run in their names. */
function removePartial (cache: string): void {
  for (const name of listFolder(cache).filter(name => name.startsWith('.partial-'))) {
    const pid = Number(name.split('-')[1])
    if (!(pid > 0 && isAlive(pid))) rmSync(join(cache, name), { recursive: true, force: true })
  }
}

function listFolder (folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** True for a file that this process may execute. */
export function isExecutable (file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
