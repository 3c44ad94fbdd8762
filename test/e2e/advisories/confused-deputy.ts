import { expect } from 'vitest'
import { isRecord } from '../../cluster/api-error.ts'
import { classManifest } from '../classes.ts'
import { client } from '../context.ts'
import { dryRun } from '../guardrails/world.ts'
import { tenantManifest, uniqueName } from '../tenants.ts'
import { casesOf, refused, type Attempt, type Advisory } from './advisory.ts'

const clusterAdmin = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: 'evil' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' }, subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'mallory' }] }

/** Lists the paths of all fields of a schema that accept an object of any kind. */
function openFields (schema: unknown, path: string): string[] {
  if (!isRecord(schema)) return []
  const { properties, items, additionalProperties, type } = schema
  // The API server validates metadata.
  const fields = isRecord(properties) ? Object.entries(properties).filter(([name]) => name !== 'metadata') : []
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true || schema['x-kubernetes-embedded-resource'] === true ||
    additionalProperties === true || (type === undefined && schema['x-kubernetes-int-or-string'] !== true) ||
    (type === 'object' && !isRecord(properties) && !isRecord(additionalProperties) && !path.endsWith('metadata'))
  return [
    ...(isOpen ? [path] : []),
    ...fields.flatMap(([name, field]) => openFields(field, `${path}.${name}`)),
    ...[items, additionalProperties].flatMap(each => openFields(each, `${path}[]`))
  ]
}

async function schemasOf (name: string): Promise<unknown[]> {
  const { spec } = await client().get({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name })
  if (!isRecord(spec) || !Array.isArray(spec.versions)) throw new Error(`${name} has no versions`)
  return spec.versions.map((version: { schema: { openAPIV3Schema: unknown } }) => version.schema.openAPIV3Schema)
}

const withoutOpenFields = (plural: string): Attempt => ({
  action: `a field in ${plural} that accepts an object of any kind`,
  stoppedBy: 'the schema',
  async verify () {
    // A schema of Metacontroller has such fields: the search does find them.
    const controls = await schemasOf('controllerrevisions.metacontroller.k8s.io')
    expect(controls.flatMap(schema => openFields(schema, ''))).not.toEqual([])
    for (const schema of await schemasOf(`${plural}.k8s-mtp.dev`)) {
      expect(schema).toHaveProperty('properties.spec')
      expect(openFields(schema, '')).toEqual([])
    }
  }
})

const smuggled = { rawItems: [clusterAdmin], manifests: [clusterAdmin], additionalRoleBindings: [clusterAdmin] }
const strict = '?dryRun=All&fieldValidation=Strict'

const kinds = [
  { plural: 'tenants', make: (spec: object) => tenantManifest(uniqueName(), spec) },
  { plural: 'tenantclasses', make: (spec: object) => classManifest(uniqueName('class'), spec) }
]

const smuggling: Attempt[] = kinds.flatMap(({ plural, make }) => [
  refused({
    action: `manifests in ${plural}, as kubectl sends them`,
    stoppedBy: 'the schema',
    attack: () => client().request('POST', `/apis/k8s-mtp.dev/v1/${plural}${strict}`, make(smuggled)),
    control: () => client().request('POST', `/apis/k8s-mtp.dev/v1/${plural}${strict}`, make({}))
  }),
  {
    action: `manifests in ${plural}, with unknown fields ignored`,
    stoppedBy: 'no effect: the API server drops them',
    async verify () {
      const created = await client().create(make(smuggled), dryRun)
      expect(created).toHaveProperty('spec')
      expect(JSON.stringify({ ...created, metadata: undefined })).not.toContain('ClusterRoleBinding')
    }
  }
])

const intoATenant = (way: string, stoppedBy: string, attempt: (ref: { apiVersion: string, kind: string, name: string }, spec: object) => Promise<unknown>): Attempt => ({
  action: `manifests in an existing Tenant, by ${way}`,
  stoppedBy,
  async verify ({ tenant }) {
    const found = await attempt(tenant.ref, smuggled)
    expect(found).toHaveProperty('spec.name', 'shop')
    expect(JSON.stringify({ ...(isRecord(found) && found), metadata: undefined })).not.toContain('ClusterRoleBinding')
  }
})

const dropped = 'no effect: the API server drops them'

export const confusedDeputyAdvisories: Advisory[] = [
  {
    id: 'CVE-2026-22872',
    vulnerability: 'the operator applied manifests of tenants with its own permissions: ClusterRoles, webhooks',
    mitigation: 'no field of Tenants and TenantClasses accepts manifests; Metacontroller writes only objects that a Tenant produces, whatever the hook returns',
    attempts: [
      ...['tenants', 'tenantclasses', 'workloadpolicies'].map(withoutOpenFields),
      ...smuggling,
      ...casesOf('engine/kinds-kinds'),
      ...casesOf('engine/objects-namespaces'),
      ...casesOf('engine/objects-names')
    ],
    tests: [{ file: 'test/faults/impostor.test.ts', title: 'fails when it $tries' }]
  },
  {
    id: 'CVE-2026-65835',
    vulnerability: 'the first fix of CVE-2026-22872 covered one of two ways in',
    mitigation: 'there is no way in, and guardrails check the writes of Metacontroller, which every way ends in',
    attempts: [
      intoATenant('a merge patch', dropped, (ref, spec) => client().patch(ref, { spec }, dryRun)),
      intoATenant('a JSON patch', dropped, (ref, spec) => client().patch(ref, Object.entries(spec).map(([field, value]) => ({ op: 'add', path: `/spec/${field}`, value: value as unknown })), { ...dryRun, type: 'json' })),
      intoATenant('its status', dropped, (ref, status) => client().patch(ref, { status }, { ...dryRun, subresource: 'status' })),
      refused({
        action: 'manifests in an existing Tenant, by server-side apply',
        stoppedBy: 'the schema',
        attack: ({ tenant: { ref } }) => client().patch(ref, { apiVersion: ref.apiVersion, kind: ref.kind, metadata: { name: ref.name }, spec: smuggled }, { ...dryRun, type: 'apply', fieldManager: 'mallory', force: true }),
        control: ({ tenant: { ref } }) => client().patch(ref, { apiVersion: ref.apiVersion, kind: ref.kind, metadata: { name: ref.name }, spec: { name: 'shop' } }, { ...dryRun, type: 'apply', fieldManager: 'mallory', force: true })
      }),
      ...casesOf('engine/objects-ownership'),
      ...casesOf('engine/namespaces-names'),
      ...casesOf('engine/namespaces-takeover')
    ]
  }
]
