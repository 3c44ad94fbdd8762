import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { repositoryPath } from '../cluster/paths.ts'
import { client } from './context.ts'

interface Schema { properties?: Record<string, unknown> }
type Schemas = Record<string, Schema>

const core = '/openapi/v3/api/v1'
const rbac = '/openapi/v3/apis/rbac.authorization.k8s.io/v1'
const networking = '/openapi/v3/apis/networking.k8s.io/v1'

// The package has had no release since Kubernetes 1.30: it can stay as long as no field of these kinds is new.
test.each([
  ['Namespace', core, 'io.k8s.api.core.v1'],
  ['LimitRange', core, 'io.k8s.api.core.v1'],
  ['ResourceQuota', core, 'io.k8s.api.core.v1'],
  ['Role', rbac, 'io.k8s.api.rbac.v1'],
  ['RoleBinding', rbac, 'io.k8s.api.rbac.v1'],
  ['NetworkPolicy', networking, 'io.k8s.api.networking.v1']
])('kubernetes-types has every field of a %s', async (kind, path, group) => {
  const { components } = await client().request('GET', path) as { components: { schemas: Schemas } }
  const served = [...reachable(components.schemas, `${group}.${kind}`)].flatMap(id => {
    const fields = Object.keys(components.schemas[id]?.properties ?? {})
    // Quantities and the like are strings or numbers.
    const typed = fields.length === 0 ? [] : typedFields(id)
    return fields.map(field => ({ field: `${id}.${field}`, typed: typed.includes(field) }))
  })
  expect(served.length).toBeGreaterThan(20)
  expect(served.filter(({ typed }) => !typed)).toEqual([])
})

/** The schemas that an object of one schema is made of. */
function reachable (schemas: Schemas, id: string, found = new Set<string>()): Set<string> {
  if (found.has(id)) return found
  found.add(id)
  for (const [, next = ''] of JSON.stringify(schemas[id]).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) reachable(schemas, next, found)
  return found
}

/** The fields of the interface for a schema: that of `io.k8s.api.core.v1.Namespace` is Namespace in core/v1. */
function typedFields (id: string): string[] {
  const [name = '', version = '', group = ''] = id.split('.').reverse()
  const file = repositoryPath(`node_modules/kubernetes-types/${group}/${version}.d.ts`)
  const [, body = ''] = new RegExp(`^export interface ${name} \\{\\n(.*?)^\\}`, 'ms').exec(readFileSync(file, 'utf8')) ?? []
  return [...body.matchAll(/^ {4}(?:readonly )?(\w+)\??:/gm)].map(([, field = '']) => field)
}
