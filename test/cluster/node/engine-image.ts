import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import type { EngineProgram } from '../engine.ts'
import { repositoryPath } from '../paths.ts'
import { metacontrollerRelease } from '../releases.ts'
import { layerOf, type ContainerImage } from './images.ts'
import type { Layers } from './layers.ts'
import { place, writeAccounts } from './roots.ts'

/** Of Metacontroller, as its chart and ours name it. */
export const engineImageName = `ghcr.io/metacontroller/metacontroller:v${metacontrollerRelease({}).version}`

const program = 'usr/bin/metacontroller'

/**
 * Makes the image of a given Metacontroller, or of the stand-in, in a folder. It takes a second, so it is not cached.
 * Throws for a binary that needs libraries: the image has none.
 */
export function engineImage ({ name, command }: EngineProgram, { node }: Pick<Layers, 'node'>, folder: string): ContainerImage {
  const root = join(folder, 'engine-root')
  mkdirSync(root)
  writeAccounts(root)
  if (name === 'metacontroller') placeBinary(command, join(root, program))
  else writeStandIn(join(root, program))
  chmodSync(join(root, program), 0o755)
  const layer = layerOf(root, join(folder, 'engine.tar'))
  return {
    name: engineImageName,
    layers: name === 'metacontroller' ? [layer] : [node, layer],
    // By name, as in the image of Metacontroller: a pod with runAsNonRoot must set runAsUser.
    config: { User: 'nonroot:nonroot', Cmd: [`/${program}`] }
  }
}

function placeBinary (binary: string, target: string): void {
  if (isDynamic(readFileSync(binary))) {
    throw new Error(`${binary} needs libraries, which its image on the node lacks: build it with CGO_ENABLED=0, or set K8S_MTP_ENGINE=stand-in`)
  }
  place(binary, target)
}

/** Bundles the stand-in with all it imports into one program for the Node of our image. */
function writeStandIn (target: string): void {
  const { outputFiles: [bundle] } = buildSync({
    entryPoints: [repositoryPath('test/stand-in/main.ts')],
    bundle: true,
    platform: 'node',
    target: `node${process.versions.node}`,
    // A file without an extension is a CommonJS module.
    format: 'cjs',
    banner: { js: '#!/nodejs/bin/node' },
    write: false,
    // It throws for an error; a warning is one here.
    logLevel: 'silent',
    logOverride: { 'empty-import-meta': 'error' }
  })
  mkdirSync(join(target, '..'), { recursive: true })
  writeFileSync(target, bundle?.contents ?? '')
}

/** The entry of a program header that names the dynamic loader. Source: elf(5), PT_INTERP */
const interpreter = 3

/** True for a 64-bit little-endian ELF program that a loader links when it starts. */
export function isDynamic (file: Buffer): boolean {
  if (file.toString('latin1', 0, 6) !== '\x7fELF\x02\x01') throw new Error('not an ELF program of 64 bits')
  const [offset, size, count] = [Number(file.readBigUInt64LE(0x20)), file.readUInt16LE(0x36), file.readUInt16LE(0x38)]
  return Array.from({ length: count }, (_, index) => file.readUInt32LE(offset + index * size)).includes(interpreter)
}
