import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { diffReport, type DiffOptions } from '../../../src/cli/diff.ts'
import { InputError } from '../../../src/cli/input/input-error.ts'
import { program } from '../../../src/cli/program.ts'
import { repositoryPath } from '../../cluster/paths.ts'
import { run } from '../../support/run.ts'

let folder = ''
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-diff-')) })
afterEach(() => { rmSync(folder, { recursive: true }) })

const write = (name: string, text: string) => {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), text)
}
const tenant = (name: string, spec = '{name: shop}') => `apiVersion: k8s-mtp.dev/v1\nkind: Tenant\nmetadata: {name: ${name}}\nspec: ${spec}\n`
const report = async (paths: string[], options: Partial<DiffOptions> = {}) => await diffReport(paths, { output: 'text', ...options }, folder)
const failure = async (paths: string[], options: Partial<DiffOptions> = {}): Promise<string> => await report(paths, options).then(
  found => expect.unreachable(JSON.stringify(found)),
  (error: unknown) => error instanceof InputError ? error.message : expect.unreachable(String(error))
)

describe('two folders', () => {
  it('are compared, with the shipped classes', async () => {
    write('base/acme.yaml', tenant('acme'))
    write('head/x/acme.yaml', tenant('acme', '{name: shop, className: standard}'))
    expect(await report(['base', 'head'])).toMatchObject({ classes: [], tenants: [{ name: 'acme', namespaces: [{ class: { before: 'default', after: 'standard' } }] }] })
  })

  it('have an error for an invalid HEAD, at its line, which says so', async () => {
    write('base/acme.yaml', tenant('acme'))
    write('head/acme.yaml', tenant('acme', '{name: shop, quotas: {tenant-quota: {cpu: "1000"}}}'))
    write('head/b.yaml', tenant('globex', '{name: web, className: gone}'))
    expect((await failure(['base', 'head'])).split('\n')).toEqual([
      expect.stringMatching(/^head\/acme\.yaml:4: spec\.quotas\.tenant-quota\.cpu: .*exceeds/),
      expect.stringMatching(/^head\/b\.yaml:4: spec\.className: TenantClass gone does not exist/),
      'HEAD is invalid, so nothing was compared. Correct the lines above'
    ])
  })

  it.each([
    ['a field', tenant('acme', '{name: shop, admins: 1}')],
    ['an override', tenant('acme', '{name: shop, quotas: {tenant-quota: {cpu: "1000"}}}')],
    ['its class', tenant('acme', '{name: shop, className: gone}')]
  ])('show the repair of a BASE with %s that is invalid, with a warning', async (_, text) => {
    write('base/acme.yaml', text)
    write('head/acme.yaml', tenant('acme'))
    const found = await report(['base', 'head'])
    expect(found).toMatchObject({ result: 'changed', tenants: [{ name: 'acme', change: 'added', baseIsInvalid: true }] })
    expect(found.warnings).toEqual([expect.stringMatching(/^BASE is invalid: base\/acme\.yaml:4: spec\./)])
  })

  it('show the repair of a BASE that is no YAML', async () => {
    write('base/acme.yaml', 'a: [')
    write('base/globex.yaml', tenant('globex'))
    write('head/acme.yaml', tenant('acme'))
    write('head/globex.yaml', tenant('globex'))
    const found = await report(['base', 'head'])
    expect(found.tenants.map(({ name }) => name)).toEqual(['acme'])
    expect(found.warnings).toEqual([expect.stringMatching(/^BASE is invalid: base\/acme\.yaml:1: /)])
  })

  it('show the namespaces of an invalid Tenant that is removed as deleted', async () => {
    write('base/acme.yaml', tenant('acme', '{name: shop, admins: 1, namespaces: [{name: dev}]}'))
    write('base/globex.yaml', tenant('globex'))
    write('head/globex.yaml', tenant('globex'))
    expect((await report(['base', 'head'])).dangers).toMatchObject([{ namespaces: ['tenant-acme-shop', 'tenant-acme-dev'] }])
  })

  it('warn of other objects that are new', async () => {
    write('base/a.yaml', `${tenant('acme')}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n`)
    write('head/a.yaml', `${tenant('acme')}---\napiVersion: v1\nkind: Secret\nmetadata: {name: x}\n`)
    expect(await report(['base', 'head'])).toMatchObject({ result: 'unchanged', warnings: ['head/a.yaml:7: kind: Secret in v1 is not compared'] })
  })

  it.each<[string, string[], Partial<DiffOptions>, RegExp]>([
    ['one path', ['base'], {}, /^name two files or folders/],
    ['three paths', ['base', 'base', 'base'], {}, /^name two files or folders/],
    ['a missing path', ['base', 'gone'], {}, /gone: no such file or folder/],
    ['an unreadable bound', ['base', 'base'], { maxQuotaIncrease: ['50'] }, /^--max-quota-increase is not valid: 50/],
    ['standard input as both sides', ['-', '-'], {}, /^standard input \(-\) can only be one of the two sides/],
    ['a bound of a resource that no quota counts', ['base', 'base'], { maxQuotaIncrease: ['50%', 'cpus=1'] }, /^--max-quota-increase: no quota of either side bounds cpus\. Use one of: .*\bpods\b/],
    ['both --git and --live', [], { git: 'main', live: true }, /exclude each other/],
    ['--live without paths', [], { live: true }, /^name files or folders/]
  ])('refuse %s', async (_, paths, options, message) => {
    write('base/acme.yaml', tenant('acme'))
    expect(await failure(paths, options)).toMatch(message)
  })
})

