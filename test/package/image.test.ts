import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { repositoryPath } from '../cluster/paths.ts'
import { freePorts } from '../cluster/ports.ts'
import { copyBuildContext } from './build-context.ts'
import { parseDockerfile } from './dockerfile.ts'
import { filesBelow, megabytesOf } from './files.ts'
import { buildImage, type Image } from './image.ts'
import { run, serveOnce, type Program } from './program.ts'
import type { Ended } from '../support/run.ts'

const stages = parseDockerfile(readFileSync(repositoryPath('Dockerfile'), 'utf8'))
const manifest = JSON.parse(readFileSync(repositoryPath('package.json'), 'utf8')) as {
  version: string
  license: string
  devDependencies: Record<string, string>
}

describe('the image', () => {
  let folder: string
  let image: Image
  let app: string
  let files: string[]

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-image-'))
    const context = join(folder, 'context')
    mkdirSync(context)
    copyBuildContext(repositoryPath('.'), context)
    image = buildImage(stages, context, folder)
    app = join(image.root, image.workdir)
    files = filesBelow(image.root)
  }, 180_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** The entrypoint with arguments, with the local Node and another root folder. */
  function program (args: string[]): Program {
    const [node, ...rest] = image.entrypoint
    expect(node).toBe('/nodejs/bin/node')
    return {
      command: process.execPath,
      args: [...rest.map(word => (word.startsWith('/') ? join(image.root, word) : word)), ...args],
      cwd: app,
      env: image.env
    }
  }
  const k8sMtp = async (...args: string[]): Promise<Ended> => await run(program(args))

  it('has base images pinned by digest', () => {
    expect(stages.map(({ base }) => base)).toEqual(stages.map(() => expect.stringMatching(/^[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/)))
  })

  it('runs as a non-root user, by number for runAsNonRoot', () => {
    expect(image.user).toBe('65532:65532')
  })

  it('has labels with title, source and license', () => {
    expect(image.labels).toMatchObject({
      'org.opencontainers.image.title': 'k8s-mtp',
      'org.opencontainers.image.source': 'https://github.com/k8s-mtp/k8s-mtp',
      'org.opencontainers.image.licenses': manifest.license
    })
  })

  it('serves with its entrypoint and command, and ends on SIGTERM', async () => {
    const [port = 0] = await freePorts(1)
    const served = await serveOnce(program(image.cmd), port)
    expect(served.metrics).toContain(`version="${manifest.version}"`)
    expect(served.code).toBe(0)
    const size = `${files.length} files, ${megabytesOf(image.root, files).toFixed(1)} MB without the base`
    const start = `ready after ${served.startMilliseconds.toFixed(0)} ms`
    const memory = `${served.residentMegabytes.toFixed(0)} MB resident when idle`
    console.log(`image: ${size}; ${start}, ${memory}, Node ${process.version}`)
  })

  it('renders tenants with the shipped class', async () => {
    const { code, stdout, stderr } = await k8sMtp('render', '-f', repositoryPath('examples/tenants/acme.yaml'))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('name: tenant-acme-shop')
  })

  it.each([
    ['crds', 'crds'],
    ['guardrails', 'guardrails'],
    ['defaults', 'defaults'],
    ['rbac', 'rbac']
  ])('writes the same %s as the repository', async (command, reference) => {
    const output = join(folder, `written-${command}`)
    expect(await k8sMtp(command, '--output-dir', output)).toMatchObject({ code: 0, stderr: '' })
    for (const file of filesBelow(output)) {
      expect(readFileSync(join(output, file), 'utf8'), file).toBe(
        readFileSync(repositoryPath(join(reference, file)), 'utf8')
      )
    }
    expect(filesBelow(output)).not.toEqual([])
  })

  it('has the dependencies to connect to a cluster', async () => {
    const kubeconfig = join(folder, 'kubeconfig')
    const [port = 0] = await freePorts(1)
    const cluster = { name: 'none', cluster: { server: `https://127.0.0.1:${port}` } }
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [cluster],
        contexts: [{ name: 'none', context: { cluster: 'none', user: 'nobody' } }],
        users: [{ name: 'nobody', user: { token: 'none' } }],
        'current-context': 'none'
      })
    )
    const { code, stderr } = await k8sMtp('release', 'acme', 'tenant-acme-shop', '--kubeconfig', kubeconfig)
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(`https://127.0.0.1:${port} cannot be reached`) })
  })

  it('contains no development dependency', () => {
    const lock = JSON.parse(readFileSync(repositoryPath('package-lock.json'), 'utf8')) as {
      packages: Record<string, { dev?: boolean, optional?: boolean }>
    }
    const forDevelopment = Object.entries(lock.packages).filter(([, { dev }]) => dev === true).map(([path]) => path)
    expect(forDevelopment).toContain('node_modules/vitest')
    expect(forDevelopment.filter(path => existsSync(join(app, path)))).toEqual([])
  })

  it.each([
    ['a test', /^app\/(dist|test)\/.*\.test\.|^app\/test\//],
    ['a source file', /^app\/src\/|^app\/[^n].*\.ts$/],
    ['types or source maps', /\.(d\.[mc]?ts|map)$/],
    ['a package manager', /(^|\/)node_modules\/(npm|yarn|pnpm|corepack)\//],
    ['a configuration file of npm', /(^|\/)\.npmrc$/],
    ['a binary', /\.(node|bare|so|dylib|exe|dll)$/]
  ])('contains no file that is %s', (_, pattern) => {
    expect(files.filter(file => pattern.test(file))).toEqual([])
  })

  it('contains only files that the program reads', () => {
    expect([...new Set(files.map(file => file.split('/').slice(0, 2).join('/')))].sort()).toEqual([
      'app/LICENSE',
      'app/dist',
      'app/examples',
      'app/node_modules',
      'app/package.json'
    ])
  })
})
