import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { contextPaths, copyBuildContext } from '../../package/build-context.ts'
import { parseDockerfile } from '../../package/dockerfile.ts'
import { filesBelow } from '../../package/files.ts'
import { buildImage } from '../../package/image.ts'
import type { ResolveOptions } from '../binaries.ts'
import { withLock } from '../lock.ts'
import { repositoryPath } from '../paths.ts'
import { cacheFolder, cacheRoot } from '../releases.ts'
import { layerOf, type ContainerImage, type Layer } from './images.ts'
import { place, writeNodeRoot, writeShellRoot } from './roots.ts'

/** The parts of the images on the node. */
const names = ['node', 'k8s-mtp', 'shell', 'agent', 'coredns'] as const
export type Layers = Record<typeof names[number], Layer> & {
  /** What the Dockerfile says of our image. */
  config: ContainerImage['config']
}

export interface Programs { busybox: string, coredns: string }

/**
 * Returns the folder of the layers: from the cache, where they were made of the same files, or newly made. Those of yesterday are removed.
 * Building our image needs npm, with its registry or cache.
 */
export async function cachedLayers (programs: Programs, { env, log }: ResolveOptions): Promise<string> {
  const folder = cacheFolder(env, 'node-layers', hashOf([
    ...['Dockerfile', ...contextPaths(repositoryPath('.')), ...['agent', 'images.ts', 'layers.ts', 'roots.ts'].map(name => `test/cluster/node/${name}`)].map(path => repositoryPath(path)),
    ...Object.values(programs),
    process.execPath
  ]))
  if (existsSync(folder)) return folder
  await withLock(join(cacheRoot(env), '.lock'), log, async () => {
    if (existsSync(folder)) return
    log('building the images of the node')
    const partial = join(cacheRoot(env), `.partial-${process.pid}-node-layers`)
    try {
      writeLayers(partial, programs)
      renameSync(partial, folder)
      removeOld(cacheRoot(env))
    } finally {
      rmSync(partial, { recursive: true, force: true })
    }
  })
  return folder
}

/** Another run may use those of today. */
function removeOld (cache: string): void {
  for (const folder of readdirSync(cache).filter(name => name.startsWith('node-layers-')).map(name => join(cache, name))) {
    if (Date.now() - statSync(folder).mtimeMs > 24 * 60 * 60 * 1000) rmSync(folder, { recursive: true, force: true })
  }
}

const agent = repositoryPath('test/cluster/node/agent')

/** The files at paths, which may be folders. */
function filesAt (path: string): string[] {
  return statSync(path).isDirectory() ? filesBelow(path).map(file => join(path, file)) : [path]
}

function hashOf (paths: string[]): string {
  const hash = createHash('sha256')
  for (const path of paths.flatMap(filesAt)) hash.update(relative(repositoryPath(''), path)).update(readFileSync(path))
  return hash.digest('hex').slice(0, 12)
}

function writeLayers (folder: string, programs: Programs): void {
  const root = (name: string): string => {
    const path = join(folder, `${name}-root`)
    mkdirSync(path, { recursive: true })
    return path
  }
  const context = root('context')
  copyBuildContext(repositoryPath('.'), context)
  const image = buildImage(parseDockerfile(readFileSync(repositoryPath('Dockerfile'), 'utf8')), context, root('build'))
  writeNodeRoot(root('node'))
  writeShellRoot(root('shell'), programs.busybox)
  cpSync(agent, join(root('agent'), 'agent'), { recursive: true })
  place(programs.coredns, join(root('coredns'), 'coredns'))
  const digests = Object.fromEntries(names.map(name => [name, layerOf(name === 'k8s-mtp' ? image.root : root(name), archiveOf(folder, name)).digest]))
  const config: ContainerImage['config'] = {
    User: image.user,
    Env: Object.entries(image.env).map(([name, value]) => `${name}=${value}`),
    WorkingDir: image.workdir,
    Entrypoint: image.entrypoint,
    Cmd: image.cmd
  }
  writeFileSync(join(folder, 'layers.json'), JSON.stringify({ digests, config } satisfies Written))
  for (const name of ['context', 'build', ...names]) rmSync(join(folder, `${name}-root`), { recursive: true, force: true })
}

/** Of all layers, so that they are not read again. */
interface Written { digests: Record<string, string>, config: ContainerImage['config'] }

export function readLayers (folder: string): Layers {
  const { digests, config } = JSON.parse(readFileSync(join(folder, 'layers.json'), 'utf8')) as Written
  const layers = names.map(name => [name, { archive: archiveOf(folder, name), digest: digests[name] }])
  return { ...Object.fromEntries(layers) as Record<typeof names[number], Layer>, config }
}

function archiveOf (folder: string, name: string): string {
  return join(folder, `${name}.tar`)
}
