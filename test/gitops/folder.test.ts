import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { writtenRbac } from '../../src/cli/rbac.ts'
import { renderFiles, serialise } from '../../src/cli/render.ts'
import { readManifests } from '../cluster/manifests.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { run } from '../support/run.ts'
import { valueAt } from '../support/value-at.ts'
import { tool } from '../tools/tools.ts'
import { argocd, classes, flux, furtherNamespaces, gitopsPath, tenants } from './folder.ts'
import { luaFile } from './readers.ts'

const text = (path: string) => readFileSync(gitopsPath(path), 'utf8')
const yaml = (path: string): unknown => parse(text(path))
const tenantsByName = tenants().map(tenant => [tenant.metadata.name, tenant] as const)
const named = (objects: ReturnType<typeof flux>, kind: string, name: string) => objects.find(object => object.kind === kind && object.metadata.name === name)
const withoutComments = (yaml: string) => yaml.replaceAll(/^ *#.*\n/gm, '')

describe('the folder of Tenants', () => {
  it('has a folder per Tenant, under its name', () => {
    expect(readdirSync(gitopsPath('tenants')).sort()).toEqual(tenants().map(({ metadata }) => metadata.name).sort())
  })

  it.each(tenantsByName)('makes Argo CD ask before it deletes %s', (_, { metadata: { annotations = {} } }) => {
    expect(annotations['argocd.argoproj.io/sync-options']).toMatch(/^Prune=(confirm|false),Delete=\1$/)
  })

  it.each(tenantsByName)('declares all lists of subjects of %s: others could add to a missing list', (_, { spec }) => {
    expect(spec).toMatchObject({ admins: expect.any(Array) as unknown, operators: expect.any(Array) as unknown, viewers: expect.any(Array) as unknown, deletionPolicy: expect.any(String) as unknown })
  })

  it('refers to existing classes only', () => {
    const named = tenants().flatMap(tenant => [valueAt(tenant, 'spec.className'), ...furtherNamespaces(tenant).flatMap(({ className }) => className ?? [])])
    expect(classes().map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(named))
  })

  it('has a Tenant with three environments, one with another class and other members', async () => {
    const manifests = await renderFiles([gitopsPath('tenants/orders')], { classes: [gitopsPath('classes')], knownSubjects: gitopsPath('known-subjects.txt') })
    const differing = manifests.filter(({ kind, metadata: { name } }) => ['Namespace', 'RoleBinding'].includes(kind) || name === 'tenant-quota')
    await expect(serialise(differing, 'yaml')).toMatchFileSnapshot('orders.yaml')
  })

  it('has the shipped class under another name, because the chart owns the name default', () => {
    const shipped = readManifests(repositoryPath('examples/classes/default.yaml'))[0]
    expect(valueAt(classes().find(({ metadata }) => metadata.name === 'standard'), 'spec')).toEqual(shipped?.['spec'])
  })

  it('grants no permission that Metacontroller does not have by default', async () => {
    const roles = async (classes: string) => (await writtenRbac({ classes: [classes] })).map(({ name, text }) => [name, withoutComments(text)])
    expect(await roles(gitopsPath('classes'))).toEqual(await roles(repositoryPath('examples/classes/default.yaml')))
  })
})

describe('the files for Argo CD', () => {
  const [set] = argocd().filter(({ kind }) => kind === 'ApplicationSet').map(object => valueAt(object, 'spec.template.spec'))
  const applications = [named(argocd(), 'Application', 'tenant-classes')?.['spec'], set]

  it('have the same health check in the ConfigMap', () => {
    expect(valueAt(yaml('argocd/argocd-cm.yaml'), 'data')).toMatchObject({ 'resource.customizations.health.k8s-mtp.dev_Tenant': readFileSync(luaFile, 'utf8') })
  })

  it.each(applications)('have an Application for an existing folder, in a project that allows its kinds and destination (%#)', application => {
    const path = String(valueAt(application, 'source.path')).replace('{{ .path.path }}', 'tenants/payments')
    const project = named(argocd(), 'AppProject', String(valueAt(application, 'project')))
    const allowed = valueAt(project, 'spec.clusterResourceWhitelist') as Array<{ group: string, kind: string }>
    expect(readManifests(gitopsPath(path)).map(({ apiVersion, kind }) => ({ group: apiVersion.split('/')[0], kind }))).toEqual(expect.arrayContaining(allowed))
    expect(readManifests(gitopsPath(path)).every(({ kind }) => allowed.some(item => item.kind === kind))).toBe(true)
    expect(valueAt(project, 'spec.destinations')).toEqual([valueAt(application, 'destination')])
    // The check does not render kustomizations and programs.
    expect(valueAt(application, 'source.directory')).toEqual({ recurse: true, include: '{*.yaml,*.yml,*.json}' })
    expect(valueAt(project, 'spec.sourceRepos')).toEqual([valueAt(application, 'source.repoURL')])
  })
})

describe('the files for Flux', () => {
  const kustomizations = flux().filter(({ kind }) => kind === 'Kustomization')

  it.each([['tenants', 'k8s-mtp-tenant-editor'], ['tenant-classes', 'k8s-mtp-class-editor']])('apply %s with the permissions of %s only', async (name, role) => {
    const account = String(valueAt(named(flux(), 'Kustomization', name), 'spec.serviceAccountName'))
    expect(named(flux(), 'ServiceAccount', account)).toBeDefined()
    const bindings = flux().filter(({ kind, subjects }) => kind.endsWith('RoleBinding') && Array.isArray(subjects) && subjects.some(subject => valueAt(subject, 'name') === account))
    expect(bindings.map(({ kind, roleRef }) => [kind, valueAt(roleRef, 'name')])).toEqual([['ClusterRoleBinding', role]])
    expect((await writtenRbac({})).map(({ text }) => text).join('\n')).toContain(`name: ${role}\n`)
  })

  it.each(kustomizations.map(object => [object.metadata.name, object] as const))('have the Kustomization %s for an existing folder, with its dependencies, and wait for it', (_, { spec }) => {
    expect(existsSync(gitopsPath(String(valueAt(spec, 'path'))))).toBe(true)
    expect(named(flux(), 'GitRepository', String(valueAt(spec, 'sourceRef.name')))).toBeDefined()
    const needed = (valueAt(spec, 'dependsOn') ?? []) as Array<{ name: string }>
    expect(kustomizations.map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(needed.map(({ name }) => name)))
    expect(valueAt(spec, 'wait')).toBe(true)
    expect(valueAt(spec, 'timeout')).toMatch(/^\d+m$/)
  })
})

/** The first line of the Markdown of `k8s-mtp diff`. */
const marker = '<!-- k8s-mtp diff -->'

describe('the check of a pull request', () => {
  const workflow = yaml('.github/workflows/tenants.yaml')
  const { version } = JSON.parse(readFileSync(repositoryPath('package.json'), 'utf8')) as { version: string }

  it('passes actionlint', async () => {
    expect(await run(await tool('actionlint'), [gitopsPath('.github/workflows/tenants.yaml')])).toBe('')
  })

  it('pins actions by commit with their versions, and may only read the contents', () => {
    const uses = text('.github/workflows/tenants.yaml').match(/^.*\buses:.*$/gm) ?? []
    expect(uses.length).toBeGreaterThan(0)
    for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
    expect(valueAt(workflow, 'permissions')).toEqual({})
    expect(valueAt(workflow, 'jobs.check.permissions')).toEqual({ contents: 'read' })
  })

  it('comments only where the pull request is not from a fork, in a job that runs no code of it', () => {
    const job = valueAt(workflow, 'jobs.comment') as { permissions: object, if: string, needs: string, steps: Array<{ uses?: string, run?: string }> }
    expect(job.permissions).toEqual({ 'pull-requests': 'write' })
    expect(job.if).toBe('github.event.pull_request.head.repo.full_name == github.repository')
    expect(job.needs).toBe('check')
    expect(Object.keys(valueAt(workflow, 'on') as object)).toEqual(['pull_request', 'merge_group'])
    expect(job.steps.flatMap(({ uses }) => uses?.split('@')[0] ?? [])).toEqual(['actions/download-artifact'])
    // What the pull request decides on comes only by variables and files.
    for (const { run = '' } of job.steps) expect(run).not.toContain('${{')
    expect(job.steps.map(({ run }) => run ?? '').join('')).toContain(marker)
  })

  it('compares a pull request with the first parent of its merge: the base of the event may be older', () => {
    expect(valueAt(workflow, 'jobs.check.env.BASE')).toMatch(/^\$\{\{ github\.event\.merge_group\.base_sha \|\| 'HEAD\^1' \}\}$/)
    expect(text('.github/workflows/tenants.yaml')).not.toContain('pull_request.base.sha')
  })

  it('uses this version of k8s-mtp', () => {
    expect(valueAt(workflow, 'jobs.check.env.K8S_MTP_VERSION')).toBe(version)
    expect(valueAt(yaml('.gitlab-ci.yml'), 'tenants.variables.K8S_MTP_VERSION')).toBe(version)
  })
})
