import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { InputError } from '../../src/cli/input/input-error.ts'
import { rbac, writtenRbac } from '../../src/cli/rbac.ts'

let folder = ''
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-rbac-')) })
afterEach(() => { rmSync(folder, { recursive: true }) })

const shipped = readFileSync(new URL('../../examples/classes/default.yaml', import.meta.url), 'utf8')
const writeClass = (text: string) => {
  const path = join(folder, 'class.yaml')
  writeFileSync(path, text)
  return path
}
const engine = async (options: { classes?: string[], escalate?: boolean }) => (await writtenRbac(options)).find(({ name }) => name === 'engine.yaml')?.text ?? ''

describe('rbac', () => {
  it('prints only ClusterRoles, for kubectl apply -f -', async () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    await rbac({})
    const printed = write.mock.calls.map(([text]) => String(text)).join('')
    write.mockRestore()
    const roles = parseAllDocuments(printed).map(document => document.toJS() as { kind: string, metadata: { name: string } })
    expect(roles.map(({ kind, metadata: { name } }) => `${kind} ${name}`)).toEqual([
      'ClusterRole k8s-mtp-engine', 'ClusterRole k8s-mtp-tenant-editor', 'ClusterRole k8s-mtp-class-editor', 'ClusterRole k8s-mtp-viewer'
    ])
  })

  it('writes a file per role and a kustomization without leader election', async () => {
    await rbac({ outputDir: join(folder, 'rbac') })
    const written = readdirSync(join(folder, 'rbac')).sort()
    expect(written).toEqual(['class-editor.yaml', 'engine.yaml', 'kustomization.yaml', 'leader-election.yaml', 'tenant-editor.yaml', 'viewer.yaml'])
    const { resources } = parse(readFileSync(join(folder, 'rbac/kustomization.yaml'), 'utf8')) as { resources: string[] }
    expect(resources.sort()).toEqual(written.filter(name => !['kustomization.yaml', 'leader-election.yaml'].includes(name)))
  })

  it('grants the permissions of the given classes only', async () => {
    const classes = [writeClass(shipped.replace('resources: [poddisruptionbudgets]', 'resources: [widgets]'))]
    expect(await engine({ classes })).toContain('resources: [widgets]\n')
    expect(await engine({})).not.toContain('widgets')
  })

  it('grants escalate instead of the permissions of the classes with --escalate', async () => {
    const text = await engine({ escalate: true })
    expect(text).toContain('verbs: [bind, escalate]')
    expect(text).not.toContain('secrets')
  })

  it.each([
    ['a class that the API server would refuse', () => shipped.replace('[poddisruptionbudgets]', '["*"]'), /class\.yaml:\d+: spec\.roles\.\w+\.rules/],
    ['a file without a class', () => 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n', /no TenantClass found/]
  ])('refuses %s', async (_, text, message) => {
    const error: unknown = await writtenRbac({ classes: [writeClass(text())] }).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(InputError)
    expect(String(error)).toMatch(message)
  })
})
