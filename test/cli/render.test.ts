import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { InputError } from '../../src/cli/input/input-error.ts'
import { escapeControls } from '../../src/cli/output/print.ts'
import { renderFiles, serialise } from '../../src/cli/render.ts'
import type { Manifest } from '../../src/tenancy/desired/manifest.ts'

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
  await renderFiles([path], { classes: classes === undefined ? undefined : [classes] }).then(() => [], (error: unknown) => {
    if (!(error instanceof InputError)) throw error
    return error.message.split('\n').map(line => line.replace(`${folder}/`, ''))
  })

describe('render', () => {
  it('prints the namespace first, then the objects in it', async () => {
    const manifests = await renderFiles([write('a.yaml', tenant('acme', 'name: shop'))])
    expect(manifests.map(({ kind }) => kind)).toEqual(['Namespace', 'Role', 'Role', 'Role', 'RoleBinding', 'RoleBinding', 'RoleBinding',
      'ResourceQuota', 'ResourceQuota', 'ResourceQuota', 'LimitRange', 'WorkloadPolicy', 'NetworkPolicy', 'NetworkPolicy', 'NetworkPolicy'])
  })

  it('prints YAML documents, or a List in JSON, of the same objects', async () => {
    const manifests = await renderFiles([write('a.yaml', tenant('acme', 'name: shop'))])
    expect(parseAllDocuments(serialise(manifests, 'yaml')).map(document => document.toJS() as unknown)).toEqual(manifests)
    expect(JSON.parse(serialise(manifests, 'json'))).toEqual({ apiVersion: 'v1', kind: 'List', items: manifests })
  })

  it('prints any text so that it controls no terminal, and is the same text when parsed', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(' ', '\n', '\t', 'a', '#') }),
      fc.array(fc.constantFrom('a', '\u001b[31m', '\u009b0m', '\n', '\r', '\t', '\u2028', '\u202e', '\u2066', ' ', ': ', '#', '"', '\\'), { maxLength: 200 }).map(parts => parts.join(''))
    )
    fc.assert(fc.property(text, text, (key, value) => {
      const manifest: Manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a', labels: {}, annotations: { [`k${key}`]: value } } }
      for (const format of ['yaml', 'json'] as const) {
        const printed = escapeControls(serialise([manifest], format))
        expect(printed).toBe(escapeControls(printed))
        const parsed = parseAllDocuments(printed).map(document => document.toJS() as unknown)
        expect(parsed).toEqual(format === 'yaml' ? [manifest] : [{ apiVersion: 'v1', kind: 'List', items: [manifest] }])
      }
    }), { numRuns: 500 })
  })

  it.each<[string, string]>([
    ['an unknown field', '"x\\n::error::forged": 1\nname: shop'],
    ['a class that does not exist', 'name: shop\nclassName: "x\\n::error::forged"'],
    ['a quota', 'name: shop\nquotas: {"q\\n::error::forged": {pods: "many\\n::error::forged"}}'],
    ['a subject', 'name: shop\nadmins: [{kind: User, name: "eve\\n::error::forged"}]'],
    ['a kind of subject', 'name: shop\nadmins: [{kind: "User\\n::error::forged", name: eve}]']
  ])('reports %s with a line break on one line', async (_, spec) => {
    const found = await findings(write('a.yaml', tenant('acme', spec)))
    expect(found).not.toEqual([])
    for (const line of found) expect(line).toMatch(/^a\.yaml:\d+: /)
  })

  it('reports a file whose name has a line break on one line', async () => {
    const found = await findings(write('a\n::error::forged.yaml', tenant('acme', 'nam: shop')))
    for (const line of found) expect(line).toMatch(/^a\\n::error::forged\.yaml:\d+: /)
  })

  it('reads all files of a folder and ignores other kinds', async () => {
    write('a.yaml', `${tenant('acme', 'name: shop')}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n`)
    write('b.json', JSON.stringify({ apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', metadata: { name: 'globex' }, spec: { name: 'web' } }))
    write('notes.txt', 'not: read')
    const manifests = await renderFiles([folder])
    expect(manifests.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name)).toEqual(['tenant-acme-shop', 'tenant-globex-web'])
  })

  it('reports each ignored document on one line', async () => {
    const other = (kind: string) => `---\napiVersion: v1\nkind: ${kind}\n`
    const classes = write('classes.yaml', `${readFileSync(new URL('../golden/metadata/input.yaml', import.meta.url), 'utf8').split('---')[0] ?? ''}---\n${tenant('hidden', 'name: shop')}`)
    const tenants = write('a.yaml', `${tenant('acme', 'name: shop\nclassName: legacy')}${other('Secret')}${other('"x\\n::error::y"')}---\na: b\n`)
    const warnings: string[] = []
    await renderFiles([tenants], { classes: [classes] }, new Date(), line => warnings.push(line.replace(`${folder}/`, '')))
    expect(warnings.filter(line => line.endsWith(' is ignored'))).toEqual([
      'a.yaml:10: kind: Secret in v1 is ignored',
      'a.yaml:13: kind: "x\\n::error::y in v1" is ignored',
      'a.yaml:15: kind: a document without apiVersion and kind is ignored',
      expect.stringMatching(/^classes\.yaml:\d+: kind: Tenant in k8s-mtp\.dev\/v1 is ignored$/)
    ])
  })

  describe('with amounts that cannot be used together', () => {
    const warnings = async (path: string, classes?: string) => {
      const lines: string[] = []
      const manifests = await renderFiles([path], { classes: classes === undefined ? undefined : [classes] }, new Date(), line => lines.push(line.replaceAll(`${folder}/`, '')))
      expect(manifests).not.toEqual([])
      return lines
    }
    const shipped = readFileSync(new URL('../../examples/classes/default.yaml', import.meta.url), 'utf8')
    const overridden = tenant('acme', 'name: shop\nquotas:\n  tenant-quota: {cpu: 1, memory: 2Gi, pods: 40, limits.cpu: 20, limits.memory: 40Gi}\n  tenant-storage: {limits.ephemeral-storage: 80Gi}')

    it('warns at the line of the override', async () => {
      expect(await warnings(write('a.yaml', overridden))).toEqual([
        'a.yaml:8: spec.quotas.tenant-quota.pods: only 32 of 40 can be used: the default ephemeral-storage request is 128Mi, and ' +
        'requests.ephemeral-storage of tenant-storage is at most 4Gi. Raise requests.ephemeral-storage of tenant-storage to 5Gi, or lower ' +
        'pods of tenant-quota to 32. See https://github.com/k8s-mtp/k8s-mtp/blob/main/docs/classes.md#pods-beyond-requests'
      ])
    })

    it('warns of a class of the user, also one without Tenants, and not of the shipped one', async () => {
      const own = shipped.replace('name: default', 'name: gold').replace('pods: "20"', 'pods: "21"')
      const line = own.split('\n').findIndex(text => text.includes('pods: "21"')) + 1
      const expected = expect.stringContaining(`b.yaml:${line}: spec.quotas.tenant-quota.pods: only 20 of 21 can be used: `) as unknown
      write('a.yaml', tenant('acme', 'name: shop'))
      expect(await warnings(folder)).toEqual([])
      const classes = write('b.yaml', `${own}---\n${shipped}`)
      expect(await warnings(folder)).toContainEqual(expected)
      expect(await warnings(join(folder, 'a.yaml'), classes)).toContainEqual(expected)
    })

    it('warns on one line, whatever the names', async () => {
      const own = shipped.replace('name: default', 'name: gold')
        .replace('pods: "20"', '"x\\n::error::y": 2').replace('configmaps: "50"', '"x\\n::error::y": 1')
      write('a.yaml', tenant('acme', 'name: shop'))
      write('b.yaml', own)
      const lines = (await warnings(folder)).filter(line => line.includes('::error::'))
      expect(lines).toEqual([expect.stringMatching(/^b\.yaml:\d+: spec\.quotas\.tenant-quota\.x\\n::error::y: only 1 of 2 can be used: .*$/)])
    })
  })

  it('warns once of permissions of a class that reach out, at the first rule, and not of the shipped class', async () => {
    const shipped = readFileSync(new URL('../../examples/classes/default.yaml', import.meta.url), 'utf8')
    const rule = '        - {apiGroups: [argoproj.io, ""], resources: [applications, pods/binding, appprojects], verbs: [get, create]}\n'
    const reading = '        - {apiGroups: [keda.sh], resources: [scaledobjects], verbs: [get, list, watch]}\n'
    const own = shipped.replace('name: default', 'name: gold').replaceAll('      rules:\n', `      rules:\n${reading}${rule}`)
    const line = own.split('\n').findIndex(text => text.includes('argoproj.io')) + 1
    const lines: string[] = []
    write('a.yaml', tenant('acme', 'name: shop'))
    await renderFiles([folder], {}, new Date(), text => lines.push(text))
    expect(lines).toEqual([])
    write('b.yaml', own)
    await renderFiles([folder], {}, new Date(), text => lines.push(text.replace(`${folder}/`, '')))
    const page = 'https://github.com/k8s-mtp/k8s-mtp/blob/main/docs/reference/reaching-kinds.md'
    expect(lines.filter(text => text.includes(page))).toEqual([
      `b.yaml:${line}: spec.roles.admin.rules[1]: lets members write pods/binding: ` +
      `writers assign pods to any node, past taints, node selectors and affinity that the scheduler enforces. See ${page}#kubernetes-scheduling`,
      expect.stringMatching(new RegExp(`^b\\.yaml:${line}: spec\\.roles\\.admin\\.rules\\[1\\]: lets members write applications\\.argoproj\\.io, ` +
        'appprojects\\.argoproj\\.io: Argo CD deploys .* Give the Tenant an AppProject .* See .*#argo-cd$'))
    ])
  })

  it('warns of permissions of a further role that reach out', async () => {
    const shipped = readFileSync(new URL('../../examples/classes/default.yaml', import.meta.url), 'utf8')
    const further = '\n  additionalRoles: {binder: {rules: [{apiGroups: [""], resources: [pods/binding], verbs: [create]}]}}\n  roles:\n'
    write('a.yaml', tenant('acme', 'name: shop'))
    write('b.yaml', shipped.replace('name: default', 'name: gold').replace('\n  roles:\n', further))
    const lines: string[] = []
    await renderFiles([folder], {}, new Date(), text => lines.push(text.replace(`${folder}/`, '')))
    expect(lines.filter(text => text.includes('lets members'))).toEqual([
      expect.stringMatching(/^b\.yaml:\d+: spec\.additionalRoles\.binder\.rules\[0\]: lets members write pods\/binding: /)
    ])
  })

  it('warns of each ServiceAccount in the own namespace, except viewers', async () => {
    const own = 'kind: ServiceAccount, namespace: tenant-acme-shop'
    const subjects = [
      `name: shop\nadmins: [{${own}, name: app}, {kind: User, name: "system:serviceaccount:tenant-acme-shop:app"}]`,
      'operators: [{kind: Group, name: "system:serviceaccounts:tenant-acme-shop"}, {kind: ServiceAccount, namespace: ci, name: deployer}]',
      `viewers: [{${own}, name: app}, {kind: User, name: "system:serviceaccount:tenant-acme-shop-2:app"}]`,
      `className: gold\nroles: {deployer: [{${own}, name: app}]}`
    ]
    const further = '\n  additionalRoles: {deployer: {rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]}}\n'
    write('b.yaml', readFileSync(new URL('../../examples/classes/default.yaml', import.meta.url), 'utf8')
      .replace('name: default', 'name: gold').replace('\n  roles:\n', `${further}  roles:\n`))
    const warnings: string[] = []
    write('a.yaml', tenant('acme', subjects.join('\n')))
    await renderFiles([folder], {}, new Date(), line => warnings.push(line.replace(`${folder}/`, '')))
    const says = 'is a ServiceAccount in the namespace of this Tenant: anyone who may create pods there can act as it, and a running pod ' +
      'keeps its access when theirs ends. Use a ServiceAccount of another namespace.'
    expect(warnings.filter(line => line.startsWith('a.yaml'))).toEqual([
      `a.yaml:7: spec.admins[0]: app ${says}`,
      `a.yaml:7: spec.admins[1]: system:serviceaccount:tenant-acme-shop:app ${says}`,
      `a.yaml:8: spec.operators[0]: system:serviceaccounts:tenant-acme-shop ${says}`,
      `a.yaml:11: spec.roles.deployer[0]: app ${says}`
    ])
  })

  it('reads merge keys as kubectl does', async () => {
    write('a.yaml', `${tenant('acme', 'name: shop')}---\n<<: {apiVersion: k8s-mtp.dev/v1, kind: Tenant}\nmetadata: {name: globex}\nspec: {name: web}\n`)
    expect((await renderFiles([folder])).filter(({ kind }) => kind === 'Namespace')).toHaveLength(2)
  })

  it('uses the shipped class default unless the folder has one', async () => {
    const own = (name: string) => readFileSync(new URL('../golden/metadata/input.yaml', import.meta.url), 'utf8').split('---')[0]?.replace('name: legacy', `name: ${name}`) ?? ''
    const pods = async () => (await renderFiles([folder])).find(({ metadata }) => metadata.name === 'tenant-quota')
    write('tenant.yaml', tenant('acme', 'name: shop'))
    write('class.yaml', own('gold'))
    expect(await pods()).toMatchObject({ spec: { hard: { pods: '20' } } })
    write('class.yaml', own('default'))
    expect(await pods()).toMatchObject({ spec: { hard: { pods: '1k' } } })
  })

  it.each(['default', 'large', 'sandbox', 'small', 'standard'])('finds the shipped class %s', async className => {
    const manifests = await renderFiles([write('a.yaml', tenant('acme', `name: shop\nclassName: ${className}`))])
    expect(manifests[0]).toMatchObject({ kind: 'Namespace', metadata: { labels: { 'k8s-mtp.dev/class': className } } })
  })

  it('leaves out subjects that have expired', async () => {
    const file = write('a.yaml', tenant('acme', 'name: shop\nviewers:\n- {kind: User, name: eve, expiresAt: 2026-12-24T18:00:00Z}\n- {kind: User, name: bob}'))
    const viewers = async (time: string) => (await renderFiles([file], undefined, new Date(time)))
      .flatMap(manifest => manifest.kind === 'RoleBinding' && manifest.metadata.name === 'tenant-viewer' ? manifest.subjects ?? [] : [])
    const bob = { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'bob' }
    expect(await viewers('2026-12-24T17:59:59Z')).toEqual([bob, { ...bob, name: 'eve' }])
    expect(await viewers('2026-12-24T18:00:00Z')).toEqual([bob])
  })

  it('uses only the classes of --classes, if given', async () => {
    const classes = write('classes.yaml', readFileSync(new URL('../golden/metadata/input.yaml', import.meta.url), 'utf8').split('---')[0] ?? '')
    expect(await findings(write('a.yaml', tenant('acme', 'name: shop\nclassName: legacy')), classes)).toEqual([])
    expect(await findings(write('a.yaml', tenant('acme', 'name: shop')), classes)).toEqual(['a.yaml:6: spec.className: TenantClass default does not exist. Create it, or use one of: legacy.'])
  })

  it.each([
    ['a violated rule', tenant('acme', 'name: shop\nadmins:\n- kind: User\n  name: ada\n- kind: ServiceAccount\n  name: x'), [
      'a.yaml:10: spec.admins[1]: a ServiceAccount needs its namespace. Add namespace to this subject'
    ]],
    ['an unknown field', tenant('acme', 'name: shop\nadmin: []'), [
      'a.yaml:7: spec.admin: unknown field. Existing fields: name, className, admins, operators, viewers, roles, quotas, limits, labels, annotations, network, workloads, nodePool, deletionPolicy, cordoned, paused, namespaces'
    ]],
    ['an invalid expiresAt', tenant('acme', 'name: shop\nviewers:\n- kind: User\n  name: eve\n  expiresAt: 2026-12-24'), [
      'a.yaml:10: spec.viewers[0].expiresAt: write date and time to the second, with Z or an offset, such as 2026-12-24T18:00:00Z or 2026-12-24T19:00:00+01:00'
    ]],
    ['a missing field', tenant('acme', 'className: default'), [
      'a.yaml:6: spec.name: is required'
    ]],
    ['an unknown class', tenant('acme', 'name: shop\nclassName: gold'), [
      'a.yaml:7: spec.className: TenantClass gold does not exist. Create it, or use one of: default, large, sandbox, small, standard.'
    ]],
    ['an override above its maximum', tenant('acme', 'name: shop\nquotas:\n  tenant-quota:\n    pods: 1000'), [
      'a.yaml:9: spec.quotas.tenant-quota.pods: 1000 exceeds the maximum 100 of TenantClass default. Change or remove the override, or ask the platform team to change spec.overrides.quotas.tenant-quota.pods of the class'
    ]],
    ['invalid YAML', 'apiVersion: [\n', [
      'a.yaml:2: Flow sequence in block collection must be sufficiently indented and end with a ]'
    ]],
    ['a repeated key', tenant('acme', 'name: shop\nname: web'), [
      'a.yaml:7: Map keys must be unique'
    ]],
    ['a list', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nitems: []\n', [
      'a.yaml:4: items: a list is not supported: other tools apply its items one by one, whatever its kind. Write each item as its own document.'
    ]],
    ['an unknown alias', 'a: *b\n', [
      'a.yaml:1: cannot be converted to JSON: Unresolved alias (the anchor must be set before the alias): b'
    ]],
    ['a circular alias', 'a: &b [*b]\n', [
      'a.yaml:1: cannot be converted to JSON: Converting circular structure to JSON'
    ]],
    ['exponential aliases', `a: &a [${'x,'.repeat(20)}]\nb: &b [${'*a,'.repeat(20)}]\nc: [${'*b,'.repeat(20)}]\n`, [
      'a.yaml:1: cannot be converted to JSON: Excessive alias count indicates a resource exhaustion attack'
    ]],
    ['an unknown version', 'apiVersion: k8s-mtp.dev/v2\nkind: Tenant\nmetadata: {name: a}\n', [
      'a.yaml:2: kind: Tenant in k8s-mtp.dev/v2 is not a kind for users. Write a Tenant or a TenantClass in k8s-mtp.dev/v1.'
    ]]
  ])('reports file, line and message of %s', async (_, text, expected) => {
    expect(await findings(write('a.yaml', text))).toEqual(expected)
  })

  it('reports two Tenants with one existing namespace', async () => {
    write('1.yaml', tenant('a', 'name: home\nnamespaces: [{existing: legacy}]'))
    write('2.yaml', tenant('b', 'name: home\nnamespaces: [{name: dev}, {existing: legacy}]'))
    expect(await findings(folder)).toEqual([
      `2.yaml:7: spec.namespaces[1].existing: namespace legacy already belongs to Tenant a in ${folder}/1.yaml. List it in one of the Tenants.`
    ])
  })

  it('reports two Tenants with one name or one namespace', async () => {
    write('1.yaml', tenant('a-b', 'name: c'))
    write('2.yaml', tenant('a', 'name: b-c'))
    write('3.yaml', tenant('a', 'name: d'))
    expect(await findings(folder)).toEqual([
      `3.yaml:4: metadata.name: Tenant a is already defined in ${folder}/2.yaml. Remove one of the two.`,
      `2.yaml:6: spec.name: namespace tenant-a-b-c already belongs to Tenant a-b in ${folder}/1.yaml. Choose another name for one of the Tenants.`
    ])
  })

  it('reports input with nothing to render', async () => {
    expect(await findings(join(folder, 'nowhere'))).toEqual(['nowhere: no such file or folder. Check the path.'])
    expect(await findings(folder)).toEqual([`${folder}: the folder has no .yaml, .yml or .json file. Name a folder with manifests.`])
    expect(await findings(write('c.yaml', 'kind: ConfigMap\napiVersion: v1\n'))).toEqual(['c.yaml: no Tenant found. Name a file or folder with one.'])
  })
})
