import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { apply } from '../../../src/cli/apply.ts'
import { applyInput } from '../../../src/cli/input/apply-input.ts'
import { InputError } from '../../../src/cli/input/input-error.ts'
import { readDocuments } from '../../../src/cli/input/manifest-files.ts'

let folder = ''
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-apply-')) })
afterEach(() => { rmSync(folder, { recursive: true }) })

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)
const read = async () => applyInput(await readDocuments(folder))
const findings = async (): Promise<string[]> => await read().then(() => [], (error: unknown) => {
  if (!(error instanceof InputError)) throw error
  return error.message.split('\n').map(line => line.replaceAll(`${folder}/`, ''))
})

const shipped = readFileSync(new URL('../../../examples/classes/default.yaml', import.meta.url), 'utf8')
const tenant = (name: string, spec: object): string => JSON.stringify({ apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', metadata: { name }, spec })

describe('what is applied', () => {
  it('is what is written, without defaults, classes first', async () => {
    write('a.json', tenant('acme', { name: 'shop' }))
    write('b.yaml', shipped)
    expect(await read()).toEqual([parse(shipped), JSON.parse(tenant('acme', { name: 'shop' }))])
  })

  it('may name classes that the cluster has', async () => {
    write('a.json', tenant('acme', { name: 'shop', className: 'gold' }))
    expect(await findings()).toEqual([])
  })

  const refused: Array<[string, Record<string, string>, string[]]> = [
    ['an empty folder of documents', { 'a.yaml': '# nothing' }, ['there is no TenantClass and no Tenant in the input']],
    ['another kind, beside what is right', { 'a.yaml': `${shipped}---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: x}\n` },
      ['a.yaml:N: kind: k8s-mtp apply takes the kinds TenantClass and Tenant of k8s-mtp.dev alone, not ClusterRole in rbac.authorization.k8s.io/v1: apply it with kubectl']],
    ['a kind of ours that people do not write', { 'a.yaml': 'apiVersion: k8s-mtp.dev/v1\nkind: WorkloadPolicy\nmetadata: {name: x}\n' },
      ['a.yaml:N: kind: of k8s-mtp.dev people write the kinds Tenant and TenantClass, in k8s-mtp.dev/v1']],
    ['a kind of another group whose name begins like ours', { 'a.yaml': 'apiVersion: k8s-mtp.dev.evil/v1\nkind: Tenant\nmetadata: {name: x}\n' },
      ['a.yaml:N: kind: k8s-mtp apply takes the kinds TenantClass and Tenant of k8s-mtp.dev alone, not Tenant in k8s-mtp.dev.evil/v1: apply it with kubectl']],
    ['a document that is no object', { 'a.yaml': '- 1\n' },
      ['a.yaml:N: kind: k8s-mtp apply takes the kinds TenantClass and Tenant of k8s-mtp.dev alone, not undefined in undefined: apply it with kubectl']],
    ['a list', { 'a.yaml': 'apiVersion: v1\nkind: List\nitems: []\n' }, [expect.stringMatching(/^a\.yaml:N: items: .* not looked into here/)]],
    ['a field that nobody knows', { 'a.json': tenant('acme', { name: 'shop', admin: [] }) }, [expect.stringMatching(/^a\.json:N: spec\.admin: unknown field. Existing fields: name, /)]],
    ['two of one name', { 'a.json': tenant('acme', { name: 'shop' }), 'b.json': tenant('acme', { name: 'web' }) }, ['b.json:N: metadata.name: there is a Tenant acme in a.json already']],
    ['a class that could serve no Tenant', { 'a.yaml': shipped.replace(/(tenant-quota:[\s\S]*?cpu: )[^,}\n]+/, '$1a-lot') }, [expect.stringMatching(/^a\.yaml:N: spec\.quotas\.tenant-quota/)]],
    ['an override that its class refuses', { 'a.yaml': shipped, 'b.json': tenant('acme', { name: 'shop', quotas: { 'no-such-quota': { pods: '1' } } }) }, [expect.stringMatching(/^b\.json:N: spec\.quotas\.no-such-quota/)]]
  ]
  it.each(refused)('is nothing where there is %s', async (_, files, expected) => {
    for (const [name, text] of Object.entries(files)) write(name, text)
    expect((await findings()).map(line => line.replace(/:\d+:/, ':N:'))).toEqual(expected)
  })

  it.each([
    ['a field manager with spaces', { fieldManager: 'my manager', timeout: '60s' }, /^--field-manager is a name/],
    ['a timeout that is none', { fieldManager: 'x', timeout: 'soon' }, /^--timeout is a time/]
  ])('is nothing with %s', async (_, options, message) => {
    write('a.yaml', shipped)
    await expect(apply({ filename: folder, ...options })).rejects.toThrow(message)
  })

  it('is nothing where the kubeconfig leads to a server without TLS', async () => {
    const kubeconfig = join(folder, 'kubeconfig')
    write('a.json', tenant('acme', { name: 'shop' }))
    write('kubeconfig', JSON.stringify({ clusters: [{ name: 'c', cluster: { server: 'http://127.0.0.1:9' } }], users: [{ name: 'u', user: {} }], contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }], 'current-context': 'x' }))
    await expect(apply({ filename: folder, kubeconfig, fieldManager: 'x', timeout: '1s' })).rejects.toThrow(/^Tenant\/acme: the kubeconfig cannot be used: HTTP protocol is not allowed/)
  })
})
