import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import type { TenantClass } from '../../src/api/tenant-class.ts'
import { repositoryPath } from '../cluster/paths.ts'

const folder = repositoryPath('examples/classes')
const files = readdirSync(folder).filter(name => name !== 'kustomization.yaml')
const read = (file: string): unknown => parse(readFileSync(`${folder}/${file}`, 'utf8'))
const classOf = (file: string) => read(file) as TenantClass

/** Admins of these write NetworkPolicies, Roles and RoleBindings too. */
const withSelfService = ['large.yaml', 'standard.yaml']

it.each(files)('%s has the roles and the self-service of the class default, or those of standard', file => {
  const common = ({ spec: { roles, selfService } }: TenantClass) => ({ roles, selfService })
  expect(common(classOf(file))).toEqual(common(classOf(withSelfService.includes(file) ? 'standard.yaml' : 'default.yaml')))
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
