import { Value } from '@sinclair/typebox/value'
import type { TObject } from '@sinclair/typebox'
import { describe, expect, test } from 'vitest'
import { clusterScopedResources } from '../../src/api/cluster-scoped-resources.ts'
import { checker, formatViolation } from '../../src/api/validation/checker.ts'
import { TenantClass } from '../../src/api/tenant-class.ts'
import { Tenant } from '../../src/api/tenant.ts'
import { ApiError, isRecord } from '../cluster/api-error.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { classRules, classShapes } from './class-refusals.ts'
import { classManifest } from './classes.ts'
import { client } from './context.ts'
import { tenantRules, tenantShapes } from './tenant-refusals.ts'
import { createTenant, readyTenant, tenantManifest, uniqueName } from './tenants.ts'

const crds = { tenants: 'Tenant', tenantnamespaces: 'TenantNamespace', tenantclasses: 'TenantClass', workloadpolicies: 'WorkloadPolicy' }

describe.each(Object.entries(crds))('the CustomResourceDefinition of %s', (plural, kind) => {
  const read = () =>
    client().get({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name: `${plural}.k8s-mtp.dev` })

  test('is established with a structural schema', async () => {
    const { status } = await read() as KubeObject & { status: { conditions: Array<{ type: string, status: string }> } }
    const conditions = status.conditions.map(({ type, status }) => [type, status])
    expect(conditions).toContainEqual(['Established', 'True'])
    expect(conditions).toContainEqual(['NamesAccepted', 'True'])
    expect(conditions.map(([type]) => type)).not.toContain('NonStructuralSchema')
  })

  test('describes all fields for kubectl explain', async () => {
    const { components } = await client().request(
      'GET', '/openapi/v3/apis/k8s-mtp.dev/v1'
    ) as { components: { schemas: Record<string, Schema> } }
    const { metadata: _, ...properties } = components.schemas[`dev.k8s-mtp.v1.${kind}`]?.properties ?? {}
    const fields = described({ properties }, kind)
    expect(fields.length).toBeGreaterThan(10)
    expect(fields.filter(({ description = '' }) => description.length < 10)).toEqual([])
  })

  test('belongs to the category mtp', async () => {
    const { resources } = await client().request(
      'GET', '/apis/k8s-mtp.dev/v1'
    ) as { resources: Array<{ name: string, categories?: string[] }> }
    expect(resources.find(({ name }) => name === plural)).toHaveProperty('categories', ['mtp'])
  })
})

interface Schema { description?: string, properties?: Record<string, Schema>, items?: Schema, additionalProperties?: Schema }

/** Lists all fields of a schema with their paths. */
function described (
  { properties = {}, items, additionalProperties }: Schema, path: string
): Array<{ path: string, description: string | undefined }> {
  const below = Object.entries(properties).flatMap(([name, field]) => [
    { path: `${path}.${name}`, description: field.description },
    ...described(field, `${path}.${name}`)
  ])
  const within = [items, additionalProperties].filter(isRecord).flatMap(schema => described(schema, `${path}[]`))
  return [...below, ...within]
}

