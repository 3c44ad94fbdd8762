import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { parseManifests } from '../cluster/manifests.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { filesBelow } from './files.ts'
import { run } from './program.ts'
import type { Ended } from '../support/run.ts'

const folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-release-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const inRepository = async (command: string, ...args: string[]): Promise<Ended> =>
  await run({ command, args, cwd: repositoryPath('.'), env: { ...process.env, SOURCE_DATE_EPOCH: '1700000000' } })
const assets = async (target: string): Promise<Ended> => await inRepository('release/assets.sh', target)
const sums = async (target: string): Promise<Ended> => await inRepository('release/sums.sh', target, join(folder, 'sbom.json'))

describe('the files of a release', () => {
  const first = join(folder, 'first')
  const schemas = join(folder, 'schemas')

  beforeAll(async () => {
    writeFileSync(join(folder, 'sbom.json'), '{}')
    expect(await assets(first)).toMatchObject({ code: 0, stderr: '' })
    expect(await sums(first)).toMatchObject({ code: 0, stderr: '' })
    mkdirSync(schemas)
    const extract = ['--extract', '--gzip', '--file', join(first, 'crd-schemas.tar.gz'), '--directory', schemas]
    expect(await inRepository('tar', ...extract)).toMatchObject({ code: 0 })
  })

  it('are complete', () => {
    expect(filesBelow(first)).toEqual(['SHA256SUMS', 'crd-schemas.tar.gz', 'crds.yaml', 'install.yaml', 'sbom.json'])
  })

  it('match SHA256SUMS', async () => {
    const { code, stdout } = await run({ command: 'sha256sum', args: ['--check', '--strict', 'SHA256SUMS'], cwd: first })
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'crd-schemas.tar.gz: OK\ncrds.yaml: OK\ninstall.yaml: OK\nsbom.json: OK\n' })
  })

  it('are reproducible', async () => {
    const again = join(folder, 'again')
    await assets(again)
    await sums(again)
    expect(readFileSync(join(again, 'SHA256SUMS'), 'utf8')).toBe(readFileSync(join(first, 'SHA256SUMS'), 'utf8'))
  })

  it('are not written to a folder with other files', async () => {
    expect(await assets(first)).toMatchObject({ code: 1, stderr: expect.stringContaining('is not empty') })
  })

  it('contain all CRDs, for kubectl', () => {
    const documents = parseAllDocuments(readFileSync(join(first, 'crds.yaml'), 'utf8'))
    expect(documents.map(document => document.getIn(['metadata', 'name']))).toEqual([
      'tenantclasses.k8s-mtp.dev',
      'tenantnamespaces.k8s-mtp.dev',
      'tenants.k8s-mtp.dev',
      'workloadpolicies.k8s-mtp.dev',
      'compositecontrollers.metacontroller.k8s.io',
      'controllerrevisions.metacontroller.k8s.io',
      'decoratorcontrollers.metacontroller.k8s.io'
    ])
  })

  it('contain all else that the chart installs, for kubectl, with the class default, and without Jobs of helm', () => {
    const objects = parseManifests(readFileSync(join(first, 'install.yaml'), 'utf8'), 'install.yaml')
    const found = objects.map(({ kind, metadata: { name } }) => `${kind} ${name}`)
    expect(found[0]).toBe('Namespace k8s-mtp-system')
    expect(found.at(-1)).toBe('TenantClass default')
    for (const name of [
      'Deployment k8s-mtp', 'Deployment k8s-mtp-metacontroller', 'CompositeController k8s-mtp', 'FlowSchema k8s-mtp-tenants',
      'ValidatingAdmissionPolicy k8s-mtp-engine', 'MutatingAdmissionPolicy k8s-mtp-pod-defaults', 'ClusterRoleBinding k8s-mtp-metacontroller'
    ]) expect(found).toContain(name)
    expect(found.filter(name => /^(Job|CustomResourceDefinition|Pod) /.test(name))).toEqual([])
    expect(new Set(found).size).toBe(found.length)
  })

  it('contain a schema per kind, at the path for kubeconform', () => {
    expect(filesBelow(schemas)).toEqual([
      'k8s-mtp.dev/tenant_v1.json',
      'k8s-mtp.dev/tenantclass_v1.json',
      'k8s-mtp.dev/tenantnamespace_v1.json',
      'k8s-mtp.dev/workloadpolicy_v1.json'
    ])
  })
})

describe('a release', () => {
  const check = async (tag: string): Promise<Ended> => await inRepository('node', '--import', 'tsx', 'release/check-version.ts', tag)

  it('is refused for a tag that differs from the version', async () => {
    expect(await check('v9.9.9')).toMatchObject({ code: 1, stderr: expect.stringContaining('the tag is v9.9.9') })
  })

  it('has only pinned base images, and one of Metacontroller', async () => {
    const { code, stdout } = await inRepository('release/base-images.sh', '--list')
    const bases = readFileSync(repositoryPath('Dockerfile'), 'utf8').match(/^FROM .*/gm) ?? []
    const images = stdout.trimEnd().split('\n')
    expect({ code, count: images.length }).toEqual({ code: 0, count: bases.length + 1 })
    expect(images.at(-1)).toMatch(/^ghcr\.io\/metacontroller\/metacontroller:v4\./)
  })

  it('is refused for a base image without a digest', async () => {
    const copy = join(folder, 'unpinned')
    mkdirSync(join(copy, 'release'), { recursive: true })
    writeFileSync(join(copy, 'release', 'base-images.sh'), readFileSync(repositoryPath('release/base-images.sh')), { mode: 0o755 })
    writeFileSync(join(copy, 'Dockerfile'), 'FROM node:24 AS build\n')
    cpSync(repositoryPath('chart/values.yaml'), join(copy, 'chart/values.yaml'))
    expect(await run({ command: join(copy, 'release', 'base-images.sh'), args: ['--list'], cwd: copy })).toMatchObject(
      { code: 1, stderr: expect.stringContaining('node:24 is not pinned') }
    )
  })
})
