import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { repositoryPath } from '../cluster/paths.ts'
import { freePorts } from '../cluster/ports.ts'
import { filesBelow } from './files.ts'
import { run, serveOnce } from './program.ts'
import type { Ended } from '../support/run.ts'

interface Manifest { name: string, version: string, files: string[], scripts: Record<string, string> }

const manifest = JSON.parse(readFileSync(repositoryPath('package.json'), 'utf8')) as Manifest

describe('the npm package', () => {
  let folder: string
  let installed: string
  let packed: string[]

  /** Packs a copy that contains files of an older build, and installs the package into an empty project. */
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-npm-'))
    const copy = join(folder, 'copy')
    const project = join(folder, 'project')
    const source = repositoryPath('.')
    cpSync(source, copy, { recursive: true, filter: path => !/^(node_modules|\.git|dist)$/.test(path.slice(source.length)) })
    symlinkSync(repositoryPath('node_modules'), join(copy, 'node_modules'))
    mkdirSync(join(copy, 'dist'))
    writeFileSync(join(copy, 'dist', 'left-over.js'), '')
    mkdirSync(project)
    writeFileSync(join(project, 'package.json'), '{"private": true}')
    await npm(copy, 'run', 'package', '--', '--pack-destination', project)
    await npm(project, 'install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', `./${manifest.name}-${manifest.version}.tgz`)
    installed = project
    packed = filesBelow(join(project, 'node_modules', manifest.name)).filter(file => !file.startsWith('node_modules/'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  async function npm (cwd: string, ...args: string[]): Promise<void> {
    const { code, stderr } = await run({ command: 'npm', args, cwd, env: { ...process.env, npm_config_loglevel: 'error' } })
    if (code !== 0) throw new Error(`npm ${args.join(' ')}: ${stderr}`)
  }
  const npx = async (...args: string[]): Promise<Ended> => await run({ command: 'npx', args: ['--no-install', 'k8s-mtp', ...args], cwd: installed })

  it('contains the declared files, and no others', () => {
    const built = packed.filter(file => file.startsWith('dist/'))
    expect(built).toEqual(expect.arrayContaining(['dist/main.js', expect.stringMatching(/^dist\/render-\w{8}\.js$/)]))
    expect(built.filter(file => !/^dist\/(main|[\w-]+-\w{8})\.js$/.test(file))).toEqual([])
    const shipped = manifest.files.filter(path => path !== 'dist' && !path.startsWith('!'))
      .flatMap(path => filesBelow(repositoryPath(path)).map(file => `${path}/${file}`))
      .filter(path => !/\/\./.test(path))
    expect(packed).toEqual([...built, ...shipped, 'LICENSE', 'README.md', 'package.json'].sort())
  })

  it('has keywords, links and provenance', () => {
    const repository = 'https://github.com/k8s-mtp/k8s-mtp'
    expect(manifest).toMatchObject({
      license: 'Apache-2.0',
      homepage: `${repository}#readme`,
      bugs: `${repository}/issues`,
      repository: { type: 'git', url: `git+${repository}.git` },
      keywords: expect.arrayContaining(['kubernetes', 'multi-tenancy', 'metacontroller']),
      publishConfig: { access: 'public', provenance: true }
    })
  })

  it('has no install scripts', () => {
    expect(Object.keys(manifest.scripts).filter(name => /^(pre|post)?install$|^prepare$/.test(name))).toEqual([])
  })

  it('prints its version', async () => {
    expect(await npx('--version')).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' })
  })

  it('renders its own examples', async () => {
    const { code, stdout, stderr } = await npx('render', '-f', join('node_modules', manifest.name, 'examples', 'tenants'))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('name: tenant-acme-shop')
  })

  it('writes the CRDs', async () => {
    expect(await npx('crds', '--output-dir', 'crds')).toMatchObject({ code: 0, stderr: '' })
    expect(filesBelow(join(installed, 'crds'))).toEqual(filesBelow(repositoryPath('crds')))
  })

  it('serves', async () => {
    const [port = 0] = await freePorts(1)
    const binary = join(installed, 'node_modules', '.bin', 'k8s-mtp')
    expect(await serveOnce({ command: binary, args: ['serve'], cwd: installed, env: process.env }, port)).toMatchObject({ code: 0 })
  })
})
