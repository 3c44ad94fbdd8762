import { readFileSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { repositoryPath } from '../cluster/paths.ts'
import { gitopsPath } from '../gitops/folder.ts'
import { attempt, run } from '../support/run.ts'
import { valueAt } from '../support/value-at.ts'

const install = 'npm install --global --ignore-scripts "k8s-mtp@$K8S_MTP_VERSION"'

/** How each CI system runs the check: its lines, the variable with the base commit, and the published file. */
const systems = {
  github: {
    base: 'BASE',
    lines: async () => {
      const steps = valueAt(await config('.github/workflows/tenants.yaml'), 'jobs.check.steps') as Array<{ run?: string }>
      return steps.flatMap(({ run }) => run ?? [])
    },
    published: 'summary.md'
  },
  gitlab: {
    base: 'CI_MERGE_REQUEST_DIFF_BASE_SHA',
    lines: async () => {
      const job = valueAt(await config('.gitlab-ci.yml'), 'tenants')
      return [...valueAt(job, 'before_script') as string[], ...valueAt(job, 'script') as string[]]
    },
    published: 'changes.md'
  }
}
type System = keyof typeof systems

async function config (path: string): Promise<unknown> {
  return parse(await readFile(gitopsPath(path), 'utf8'))
}

const folders: string[] = []
afterAll(async () => { await Promise.all(folders.map(async folder => rm(folder, { recursive: true }))) })

type Change = (folder: string) => Promise<void>

/** Creates a repository from the folder, with a second commit that has a change. */
async function repository (before: Change, change: Change): Promise<{ folder: string, base: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'k8s-mtp-gitops-'))
  folders.push(folder)
  await cp(gitopsPath(), folder, { recursive: true })
  const git = async (...args: string[]) => (await run('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@acme.example', '-c', 'init.defaultBranch=main', ...args], { cwd: folder })).trim()
  await before(folder)
  await git('init', '--quiet')
  await git('add', '--all')
  await git('commit', '--quiet', '--message', 'tenants')
  const base = await git('rev-parse', 'HEAD')
  await change(folder)
  await git('add', '--all')
  await git('commit', '--quiet', '--allow-empty', '--message', 'change')
  return { folder, base }
}

interface Outcome { code: number, output: string, published: string }

