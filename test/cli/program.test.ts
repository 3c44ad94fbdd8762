import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createProgram } from '../../src/cli/program.ts'
import { packageVersion } from '../../src/version.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { builtProgram } from '../support/built-program.ts'
import { attempt, type Ended } from '../support/run.ts'

const folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-program-'))
afterAll(() => { rmSync(folder, { recursive: true }) })

const k8sMtp = async (args: string[], stdin = ''): Promise<Ended> =>
  await attempt(process.execPath, [builtProgram, ...args], { cwd: folder, input: stdin })
const example = (name: string) => repositoryPath(`examples/tenants/${name}.yaml`)

describe('the program', () => {
  it.each([
    ['an unknown command', ['bogus'], "unknown command 'bogus'"],
    ['an unknown option', ['render', '-f', 'none.yaml', '--bogus'], "unknown option '--bogus'"],
    ['a missing option', ['render'], "required option '-f, --filename <path>' not specified"],
    ['a missing file', ['render', '-f', 'none.yaml'], 'none.yaml: no such file or folder. Check the path.'],
    ['an unknown format', ['render', '-f', example('acme'), '-o', 'xml'], "option '-o, --output <format>' argument 'xml' is invalid. Allowed choices are yaml, json."]
  ])('ends with exit code 2 and one error for %s', async (_, args, message) => {
    const { code, stdout, stderr } = await k8sMtp(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr.split('\n')[0]).toBe(`error: ${message}`)
  })

  it('reads several files, and a file that is named twice once', async () => {
    const one = await k8sMtp(['render', '-f', example('acme'), '-o', 'json'])
    const two = await k8sMtp(['render', '-f', example('acme'), '-f', repositoryPath('examples/tenants'), '-o', 'json'])
    expect([one.code, two.code]).toEqual([0, 0])
    const items = ({ stdout }: Ended) => (JSON.parse(stdout) as { items: unknown[] }).items
    expect(items(two)).toEqual(expect.arrayContaining(items(one)))
    expect(items(two).length).toBeGreaterThan(items(one).length)
  })

  it('reads standard input, and names it in errors', async () => {
    const text = readFileSync(example('acme'), 'utf8')
    const [file, piped] = await Promise.all([k8sMtp(['render', '-f', example('acme')]), k8sMtp(['render', '-f', '-'], text)])
    expect(piped).toEqual(file)
    const broken = await k8sMtp(['render', '-f', '-'], text.replace('spec:', 'spec:\n  className: 7'))
    expect(broken).toMatchObject({ code: 2, stdout: '' })
    expect(broken.stderr).toMatch(/^error: <stdin>:\d+: spec\.className: /)
  })

  it('refuses two options that read standard input', async () => {
    const { code, stdout, stderr } = await k8sMtp(['lint', '-f', '-', '--classes', '-'], readFileSync(example('acme'), 'utf8'))
    expect({ code, stdout, stderr }).toEqual({
      code: 2, stdout: '', stderr: 'error: two options read standard input (-), which can be read once. Write it to a file, and name the file in both.\n'
    })
  })

  it.each([
    ['render', ['render', '-f', example('acme')], 0],
    ['lint with errors', ['lint', '-f', '-', '-o', 'json'], 1]
  ])('ends with the exit code of %s where the reader of its output has ended', async (_, args, expected) => {
    const command = [process.execPath, builtProgram, ...args]
    // `true` ends long before the program prints.
    const { code, stderr } = await attempt('bash', ['-c', 'set -o pipefail; "$@" | true', 'bash', ...command], { cwd: folder, input: 'a: [' })
    expect({ code, stderr: stderr.replace(/^error: .*\n/, '') }).toEqual({ code: expected, stderr: '' })
  })

  it.each([
    ['text', `client  ${packageVersion}\n`],
    ['json', `${JSON.stringify({ client: packageVersion }, null, 2)}\n`]
  ])('prints its own version as %s where the cluster cannot be reached', async (format, expected) => {
    const kubeconfig = join(folder, 'kubeconfig')
    writeFileSync(kubeconfig, `{apiVersion: v1, kind: Config, current-context: x, contexts: [{name: x, context: {cluster: x, user: x}}],
      clusters: [{name: x, cluster: {server: "https://127.0.0.1:1"}}], users: [{name: x, user: {}}]}`)
    const { code, stdout, stderr } = await k8sMtp(['version', '--kubeconfig', kubeconfig, '-o', format])
    expect({ code, stdout }).toEqual({ code: 2, stdout: expected })
    expect(stderr).toMatch(/^error: .*127\.0\.0\.1/)
  })

  it('lists each command below the group of its users', () => {
    const help = createProgram().helpInformation()
    const groups = help.split('\n\n').filter(text => !/^(Usage|Options|Multi-tenant)/.test(text))
    expect(help).not.toContain('\nCommands:')
    expect(groups.at(-1)).toMatch(/^This program:[^]*^ {2}help /m)
    // All but the hidden one, and help.
    expect(groups.flatMap(text => text.match(/^ {2}[a-z]+/gm) ?? [])).toHaveLength(createProgram().commands.length)
  })
})
