import { symlinkSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { repositoryPath } from '../cluster/paths.ts'
import { freePorts } from '../cluster/ports.ts'
import { attempt, run, type Ended } from '../support/run.ts'
import { tool } from '../tools/tools.ts'
import { serveOnce } from './program.ts'

describe('the single executable', () => {
  let folder: string
  let file: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'k8s-mtp-executable-'))
    file = join(folder, 'k8s-mtp')
    await run(process.execPath, ['--import', 'tsx', 'release/executable.ts', file], { cwd: repositoryPath('.') })
    symlinkSync(file, join(folder, 'kubectl-mtp'))
  })
  afterAll(async () => await rm(folder, { recursive: true, force: true }))

  const executable = async (...args: string[]): Promise<Ended> => await attempt(file, args, { cwd: folder, env: { PATH: '/nowhere' } })
  const source = async (...args: string[]): Promise<Ended> =>
    await attempt(process.execPath, ['--import', 'tsx', 'src/main.ts', ...args], { cwd: repositoryPath('.') })

  it.each([
    ['its version', ['--version']],
    ['its help', ['--help']],
    ['the objects of Tenants with shipped classes', ['render', '-f', repositoryPath('examples/tenants')]],
    ['the roles for the shipped classes', ['rbac']],
    ['an error of a kubeconfig', ['check', '--kubeconfig', '/nowhere/config']]
  ])('prints %s as the package does', async (_, args) => {
    expect(await executable(...args)).toEqual(await source(...args))
  })

  it('serves', async () => {
    const [port = 0] = await freePorts(1)
    expect(await serveOnce({ command: file, args: ['serve'], cwd: folder, env: {} }, port)).toMatchObject({ code: 0 })
  })

  it('is a plugin of kubectl, and says how it was called', async () => {
    const kubectl = await tool('kubectl')
    const env = { PATH: `${folder}:${dirname(kubectl)}` }
    expect((await run(kubectl, ['plugin', 'list'], { env })).trim()).toContain(join(folder, 'kubectl-mtp'))
    symlinkSync(file, join(folder, 'kubectl_complete-mtp'))
    expect(await run(kubectl, ['__complete', 'mtp', 'render', '-o', ''], { env })).toMatch(/^yaml\njson\n:4\n/)
    expect(await run(kubectl, ['mtp', '--help'], { env })).toMatch(/^Usage: kubectl mtp \[options\] \[command\]\n/)
  })
})