describe('defaults', () => {
  test('a new Tenant has the class default, and an observedGeneration before the first sync', async () => {
    const created = await client().create(tenantManifest(uniqueName()), { dryRun: true })
    expect(created).toMatchObject({ spec: { name: 'shop', className: 'default' }, status: { observedGeneration: -1 } })
  })

  test('a Tenant without a status gets this observedGeneration again', async () => {
    const { ref } = await createTenant({ className: 'none' })
    const replaced = await client().patch(ref, { status: null }, { subresource: 'status', dryRun: true })
    expect(replaced.status).toEqual({ observedGeneration: -1 })
  })

  test('a new class is isolated: restricted pods, Services inside of the cluster, and DNS in kube-system', async () => {
    const { spec } = await client().create(classManifest(uniqueName('class')), { dryRun: true })
    expect(spec).toMatchObject({
      podSecurity: { enforce: 'restricted', audit: 'restricted', warn: 'restricted', version: 'latest' },
      network: {
        dns: {
          peers: [{ namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' } }],
          ports: [{ port: 53, protocol: 'UDP' }, { port: 53, protocol: 'TCP' }]
        }
      },
      workloads: { services: { types: ['ClusterIP'], externalIPs: [] }, endpoints: { addresses: [] } }
    })
  })
})

const schemas: Record<string, TObject> = { Tenant, TenantClass }

/** Validates as `k8s-mtp render` does: by the same rules, without an API server. */
function offline (object: KubeObject): string {
  const schema = schemas[object.kind] ?? Tenant
  const result = checker(schema)(Value.Default(schema, structuredClone(object)))
  return result.ok ? 'accepted' : result.violations.map(formatViolation).join('\n')
}

/** Validates by the API server. */
async function online (object: KubeObject): Promise<string> {
  return client().create(object, { dryRun: true }).then(
    () => 'accepted',
    (error: unknown) => error instanceof ApiError && error.code === 422 ? error.message : String(error)
  )
}

describe.each([['Tenant', tenantRules, tenantShapes], ['TenantClass', classRules, classShapes]])('a %s', (_, rules, shapes) => {
  test.each(rules)('is refused with $it, with the same message offline', async ({ refused, accepted, says }) => {
    expect(await online(refused)).toContain(says)
    expect(await online(accepted)).toBe('accepted')
    expect(offline(refused)).toContain(says)
    expect(offline(accepted)).toBe('accepted')
  })

  test.each(shapes)('is refused with $it, also offline', async ({ refused, accepted, says }) => {
    expect(await online(refused)).toContain(says)
    expect(await online(accepted)).toBe('accepted')
    expect(offline(refused)).not.toBe('accepted')
    expect(offline(accepted)).toBe('accepted')
  })
})

describe('the resources that a Role cannot grant', () => {
  test('are all cluster-scoped ones of the API server', async () => {
    const served = (await apiResources()).filter(({ namespaced, name }) => !namespaced && !/^namespaces|\//.test(name))
      .map(({ group, name }) => `${name} of ${group}`)
    const listed = Object.entries(clusterScopedResources).flatMap(([group, names]) => names.map(name => `${name} of ${group}`))
    expect(served.filter(resource => !listed.includes(resource))).toEqual([])
    expect(served.length).toBeGreaterThan(30)
  })

  test('are in no namespace', async () => {
    const namespaced = (await apiResources()).filter(({ namespaced, group, name }) => namespaced && clusterScopedResources[group]?.includes(name))
    expect(namespaced).toEqual([])
  })
})

/** Lists what discovery serves, a row for each version. */
async function apiResources (): Promise<Array<{ group: string, name: string, namespaced: boolean }>> {
  const { groups } = await client().request('GET', '/apis') as { groups: Array<{ name: string, versions: Array<{ groupVersion: string }> }> }
  const lists = [
    { group: '', path: '/api/v1' },
    ...groups.flatMap(({ name, versions }) => versions.map(({ groupVersion }) => ({ group: name, path: `/apis/${groupVersion}` })))
  ]
  return (await Promise.all(lists.map(async ({ group, path }) => {
    const { resources } = await client().request('GET', path) as { resources: Array<{ name: string, namespaced: boolean }> }
    return resources.map(({ name, namespaced }) => ({ group, name, namespaced }))
  }))).flat()
}

test('spec.name of a Tenant is immutable', async () => {
  const { ref } = await createTenant()
  await expect(client().patch(ref, { spec: { name: 'other' } })).rejects.toMatchObject({
    code: 422,
    message: expect.stringContaining(
      'spec.name is immutable, since a namespace cannot be renamed. Create a second Tenant, and move the workloads'
    )
  })
  await expect(client().patch(ref, { spec: { name: 'shop', paused: true } })).resolves.toHaveProperty('spec.paused', true)
})

test('an unknown field is refused under strict validation, the default of kubectl', async () => {
  const misspelt = tenantManifest('acme', { admin: [] })
  await expect(client().request('POST', '/apis/k8s-mtp.dev/v1/tenants?dryRun=All&fieldValidation=Strict', misspelt))
    .rejects.toMatchObject({ code: 400, message: expect.stringContaining('unknown field "spec.admin"') })
})

test('kubectl get tenants shows phase, readiness and reason', async () => {
  const { name, namespace } = await readyTenant()
  const table = await client().request(
    'GET', `/apis/k8s-mtp.dev/v1/tenants/${name}`, undefined,
    { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' }
  ) as
    { columnDefinitions: Array<{ name: string, priority: number }>, rows: Array<{ cells: unknown[] }> }
  expect(table.columnDefinitions.filter(({ priority }) => priority === 0).map(({ name }) => name)).toEqual([
    'Name', 'Ready', 'Phase', 'Namespace', 'Class', 'Reason', 'Age'
  ])
  expect(table.columnDefinitions.filter(({ priority }) => priority > 0).map(({ name }) => name)).toEqual(['Message'])
  expect(table.rows[0]?.cells.slice(0, 6)).toEqual([name, 'True', 'Active', namespace, 'default', 'UpToDate'])
})

test('kubectl get tenantnamespaces shows the Tenant, the namespace, readiness and reason', async () => {
  const { name } = await readyTenant({ namespaces: [{ name: 'dev' }] })
  const table = await client().request(
    'GET', `/apis/k8s-mtp.dev/v1/tenantnamespaces/${name}.dev`, undefined,
    { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' }
  ) as { columnDefinitions: Array<{ name: string, priority: number }>, rows: Array<{ cells: unknown[] }> }
  expect(table.columnDefinitions.filter(({ priority }) => priority === 0).map(({ name }) => name)).toEqual([
    'Name', 'Tenant', 'Namespace', 'Class', 'Ready', 'Reason', 'Age'
  ])
  expect(table.rows[0]?.cells.slice(0, 6)).toEqual([`${name}.dev`, name, `tenant-${name}-dev`, 'default', 'True', 'UpToDate'])
})
