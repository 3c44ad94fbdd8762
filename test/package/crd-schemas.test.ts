import { readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { schemaFiles } from '../../release/crd-schemas.ts'
import { customResourceDefinitions } from '../../src/crd/custom-resource-definitions.ts'
import { repositoryPath } from '../cluster/paths.ts'

const schemas = Object.values(customResourceDefinitions).flatMap(schemaFiles)

function validator (kind: string): ValidateFunction {
  const found = schemas.find(({ path }) => path === `k8s-mtp.dev/${kind}_v1.json`)
  if (found === undefined) throw new Error(`there is no schema of ${kind}`)
  return new Ajv({ strict: false, validateFormats: false }).compile(found.schema)
}

describe('by the JSON Schema of its kind', () => {
  it.each([
    ['tenant', 'examples/tenants/acme.yaml'],
    ['tenant', 'examples/tenants/globex.yaml'],
    ['tenant', 'examples/tenants/initech.yaml'],
    ['tenantclass', 'examples/classes/default.yaml']
  ])('the %s in %s is right', (kind, path) => {
    const validate = validator(kind)
    expect(validate(parse(readFileSync(repositoryPath(path), 'utf8'))), JSON.stringify(validate.errors)).toBe(true)
  })

  it.each<[string, object, string]>([
    ['a field that there is not', { spec: { name: 'shop', admin: [] } }, '/spec'],
    ['a kind of subject that there is not', { spec: { name: 'shop', admins: [{ kind: 'Robot', name: 'x' }] } }, '/spec/admins/0/kind'],
    ['no spec', {}, ''],
    ['another version', { apiVersion: 'k8s-mtp.dev/v2', spec: { name: 'shop' } }, '/apiVersion']
  ])('a tenant with %s is wrong', (_, part, where) => {
    const validate = validator('tenant')
    expect(validate({ apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', metadata: { name: 'acme', labels: { a: 'b' } }, ...part })).toBe(false)
    expect(validate.errors?.map(({ instancePath }) => instancePath)).toContain(where)
  })

  it.each([[2, true], ['2', true], ['500m', true], [true, false]])('a quota of %j is right: %s', (pods, right) => {
    expect(validator('tenant')({ apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', metadata: { name: 'acme' }, spec: { name: 'shop', quotas: { 'tenant-quota': { pods } } } })).toBe(right)
  })
})