/** Runs the lines of the CI system, with the built program on PATH. */
async function check (system: System, change: Change, before: Change = async () => {}): Promise<Outcome> {
  const { lines, base: variable, published } = systems[system]
  const all = await lines()
  expect(all, 'k8s-mtp is installed first').toContain(install)
  const { folder, base } = await repository(before, change)
  const bin = join(folder, '.bin')
  await mkdir(bin)
  await writeFile(join(bin, 'k8s-mtp'), `#!/bin/sh\nexec '${process.execPath}' '${repositoryPath('dist/main.js')}' "$@"\n`)
  await chmod(join(bin, 'k8s-mtp'), 0o755)
  const env = {
    PATH: `${bin}:${process.env.PATH}`,
    [variable]: base,
    ...(system === 'github' && { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(folder, 'summary.md') })
  }
  const script = all.filter(line => line !== install).join('\n')
  const { code, stdout, stderr } = await attempt('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], { cwd: folder, env })
  return { code, output: stdout + stderr, published: await readFile(join(folder, published), 'utf8').catch(() => '') }
}

const storefront = 'tenants/storefront/tenant.yaml'

function replacing (path: string, text: string, by: string): Change {
  return async folder => {
    const before = await readFile(join(folder, path), 'utf8')
    expect(before).toContain(text)
    await writeFile(join(folder, path), before.replace(text, by))
  }
}

const systemNames: System[] = ['github', 'gitlab']

test.concurrent.each(systemNames)('%s accepts a valid change and publishes its effects', async system => {
  const { code, output, published } = await check(system, replacing(storefront, 'pods: "30"', 'pods: "32"'))
  expect({ code, output }).toEqual({ code: 0, output: '' })
  expect(published).toMatch(/^<!-- k8s-mtp diff -->\n/)
  expect(published).toContain('pods of tenant-quota: 30 -> 32')
})

test.concurrent.each(systemNames)('%s refuses an invalid change by file and line, and publishes nothing', async system => {
  const { code, output, published } = await check(system, replacing(storefront, 'pods: "30"', 'pods: "4000"'))
  expect(code).toBe(1)
  const finding = 'spec.quotas.tenant-quota.pods: 4000 exceeds the maximum 100 of TenantClass standard'
  const line = readFileSync(gitopsPath(storefront), 'utf8').split('\n').findIndex(text => text.includes('pods: "30"')) + 1
  expect(output).toMatch(new RegExp(`^${storefront}:${line}:\\d+: error: ${finding}`, 'm'))
  if (system === 'github') expect(output).toMatch(new RegExp(`^::error file=${storefront},line=${line},col=\\d+,title=override-not-allowed::${finding}`, 'm'))
  else expect(output).not.toMatch(/^::/m)
  expect(published).toBe('')
})

test.concurrent('a mistyped group is refused at its line, with the name that is meant', async () => {
  const { code, output, published } = await check('github', replacing(storefront, 'name: storefront-leads', 'name: storefront-lead'))
  expect({ code, published }).toEqual({ code: 1, published: '' })
  expect(output).toMatch(/^tenants\/storefront\/tenant\.yaml:\d+:\d+: error: spec\.admins\[0\]: Group storefront-lead is not in known-subjects\.txt\. Did you mean storefront-leads\?/m)
})

test.concurrent('a class whose new maximum is below an override is refused, at the line of the override', async () => {
  const { code, output } = await check('github', replacing('classes/standard.yaml', 'pods: {max: "100"}', 'pods: {max: "25"}'))
  expect(code).toBe(1)
  expect(output).toMatch(/^tenants\/payments\/tenant\.yaml:\d+:\d+: error: spec\.quotas\.tenant-quota\.pods: 30 exceeds the maximum 25/m)
})

test.concurrent('a change without effect in the cluster is reported as none', async () => {
  const { code, published } = await check('github', replacing(storefront, '# Has no', '# It has no'))
  expect(code).toBe(0)
  expect(published).toContain('No changes.')
})

test.concurrent('a removed Tenant is reported with its namespace', async () => {
  const { code, published } = await check('github', async folder => rm(join(folder, 'tenants/storefront'), { recursive: true }))
  expect(code).toBe(0)
  expect(published).toMatch(/> \[!CAUTION\]\n> - deletes `tenant-storefront-web`, and all data in it/)
})

test.concurrent('a removed entry of spec.namespaces is reported with its namespace, which stays', async () => {
  const { code, published } = await check('github', replacing('tenants/orders/tenant.yaml', '    - name: staging\n      quotas:\n        tenant-quota: {cpu: "1", memory: 2Gi}\n', ''))
  expect(code).toBe(0)
  expect(published).toContain('`tenant-orders-staging` unlisted: it is kept with its data')
})

const adding = (path: string, text: string): Change => async folder => writeFile(join(folder, path), text)

test.concurrent.each([
  ['a kustomization', adding('tenants/kustomization.yaml', 'resources: [storefront]\n')],
  ['a kustomization without a file extension', adding('tenants/storefront/Kustomization', 'resources: [tenant.yaml]\n')],
  ['settings of Argo CD', adding('tenants/storefront/.argocd-source.yaml', 'kustomize: {namePrefix: x}\n')],
  ['a Helm chart', adding('classes/Chart.yaml', 'name: x\n')],
  ['a program', adding('tenants/storefront/more.jsonnet', '{}\n')],
  ['a link', async folder => symlink('/etc/hostname', join(folder, 'tenants/storefront/more.yaml'))],
  ['a link in place of the folder', async folder => { await rename(join(folder, 'tenants'), join(folder, 'elsewhere')); await symlink('elsewhere', join(folder, 'tenants')) }],
  ['a name with a line break', adding('tenants/storefront/a\n::error::b.yaml', '# nothing\n')]
] satisfies Array<[string, Change]>)('%s, which makes a tool apply other objects, is refused', async (_, change) => {
  const { code, output, published } = await check('github', change)
  expect({ code, published }).toEqual({ code: 1, published: '' })
  expect(output).toContain('a tool would apply objects that this check does not read')
  expect(output).not.toMatch(/^::/m)
})

test.concurrent('ignored objects in the folder are listed, and shown beside their line', async () => {
  const { code, output, published } = await check('github', adding('tenants/storefront/more.yaml', 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: x}\n'))
  expect(code).toBe(0)
  const message = 'kind: ClusterRoleBinding in rbac.authorization.k8s.io/v1 is ignored'
  expect(output).toContain(`::warning file=tenants/storefront/more.yaml,line=2,col=7,title=ignored-document::${message}`)
  expect(published).toContain(`\ntenants/storefront/more.yaml:2:7: warning: ${message} (ignored-document)\n`)
  expect(published).toContain('No changes.')
})

test.concurrent('amounts that cannot be used together are listed, unless a comment disables the rule', async () => {
  const changed = replacing(storefront, 'pods: "30"', 'pods: "33"')
  const { code, published } = await check('gitlab', changed)
  expect(code).toBe(0)
  // One for each quota that has no room for the pod.
  expect(published).toMatch(/^tenants\/storefront\/tenant\.yaml:\d+:\d+: warning: spec\.quotas\.tenant-quota\.pods: only 32 of 33 can be used: .* \(pods-beyond-requests\)$/m)
  const disabled = await check('gitlab', replacing(storefront, 'pods: "30"}', 'pods: "33"} # k8s-mtp-lint-disable pods-beyond-requests pods-beyond-limits'))
  expect(disabled.published).not.toContain('warning:')
})

test.concurrent('an invalid base does not prevent a fix', async () => {
  const broken = replacing(storefront, 'pods: "30"', 'pods: "4000"')
  const { code, published } = await check('github', replacing(storefront, 'pods: "4000"', 'pods: "32"'), broken)
  expect(code).toBe(0)
  expect(published).toContain('BASE is invalid')
  expect(published).toContain('`tenant-storefront-web` created')
})
