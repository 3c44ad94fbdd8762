import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readKustomization, readManifests } from './manifests.ts'

describe('manifests', () => {
  let folder: string
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-test-')) })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  function put (name: string, content: string): void {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  const configMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`
  const names = (objects: { metadata: { name: string } }[]): string[] => objects.map(({ metadata }) => metadata.name)

  it('of a folder are those of all YAML files in it, except kustomizations', () => {
    put('b.yaml', `${configMap('b1')}---\n# nothing here\n---\n${configMap('b2')}`)
    put('a/c.yml', configMap('c'))
    put('a/kustomization.yaml', 'resources: [c.yml]')
    put('README.md', 'no manifest')
    expect(names(readManifests(folder))).toEqual(['c', 'b1', 'b2'])
  })

  it('of a kustomization are those of its resources, even of other folders', () => {
    put('base/kustomization.yaml', 'resources: [one.yaml, ../other]')
    put('base/one.yaml', configMap('one'))
    put('base/not-listed.yaml', configMap('two'))
    put('other/kustomization.yaml', 'resources: [three.yaml]')
    put('other/three.yaml', configMap('three'))
    expect(names(readKustomization(join(folder, 'base')))).toEqual(['one', 'three'])
  })

  it('are refused where a kustomization has other fields than resources', () => {
    put('kustomization.yaml', 'resources: []\nnamespace: elsewhere')
    expect(() => readKustomization(folder)).toThrow('only a list of resources is supported, not namespace')
  })

  it('are refused with the name of a file without valid Kubernetes objects', () => {
    put('broken.yaml', 'a: [')
    expect(() => readManifests(folder)).toThrow('broken.yaml: ')
    put('broken.yaml', 'kind: ConfigMap')
    expect(() => readManifests(folder)).toThrow('broken.yaml has a document that is no Kubernetes object')
  })
})