describe('an empty folder', () => {
  const empty = (name: string) => mkdirSync(join(folder, name), { recursive: true })

  it('is a side without objects', async () => {
    write('full/acme.yaml', tenant('acme'))
    empty('empty')
    expect((await report(['empty', 'full'])).tenants).toMatchObject([{ name: 'acme', change: 'added' }])
    expect((await report(['full', 'empty'])).dangers).toMatchObject([{ kind: 'namespace-deleted' }])
    write('class/a.yaml', readFileSync(repositoryPath('examples/classes/default.yaml'), 'utf8'))
    expect((await report(['empty', 'class'])).classes).toMatchObject([{ name: 'default', change: 'added' }])
  })

  it('is refused on both sides', async () => {
    empty('base')
    empty('head')
    expect(await failure(['base', 'head'])).toMatch(/^no Tenant or TenantClass found in base, head on either side/)
  })
})

it('a bound of a resource that only one side has is accepted', async () => {
  write('base/acme.yaml', tenant('acme'))
  write('head/acme.yaml', tenant('acme', '{name: shop, quotas: {tenant-quota: {cpu: "1"}}}'))
  expect((await report(['base', 'head'], { maxQuotaIncrease: ['requests.cpu=100m'] })).dangers).toMatchObject([{ kind: 'quota-raised' }])
})

it('a class that is not found gives the advice to add its path', async () => {
  write('base/acme.yaml', tenant('acme'))
  write('head/acme.yaml', tenant('acme', '{name: shop, className: gold}'))
  expect(await failure(['base', 'head'])).toContain(
    'TenantClass gold does not exist. Create it, or use one of: default. If it exists, add the path of the classes to the command, such as classes/.'
  )
  write('base/acme.yaml', tenant('acme', '{name: shop, className: gold}'))
  expect(await failure(['base', 'head'])).toContain(
    'TenantClass gold does not exist. Create it. If it exists, add the path of the classes to the command, such as classes/.'
  )
})

describe('the exit code', () => {
  const codeOf = async (...args: string[]) => {
    const [out, err] = [process.stdout, process.stderr].map(stream => vi.spyOn(stream, 'write').mockReturnValue(true))
    try {
      process.exitCode = 0
      await program(['diff', join(folder, 'base'), join(folder, 'head'), ...args])
      return { code: process.exitCode, stdout: out?.mock.calls.join('') ?? '', stderr: err?.mock.calls.join('') ?? '' }
    } finally {
      process.exitCode = 0
      out?.mockRestore()
      err?.mockRestore()
    }
  }

  it.each<[string, string, string, number]>([
    ['nothing', tenant('acme'), tenant('acme'), 0],
    ['a change', tenant('acme'), tenant('acme', '{name: shop, viewers: [{kind: User, name: eve}]}'), 1],
    ['an invalid HEAD', tenant('acme'), tenant('acme', '{}'), 2],
    ['a danger', tenant('acme'), tenant('globex'), 3]
  ])('of %s is right', async (_, base, head, code) => {
    write('base/a.yaml', base)
    write('head/a.yaml', head)
    const ended = await codeOf()
    expect(ended.code).toBe(code)
    expect(ended.stderr).toMatch(code < 2 ? /^$/ : /^error: ./)
  })

  it('of a raised quota is 3 only past the bound', async () => {
    write('base/a.yaml', tenant('acme'))
    write('head/a.yaml', tenant('acme', '{name: shop, quotas: {tenant-quota: {cpu: "1"}}}'))
    expect((await codeOf()).code).toBe(1)
    expect((await codeOf('--max-quota-increase', '50%')).code).toBe(3)
    const { stdout } = await codeOf('-o', 'json', '--max-quota-increase', '50%')
    expect(JSON.parse(stdout)).toMatchObject({ result: 'dangerous', dangers: [{ kind: 'quota-raised' }], tenants: [{ name: 'acme' }] })
  })
})

