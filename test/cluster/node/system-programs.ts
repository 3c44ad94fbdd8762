import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { isExecutable, MissingBinaryError, type ResolveOptions } from '../binaries.ts'
import { withLock } from '../lock.ts'
import { cacheFolder, cacheRoot } from '../releases.ts'

/** The package of Debian that has each program of the distribution that a node runs. */
const packages = {
  busybox: 'busybox-static',
  ipset: 'ipset',
  iptables: 'iptables',
  'iptables-save': 'iptables',
  'iptables-restore': 'iptables',
  nft: 'nftables',
  runc: 'runc'
}

const run = promisify(execFile)

/**
 * Finds the programs of the distribution that a node runs: from PATH, the cache, or else the packages of Debian, which are unpacked in the
 * cache and not installed. Returns the environment in which they are found by their names. Rejects with a MissingBinaryError.
 */
export async function resolveSystemPrograms ({ env, log }: ResolveOptions): Promise<NodeJS.ProcessEnv> {
  const unpacked = cacheFolder(env, 'node-programs', '1')
  const environment = (): NodeJS.ProcessEnv => environmentOf(unpacked, env)
  if (missing(env).length === 0) return env
  if (missing(environment()).length === 0) return environment()
  await withLock(join(cacheRoot(env), '.lock'), log, async () => {
    if (missing(environment()).length > 0) await unpack(missing(env), unpacked, { env, log })
  })
  const still = missing(environment())
  if (still.length > 0) throw missingError(still, 'the packages do not contain them')
  return environment()
}

/** The path of a program. Throws if the environment has none. */
export function programPath (name: string, env: NodeJS.ProcessEnv): string {
  const found = foldersOf(env).map(folder => join(folder, name)).find(isExecutable)
  if (found === undefined) throw new Error(`no ${name} in PATH`)
  return found
}

function missing (env: NodeJS.ProcessEnv): string[] {
  return Object.keys(packages).filter(name => !foldersOf(env).some(folder => isExecutable(join(folder, name))))
}

/** Unpacked programs come last, and find their libraries and extensions. */
function environmentOf (folder: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const libraries = join(folder, 'usr/lib')
  const ofPlatform = existsSync(libraries) ? readdirSync(libraries).filter(name => name.endsWith('-linux-gnu')).map(name => join(libraries, name)) : []
  return {
    ...env,
    PATH: [env.PATH, ...['usr/sbin', 'usr/bin', 'sbin', 'bin'].map(bin => join(folder, bin))].join(delimiter),
    LD_LIBRARY_PATH: [env.LD_LIBRARY_PATH ?? '', ...ofPlatform].filter(path => path !== '').join(delimiter),
    ...(ofPlatform[0] !== undefined && { XTABLES_LIBDIR: join(ofPlatform[0], 'xtables') })
  }
}

/** Downloads the packages, with those that they need and this machine has not. */
async function unpack (names: string[], folder: string, { env, log }: ResolveOptions): Promise<void> {
  const wanted = [...new Set(names.map(name => packages[name as keyof typeof packages]))]
  const partial = join(folder, '..', `.partial-${process.pid}-node-programs`)
  const archives = join(partial, 'archives')
  mkdirSync(join(archives, 'partial'), { recursive: true })
  try {
    log(`unpacking ${wanted.join(', ')} from the packages of this distribution`)
    await run('apt-get', [
      'install', '--download-only', '--no-install-recommends', '--yes', '--option', `Dir::Cache::archives=${archives}`,
      '--option', 'Debug::NoLocking=true', ...wanted
    ], { env })
    const root = join(partial, 'root')
    for (const archive of readdirSync(archives).filter(name => name.endsWith('.deb'))) await run('dpkg-deb', ['--extract', join(archives, archive), root], { env })
    // A package is given these names when it is installed.
    const sbin = join(root, 'usr/sbin')
    for (const name of ['iptables', 'ip6tables'].flatMap(name => [name, `${name}-save`, `${name}-restore`])) {
      if (existsSync(join(sbin, 'xtables-nft-multi')) && !existsSync(join(sbin, name))) symlinkSync('xtables-nft-multi', join(sbin, name))
    }
    await rm(folder, { recursive: true, force: true })
    await rename(root, folder)
  } catch (error) {
    throw missingError(names, error instanceof Error ? error.message.trim() : String(error))
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
}

function missingError (names: string[], tried: string): MissingBinaryError {
  return new MissingBinaryError([
    `${names.join(', ')} cannot be found or unpacked here.`,
    `  tried: ${tried}`,
    `Install them with the package manager of this machine. On Debian: apt-get install ${[...new Set(Object.values(packages))].join(' ')}`
  ].join('\n'))
}

function foldersOf (env: NodeJS.ProcessEnv): string[] {
  return (env.PATH ?? '').split(delimiter).filter(folder => folder !== '')
}
