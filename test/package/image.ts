import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Instruction, Stage } from './dockerfile.ts'

export interface Image {
  /** The root of its file system, without the files of the base image. */
  root: string
  workdir: string
  env: Record<string, string>
  labels: Record<string, string>
  user: string
  entrypoint: string[]
  cmd: string[]
}

/**
 * Builds a Dockerfile without base images: executes COPY and RUN in one folder per stage, with the local Node and npm.
 * @throws if a file is missing, or a command fails
 */
export function buildImage (stages: Stage[], context: string, folder: string): Image {
  const built = new Map<string, Image>()
  let last: Image | undefined
  for (const [index, stage] of stages.entries()) {
    const root = join(folder, `stage-${index}`)
    mkdirSync(root)
    last = { root, workdir: '/', env: {}, labels: {}, user: '', entrypoint: [], cmd: [] }
    for (const instruction of stage.instructions) execute(instruction, last, from => from === undefined ? context : rootOf(built, from))
    if (stage.name !== undefined) built.set(stage.name, last)
  }
  if (last === undefined) throw new Error('the Dockerfile has no FROM')
  return last
}

function rootOf (built: Map<string, Image>, name: string): string {
  const stage = built.get(name)
  if (stage === undefined) throw new Error(`no stage ${name}`)
  return stage.root
}

function execute (instruction: Instruction, image: Image, sourceRoot: (from: string | undefined) => string): void {
  switch (instruction.name) {
    case 'WORKDIR':
      image.workdir = instruction.value
      mkdirSync(join(image.root, image.workdir), { recursive: true })
      break
    case 'COPY': copy(instruction, sourceRoot(instruction.from), join(image.root, image.workdir, instruction.target)); break
    case 'RUN': run(instruction.value, join(image.root, image.workdir)); break
    case 'ENV': Object.assign(image.env, instruction.values); break
    case 'LABEL': Object.assign(image.labels, instruction.values); break
    case 'USER': image.user = instruction.value; break
    case 'ENTRYPOINT': image.entrypoint = instruction.words; break
    case 'CMD': image.cmd = instruction.words; break
    case 'EXPOSE': break
  }
}

/** Copies the contents of a folder, not the folder itself, as a builder does. */
function copy ({ sources, target }: { sources: string[], target: string }, root: string, destination: string): void {
  for (const source of sources) {
    const path = join(root, source)
    const into = statSync(path).isFile() && /(^|\/)\.?\/?$/.test(target) ? join(destination, basename(source)) : destination
    cpSync(path, into, { recursive: true, verbatimSymlinks: true })
  }
}

/** Prefers the cache of npm to the registry. */
function run (command: string, cwd: string): void {
  execFileSync('/bin/sh', ['-c', command], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, npm_config_prefer_offline: 'true', npm_config_loglevel: 'error', NODE_ENV: undefined }
  })
}
