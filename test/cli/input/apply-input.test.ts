import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { apply } from '../../../src/cli/apply.ts'
import { readApplyInput } from '../../../src/cli/input/apply-input.ts'
import { InputError } from '../../../src/cli/input/input-error.ts'

let folder = ''
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-apply-')) })
afterEach(() => { rmSync(folder, { recursive: true }) })

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)
const read = async () => await readApplyInput([folder])
const findings = async (): Promise<string[]> => await read().then(() => [], (error: unknown) => {
  if (!(error instanceof InputError)) throw error
  return error.message.split('\n').map(line => line.replaceAll(`${folder}/`, ''))
})

const shipped = readFileSync(new URL('../../../examples/classes/default.yaml', import.meta.url), 'utf8')
const tenant = (name: string, spec: object): string => JSON.stringify({ apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', metadata: { name }, spec })

describe('apply', () => {
  it('takes objects as written, without defaults, classes first', async () => {
    write('a.json', tenant('acme', { name: 'shop' }))
    write('b.yaml', shipped)
    expect(await read()).toEqual([parse(shipped), JSON.parse(tenant('acme', { name: 'shop' }))])
  })

  it('accepts Tenants whose class is not in the input', async () => {
    write('a.json', tenant('acme', { name: 'shop', className: 'gold' }))
    expect(await findings()).toEqual([])
  })

  const definition = (group: string): string =>
    JSON.stringify({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `x.${group}` }, spec: { group } })

  it('takes CustomResourceDefinitions first, of k8s-mtp and Metacontroller alone', async () => {
    write('a.json', tenant('acme', { name: 'shop' }))
    write('b.json', definition('metacontroller.k8s.io'))
    expect(await read()).toMatchObject([{ kind: 'CustomResourceDefinition' }, { kind: 'Tenant' }])
    write('c.json', definition('example.com'))
    expect(await findings()).toEqual([expect.stringMatching(/^c\.json:\d+: kind: CustomResourceDefinition in apiextensions\.k8s\.io\/v1 cannot be applied/)])
  })

  const only = 'cannot be applied by k8s-mtp, only Tenants and TenantClasses of k8s-mtp.dev, and CustomResourceDefinitions of k8s-mtp.dev and metacontroller.k8s.io. Apply it with kubectl.'
  const overQuota = { name: 'shop', quotas: { 'no-such-quota': { pods: '1' } } }
  const refused: Array<[string, Record<string, string>, unknown[]]> = [
    ['a file without documents', { 'a.yaml': '# nothing' },
      [expect.stringMatching(/: no Tenant, TenantClass or CustomResourceDefinition found\. Name a file or folder with one\.$/)]],
    ['another kind beside valid objects', { 'a.yaml': `${shipped}---\napiVersion: v1\nkind: ConfigMap\n` },
      [`a.yaml:N: kind: ConfigMap in v1 ${only}`]],
    ['a kind of our group that users do not write', { 'a.yaml': 'apiVersion: k8s-mtp.dev/v1\nkind: WorkloadPolicy\n' }, [
      'a.yaml:N: kind: WorkloadPolicy in k8s-mtp.dev/v1 is not a kind for users. ' +
        'Write a Tenant or a TenantClass in k8s-mtp.dev/v1.'
    ]],
    ['a kind of a group whose name begins like ours', { 'a.yaml': 'apiVersion: k8s-mtp.dev.evil/v1\nkind: Tenant\n' },
      [`a.yaml:N: kind: Tenant in k8s-mtp.dev.evil/v1 ${only}`]],
    ['a document that is not an object', { 'a.yaml': '- 1\n' },
      [`a.yaml:N: kind: a document without apiVersion and kind ${only}`]],
    ['a list', { 'a.yaml': 'apiVersion: v1\nkind: List\nitems: []\n' },
      [expect.stringMatching(/^a\.yaml:N: items: a list is not supported/)]],
    ['an unknown field', { 'a.json': tenant('acme', { name: 'shop', admin: [] }) },
      [expect.stringMatching(/^a\.json:N: spec\.admin: unknown field/)]],
    ['two Tenants with one name', {
      'a.json': tenant('acme', { name: 'shop' }), 'b.json': tenant('acme', { name: 'web' })
    }, ['b.json:N: metadata.name: Tenant acme is already defined in a.json. Remove one of the two.']],
    ['two Tenants with one namespace', {
      'a.json': tenant('a-b', { name: 'c' }), 'b.json': tenant('a', { name: 'b-c' })
    }, [expect.stringMatching(/^b\.json:N: spec\.name: namespace tenant-a-b-c already belongs to Tenant a-b in a\.json\./)]],
    ['an invalid class, reported once', {
      'a.yaml': shipped.replace(/(tenant-quota:[\s\S]*?cpu: )[^,}\n]+/, '$1a-lot'), 'b.json': tenant('acme', { name: 'shop' })
    }, [expect.stringMatching(/^a\.yaml:N: spec\.quotas\.tenant-quota/)]],
    ['an override that its class does not allow', { 'a.yaml': shipped, 'b.json': tenant('acme', overQuota) },
      [expect.stringMatching(/^b\.json:N: spec\.quotas\.no-such-quota/)]]
  ]
  it.each(refused)('refuses %s', async (_, files, expected) => {
    for (const [name, text] of Object.entries(files)) write(name, text)
    expect((await findings()).map(line => line.replace(/:\d+:/, ':N:'))).toEqual(expected)
  })

  it.each([
    ['a field manager with spaces', { fieldManager: 'my manager', timeout: '60s' }, /^--field-manager is not a valid name/],
    ['an invalid timeout', { fieldManager: 'x', timeout: 'soon' }, /^--timeout is not a duration/]
  ])('refuses %s', async (_, options, message) => {
    write('a.yaml', shipped)
    await expect(apply({ filename: [folder], ...options })).rejects.toThrow(message)
  })

  it('refuses a kubeconfig with a server without TLS', async () => {
    const kubeconfig = join(folder, 'kubeconfig')
    write('a.json', tenant('acme', { name: 'shop' }))
    write('kubeconfig', JSON.stringify({
      clusters: [{ name: 'c', cluster: { server: 'http://127.0.0.1:9' } }],
      users: [{ name: 'u', user: {} }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x'
    }))
    await expect(apply({ filename: [folder], kubeconfig, fieldManager: 'x', timeout: '1s' }))
      .rejects.toThrow(/^Tenant\/acme: the kubeconfig cannot be used: HTTP protocol is not allowed/)
  })
})
