import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A layer of images: an archive of files, with the SHA-256 that is its name in images. */
export interface Layer { archive: string, digest: string }

export interface ContainerImage {
  /** With its tag, as pods name it. */
  name: string
  layers: Layer[]
  /** As in the configuration of an image: User, Env, WorkingDir, Entrypoint, Cmd. Source: OCI image specification, config.md */
  config: { User?: string, Env?: string[], WorkingDir?: string, Entrypoint?: string[], Cmd?: string[] }
}

/** Makes a layer of the files below a folder, which belong to root in images. */
export function layerOf (root: string, archive: string): Layer {
  execFileSync('tar', ['--create', '--file', archive, '--directory', root, '--owner=0', '--group=0', '--numeric-owner', '--sort=name', '--mtime=@0', '.'])
  return { archive, digest: createHash('sha256').update(readFileSync(archive)).digest('hex') }
}

/**
 * Writes an archive that container runtimes import, with all images and each layer once.
 * Source: "docker save" format, which containerd reads
 */
export function writeImages (file: string, images: ContainerImage[]): void {
  const folder = `${file}.folder`
  mkdirSync(folder)
  const layers = new Map(images.flatMap(image => image.layers.map(layer => [layer.digest, layer] as const)))
  for (const { archive, digest } of layers.values()) symlinkSync(archive, join(folder, `${digest}.tar`))
  const manifest = images.map(({ name, layers, config }) => {
    const content = JSON.stringify({
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config,
      rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => `sha256:${digest}`) }
    })
    const digest = createHash('sha256').update(content).digest('hex')
    writeFileSync(join(folder, `${digest}.json`), content)
    return { Config: `${digest}.json`, RepoTags: [name], Layers: layers.map(({ digest }) => `${digest}.tar`) }
  })
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest))
  execFileSync('tar', ['--create', '--dereference', '--file', file, '--directory', folder, '.'])
  rmSync(folder, { recursive: true })
}
