import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { InputError } from '../../src/cli/input/input-error.ts'
import { renderFiles, serialise } from '../../src/cli/render.ts'

let folder = ''
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-render-')) })
afterEach(() => { rmSync(folder, { recursive: true }) })

const write = (name: string, text: string) => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const tenant = (name: string, spec: string) => `apiVersion: k8s-mtp.dev/v1\nkind: Tenant\nmetadata:\n  name: ${name}\nspec:\n${spec.split('\n').map(line => `  ${line}`).join('\n')}\n`
const findings = async (path: string, classes?: string): Promise<string[]> =>
  await renderFiles(path, classes).then(() => [], (error: unknown) => {
    if (!(error instanceof InputError)) throw error
    return error.message.split('\n').map(line => line.replace(`${folder}/`, ''))
  })

describe('render', () => {
  it('prints the namespace first, then what is in it', async () => {
    const manifests = await renderFiles(write('a.yaml', tenant('acme', 'name: shop')))
    expect(manifests.map(({ kind }) => kind)).toEqual(['Namespace', 'Role', 'Role', 'Role', 'RoleBinding', 'RoleBinding', 'RoleBinding',
      'ResourceQuota', 'ResourceQuota', 'ResourceQuota', 'LimitRange', 'WorkloadPolicy', 'NetworkPolicy', 'NetworkPolicy', 'NetworkPolicy'])
  })

  it('prints YAML documents, or a List in JSON, of the same objects', async () => {
    const manifests = await renderFiles(write('a.yaml', tenant('acme', 'name: shop')))
    expect(parseAllDocuments(serialise(manifests, 'yaml')).map(document => document.toJS() as unknown)).toEqual(manifests)
    expect(JSON.parse(serialise(manifests, 'json'))).toEqual({ apiVersion: 'v1', kind: 'List', items: manifests })
  })

  it('reads all files of a folder, passes over other kinds, and takes classes that lie there', async () => {
    write('a.yaml', `${tenant('acme', 'name: shop')}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n`)
    write('b.json', JSON.stringify({ apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', metadata: { name: 'globex' }, spec: { name: 'web' } }))
    write('notes.txt', 'not: read')
    const manifests = await renderFiles(folder)
    expect(manifests.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name)).toEqual(['tenant-acme-shop', 'tenant-globex-web'])
  })

  it('tells of what it passes over, as a line each, whatever is written there', async () => {
    const other = (kind: string) => `---\napiVersion: v1\nkind: ${kind}\n`
    const classes = write('classes.yaml', `${readFileSync(new URL('../golden/metadata/input.yaml', import.meta.url), 'utf8').split('---')[0] ?? ''}---\n${tenant('hidden', 'name: shop')}`)
    const tenants = write('a.yaml', `${tenant('acme', 'name: shop\nclassName: legacy')}${other('Secret')}${other('"x\\n::error::y"')}---\na: b\n`)
    const told: string[] = []
    await renderFiles(tenants, classes, new Date(), line => told.push(line.replace(`${folder}/`, '')))
    expect(told).toEqual([
      'a.yaml:10: kind: Secret of v1 is passed over',
      'a.yaml:13: kind: "x\\n::error::y of v1" is passed over',
      'a.yaml:15: kind: a document without apiVersion and kind is passed over',
      expect.stringMatching(/^classes\.yaml:\d+: kind: Tenant of k8s-mtp\.dev\/v1 is passed over$/)
    ])
  })

  it('reads merge keys as those do who apply it', async () => {
    write('a.yaml', `${tenant('acme', 'name: shop')}---\n<<: {apiVersion: k8s-mtp.dev/v1, kind: Tenant}\nmetadata: {name: globex}\nspec: {name: web}\n`)
    expect((await renderFiles(folder)).filter(({ kind }) => kind === 'Namespace')).toHaveLength(2)
  })

  it('has the shipped class default beside classes of its own, which win over it', async () => {
    const own = (name: string) => readFileSync(new URL('../golden/metadata/input.yaml', import.meta.url), 'utf8').split('---')[0]?.replace('name: legacy', `name: ${name}`) ?? ''
    const pods = async () => (await renderFiles(folder)).find(({ metadata }) => metadata.name === 'tenant-quota')
    write('tenant.yaml', tenant('acme', 'name: shop'))
    write('class.yaml', own('gold'))
    expect(await pods()).toMatchObject({ spec: { hard: { pods: '20' } } })
    write('class.yaml', own('default'))
    expect(await pods()).toMatchObject({ spec: { hard: { pods: '1k' } } })
  })

  it('leaves out rights that have ended by the time it is asked for', async () => {
    const file = write('a.yaml', tenant('acme', 'name: shop\nviewers:\n- {kind: User, name: eve, expiresAt: 2026-12-24T18:00:00Z}\n- {kind: User, name: bob}'))
    const viewers = async (time: string) => (await renderFiles(file, undefined, new Date(time))).flatMap(manifest => manifest.kind === 'RoleBinding' && manifest.metadata.name === 'tenant-viewer' ? manifest.subjects ?? [] : [])
    const bob = { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'bob' }
    expect(await viewers('2026-12-24T17:59:59Z')).toEqual([bob, { ...bob, name: 'eve' }])
    expect(await viewers('2026-12-24T18:00:00Z')).toEqual([bob])
  })

  it('takes classes from elsewhere where they are named, and then only those', async () => {
    const classes = write('classes.yaml', readFileSync(new URL('../golden/metadata/input.yaml', import.meta.url), 'utf8').split('---')[0] ?? '')
    expect(await findings(write('a.yaml', tenant('acme', 'name: shop\nclassName: legacy')), classes)).toEqual([])
    expect(await findings(write('a.yaml', tenant('acme', 'name: shop')), classes)).toEqual(['a.yaml:6: spec.className: there is no TenantClass default (there are: legacy)'])
  })

  it.each([
    ['a rule that is broken', tenant('acme', 'name: shop\nadmins:\n- kind: User\n  name: ada\n- kind: ServiceAccount\n  name: x'), ['a.yaml:10: spec.admins[1]: a ServiceAccount needs its namespace. Add namespace to this subject']],
    ['a field that does not exist', tenant('acme', 'name: shop\nadmin: []'), ['a.yaml:7: spec.admin: unknown field. Existing fields: name, className, admins, operators, viewers, quotas, deletionPolicy, cordoned, paused']],
    ['an end of a right that is no time', tenant('acme', 'name: shop\nviewers:\n- kind: User\n  name: eve\n  expiresAt: 2026-12-24'), ['a.yaml:10: spec.viewers[0].expiresAt: write date and time to the second, with Z or an offset, such as 2026-12-24T18:00:00Z or 2026-12-24T19:00:00+01:00']],
    ['a field that is missing', tenant('acme', 'className: default'), ['a.yaml:6: spec.name: is required']],
    ['a class that does not exist', tenant('acme', 'name: shop\nclassName: gold'), ['a.yaml:7: spec.className: there is no TenantClass gold (there are: default)']],
    ['an override past its bound', tenant('acme', 'name: shop\nquotas:\n  tenant-quota:\n    pods: 1000'), ['a.yaml:9: spec.quotas.tenant-quota.pods: 1000 exceeds the maximum 100 of TenantClass default. Change or remove the override, or ask the platform team to change spec.overrides.quotas.tenant-quota.pods of the class']],
    ['YAML that cannot be read', 'apiVersion: [\n', ['a.yaml:2: Flow sequence in block collection must be sufficiently indented and end with a ]']],
    ['a key that stands there twice', tenant('acme', 'name: shop\nname: web'), ['a.yaml:7: Map keys must be unique']],
    ['a list, in which Tenants could hide', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nitems: []\n', ['a.yaml:4: items: is applied by kubectl and GitOps tools item by item, whatever the kind, and not looked into here: write each item as a document of its own']],
    ['an alias that leads nowhere', 'a: *b\n', ['a.yaml:1: cannot be written as JSON: Unresolved alias (the anchor must be set before the alias): b']],
    ['an alias that leads into itself', 'a: &b [*b]\n', ['a.yaml:1: cannot be written as JSON: Converting circular structure to JSON']],
    ['aliases that come to far too much', `a: &a [${'x,'.repeat(20)}]\nb: &b [${'*a,'.repeat(20)}]\nc: [${'*b,'.repeat(20)}]\n`, ['a.yaml:1: cannot be written as JSON: Excessive alias count indicates a resource exhaustion attack']],
    ['a version that does not exist', 'apiVersion: k8s-mtp.dev/v2\nkind: Tenant\nmetadata: {name: a}\n', ['a.yaml:2: kind: of k8s-mtp.dev people write the kinds Tenant and TenantClass, in k8s-mtp.dev/v1']]
  ])('says file, line and message for %s', async (_, text, expected) => {
    expect(await findings(write('a.yaml', text))).toEqual(expected)
  })

  it('tells of two Tenants of one name, and of two that come to one namespace', async () => {
    write('1.yaml', tenant('a-b', 'name: c'))
    write('2.yaml', tenant('a', 'name: b-c'))
    write('3.yaml', tenant('a', 'name: d'))
    expect(await findings(folder)).toEqual([
      `3.yaml:4: metadata.name: there is a Tenant a in ${folder}/2.yaml already`,
      `2.yaml:6: spec.name: the namespace tenant-a-b-c belongs to Tenant a-b in ${folder}/1.yaml already`
    ])
  })

  it('says what is missing where there is nothing to render', async () => {
    expect(await findings(join(folder, 'nowhere'))).toEqual(['nowhere: there is no such file or folder'])
    expect(await findings(folder)).toEqual([`${folder}: there is no .yaml, .yml or .json file in this folder`])
    expect(await findings(write('c.yaml', 'kind: ConfigMap\napiVersion: v1\n'))).toEqual(['c.yaml: there is no Tenant in it'])
  })
})
