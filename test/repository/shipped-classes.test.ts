import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import type { TenantClass } from '../../src/api/tenant-class.ts'
import { repositoryPath } from '../cluster/paths.ts'

const folder = repositoryPath('examples/classes')
const files = readdirSync(folder).filter(name => name !== 'kustomization.yaml')
const read = (file: string): unknown => parse(readFileSync(`${folder}/${file}`, 'utf8'))
const classOf = (file: string) => read(file) as TenantClass

/** Roles that differ from those of the class default, by class. */
const otherRoles: Record<string, Partial<TenantClass['spec']['roles']>> = {}

it.each(files)('%s has the name of its class', file => {
  expect(`${classOf(file).metadata.name}.yaml`).toBe(file)
})

it.each(files)('%s has the roles of the class default, except the listed ones', file => {
  const { metadata, spec } = classOf(file)
  expect(spec.roles).toEqual({ ...classOf('default.yaml').spec.roles, ...otherRoles[metadata.name] })
})

it.each(files)('%s has the pod security, network and workloads of the class default', file => {
  const common = ({ spec: { podSecurity, network, workloads } }: TenantClass) => ({ podSecurity, network, workloads })
  expect(common(classOf(file))).toEqual(common(classOf('default.yaml')))
})

it('the chart offers all classes as presets', () => {
  const schema = JSON.parse(readFileSync(repositoryPath('chart/values.schema.json'), 'utf8')) as { properties: Record<string, unknown> }
  expect(schema.properties['classPresets']).toMatchObject({ items: { enum: files.map(file => file.replace('.yaml', '')) } })
})

it('the kustomization has all classes', () => {
  expect(read('kustomization.yaml')).toMatchObject({ resources: files })
})
