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
  if (found === undefined) throw new Error(`no schema for ${kind}`)
  return new Ajv({ strict: false, validateFormats: false }).compile(found.schema)
}

describe('the JSON Schemas of the CRDs', () => {
  it.each([
    ['tenant', 'examples/tenants/acme.yaml'],
    ['tenant', 'examples/tenants/globex.yaml'],
    ['tenant', 'examples/tenants/initech.yaml'],
    ['tenantclass', 'examples/classes/default.yaml']
  ])('accept the %s in %s', (kind, path) => {
    const validate = validator(kind)
    expect(validate(parse(readFileSync(repositoryPath(path), 'utf8'))), JSON.stringify(validate.errors)).toBe(true)
  })

  it.each<[string, object, string]>([
    ['an unknown field', { spec: { name: 'shop', admin: [] } }, '/spec'],
    ['an unknown kind of subject', { spec: { name: 'shop', admins: [{ kind: 'Robot', name: 'x' }] } }, '/spec/admins/0/kind'],
    ['no spec', {}, ''],
    ['an unknown version', { apiVersion: 'k8s-mtp.dev/v2', spec: { name: 'shop' } }, '/apiVersion']
  ])('reject a tenant with %s', (_, part, path) => {
    const validate = validator('tenant')
    expect(validate({ apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', metadata: { name: 'acme', labels: { a: 'b' } }, ...part })).toBe(false)
    expect(validate.errors?.map(({ instancePath }) => instancePath)).toContain(path)
  })

  it.each([[2, true], ['2', true], ['500m', true], [true, false]])('accept a quota of %j: %s', (pods, valid) => {
    expect(
      validator('tenant')({
        apiVersion: 'k8s-mtp.dev/v1',
        kind: 'Tenant',
        metadata: { name: 'acme' },
        spec: { name: 'shop', quotas: { 'tenant-quota': { pods } } }
      })
    ).toBe(valid)
  })
})