describe('--git', () => {
  const git = async (...args: string[]) =>
    (await run('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@acme.example', '-c', 'init.defaultBranch=main', ...args], { cwd: folder })).trim()
  const commit = async (message: string) => {
    await git('add', '--all')
    await git('commit', '--quiet', '--allow-empty', '--message', message)
    return await git('rev-parse', 'HEAD')
  }
  const names = async (range: string, ...paths: string[]) =>
    (await report(paths, { git: range })).tenants.map(({ name, change }) => `${name} ${change}`)

  beforeEach(async () => {
    await git('init', '--quiet')
    write('tenants/acme.yaml', tenant('acme'))
    write('tenants/initech.yaml', tenant('initech'))
    write('other/hooli.yaml', tenant('hooli'))
    await commit('base')
    await git('checkout', '--quiet', '-b', 'change')
    write('tenants/globex.yaml', tenant('globex'))
    await git('rm', '--quiet', 'tenants/initech.yaml')
    await commit('change')
    await git('checkout', '--quiet', 'main')
    write('tenants/umbrella.yaml', tenant('umbrella'))
    await commit('later')
    await git('checkout', '--quiet', 'change')
  })

  it('with three dots compares with the merge base, with two dots both sides', async () => {
    expect(await names('main...HEAD', 'tenants/')).toEqual(['globex added', 'initech removed'])
    expect(await names('main...', 'tenants/')).toEqual(['globex added', 'initech removed'])
    expect(await names('main..HEAD', 'tenants/')).toEqual(['globex added', 'initech removed', 'umbrella removed'])
    expect(await names('main..HEAD', 'tenants/globex.yaml', 'tenants/umbrella.yaml')).toEqual(['globex added', 'umbrella removed'])
    expect(await names('main..main')).toEqual([])
  })

  it('with one revision compares with the working tree, and leaves it as it is', async () => {
    write('tenants/new.yaml', tenant('new'))
    rmSync(join(folder, 'other'), { recursive: true })
    const before = await git('status', '--porcelain')
    expect(await names('HEAD', 'tenants', 'other')).toEqual(['hooli removed', 'new added'])
    expect(await git('status', '--porcelain')).toBe(before)
  })

  it('names files of HEAD by their path', async () => {
    write('tenants/acme.yaml', tenant('acme', '{name: shop, admins: 1}'))
    await commit('invalid')
    expect(await failure(['tenants/'], { git: 'main...HEAD' })).toMatch(/^tenants\/acme\.yaml:4: spec\.admins: /)
  })

  it('reads names with spaces, line breaks and dots', async () => {
    write('tenants/a b\nc.yaml', tenant('odd'))
    await commit('odd')
    expect(await names('change~1...HEAD', 'tenants/')).toEqual(['odd added'])
  })

  it('follows links as the working tree does, and refuses those out of the repository', async () => {
    const link = async (target: string, file: string) => await run('ln', ['-s', target, file], { cwd: folder })
    write('hidden.txt', tenant('hidden'))
    await link('../other/hooli.yaml', 'tenants/link.yaml')
    await link('second.yaml', 'tenants/second.yaml')
    await link('../hidden.txt', 'tenants/first.json')
    await link('nowhere.yaml', 'tenants/broken.yaml')
    expect(await names('HEAD', 'tenants/')).toEqual(['hidden added', 'hooli added'])
    await commit('links')
    expect(await names('HEAD~1..HEAD', 'tenants/')).toEqual(['hidden added', 'hooli added'])
    expect(await names('HEAD~1..HEAD', 'tenants/link.yaml')).toEqual(['hooli added'])
    await link('/etc/hostname', 'tenants/outside.yaml')
    await commit('outside')
    expect(await failure(['tenants/'], { git: 'HEAD~1..HEAD' })).toBe('--git: tenants/outside.yaml is a symbolic link out of the repository, so its content is unknown. Replace it by a file.')
  })

  it('reads an absolute path through a link to the repository', async () => {
    const link = `${folder}-link`
    await run('ln', ['-s', folder, link])
    try {
      expect(await names('main...HEAD', join(link, 'tenants'))).toEqual(['globex added', 'initech removed'])
      expect(await failure([join(link, 'gone', 'x.yaml')], { git: 'main...HEAD' })).toMatch(/no such file or folder on either side/)
    } finally {
      rmSync(link)
    }
  })

  it.each<[string, string, RegExp]>([
    ['an unknown revision', 'gone...HEAD', /^--git: unknown revision gone\. .*origin\/gone/],
    ['an option in its place', '--output=x', /^--git: unknown revision --output=x/],
    ['revisions without a common commit', 'orphan...HEAD', /no common commit; compare both sides by two dots/]
  ])('refuses %s', async (_, range, message) => {
    await git('checkout', '--quiet', '--orphan', 'orphan')
    await commit('orphan')
    await git('checkout', '--quiet', 'change')
    expect(await failure(['tenants/'], { git: range })).toMatch(message)
  })

  it('says to fetch the history of a shallow clone', async () => {
    const origin = folder
    const clone = join(folder, 'clone')
    await git('clone', '--quiet', '--depth=1', '--no-single-branch', `file://${origin}`, clone)
    folder = clone
    try {
      expect(await failure(['tenants/'], { git: 'origin/main...HEAD' })).toMatch(/no common commit; the clone is shallow: .*fetch-depth: 0/)
      expect(await failure(['tenants/'], { git: 'HEAD~1...HEAD' })).toMatch(/unknown revision HEAD~1.*fetch-depth: 0/)
    } finally {
      folder = origin
    }
  })

  it('reads paths from a subfolder, also above it', async () => {
    mkdirSync(join(folder, 'ci'))
    const inFolder = async (range: string, ...paths: string[]) =>
      (await diffReport(paths, { output: 'text', git: range }, join(folder, 'ci'))).tenants.map(({ name, change }) => `${name} ${change}`)
    for (const path of ['../tenants', '../tenants/', '../other/../tenants', join(folder, 'tenants')]) {
      expect(await inFolder('main...HEAD', path), path).toEqual(['globex added', 'initech removed'])
    }
    expect(await inFolder('HEAD', '../tenants', '../tenants/acme.yaml')).toEqual([])
    expect(await inFolder('main..HEAD', '../')).toEqual(['globex added', 'initech removed', 'umbrella removed'])
    const outside = diffReport(['../../x'], { output: 'text', git: 'main...HEAD' }, join(folder, 'ci'))
    await expect(outside).rejects.toThrow('--git: ../../x is outside of the repository')
  })

  it('skips names that begin with two dots below a path', async () => {
    write('tenants/..data/hidden.yaml', tenant('hidden'))
    await commit('hidden')
    expect(await names('change~1...HEAD', 'tenants/')).toEqual([])
    expect(await names('change~1...HEAD', './tenants/..data')).toEqual(['hidden added'])
  })

  it('refuses each path that neither side has', async () => {
    const message = (path: string, range: string) => `${path}: no such file or folder on either side of --git ${range}. Check the path.`
    for (const range of ['main...HEAD', 'HEAD']) {
      expect(await failure(['tenant/', 'tenants/', 'classes/'], { git: range })).toBe(`${message('tenant/', range)}\n${message('classes/', range)}`)
    }
    write('classes/.gitkeep', '')
    await commit('folder without manifests')
    expect(await names('main...HEAD', 'tenants/', 'classes/')).toEqual(['globex added', 'initech removed'])
    expect(await names('main...HEAD', 'tenants/globex.yaml', 'tenants/initech.yaml')).toEqual(['globex added', 'initech removed'])
  })

  it('refuses paths without any manifest on both sides, and a folder without a repository', async () => {
    write('empty/README.md', '')
    await commit('no manifest')
    expect(await failure(['empty/'], { git: 'main...HEAD' })).toMatch(/^no Tenant or TenantClass found in empty\/ on either side/)
    rmSync(join(folder, '.git'), { recursive: true })
    expect(await failure(['tenants/'], { git: 'main...HEAD' })).toMatch(/^--git needs a repository: .*not a git repository/)
  })

  it('says that git is missing', async () => {
    const path = process.env['PATH']
    process.env['PATH'] = folder
    chmodSync(folder, 0o755)
    try {
      expect(await failure(['tenants/'], { git: 'main...HEAD' })).toMatch(/^--git needs git, which is not on PATH/)
    } finally {
      process.env['PATH'] = path
    }
  })
})
