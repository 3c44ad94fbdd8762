import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { childKinds } from '../../src/tenancy/desired/child-kinds.ts'
import { allowed, allQuestions, tableOf, type Question } from './access-review.ts'
import { authenticatedAccess, type Access } from './access-table.ts'
import { classManifest } from './classes.ts'
import { as, client, eventually } from './context.ts'
import { remove, tenantManifest, uniqueName } from './tenants.ts'

const ours = 'k8s-mtp.dev'
const read = ['get', 'list', 'watch'] as const
const write = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'] as const
const ownChildKinds = childKinds.filter(
  ({ apiVersion }) => apiVersion.startsWith(`${ours}/`)
).map(({ resource }): Access => [ours, resource, read])

/** All permissions of a ClusterRole that is bound in the cluster. */
const table: Record<string, readonly Access[]> = {
  'k8s-mtp-tenant-editor': [[ours, 'tenants', write], [ours, 'tenantnamespaces', read], [ours, 'tenantclasses', read]],
  'k8s-mtp-class-editor': [[ours, 'tenants', read], [ours, 'tenantnamespaces', read], [ours, 'tenantclasses', write]],
  'k8s-mtp-viewer': [[ours, 'tenants', read], [ours, 'tenantnamespaces', read], [ours, 'tenantclasses', read], ...ownChildKinds]
}
const builtIn = ['view', 'edit', 'admin']
const roles = [...Object.keys(table), ...builtIn]

const run = uniqueName('people')
const userOf = (role: string) => `${run}-${role}@platform.example`
const bindingOf = (role: string) => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', name: `${run}-${role}` })
const who = (role: string) => ({ user: userOf(role), groups: ['system:authenticated'] })
let questions: Question[] = []

beforeAll(async () => {
  for (const role of roles) {
    const { name, ...kind } = bindingOf(role)
    await client().create({
      ...kind,
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: userOf(role) }]
    })
  }
  await eventually(async () => {
    for (const role of roles) await as(userOf(role)).list({ apiVersion: `${ours}/v1`, kind: 'TenantClass' })
  })
  questions = await allQuestions(client())
})

afterAll(async () => { for (const role of roles) await remove(bindingOf(role)) })

test.each(Object.entries(table))('%s has exactly the permissions of the table, in the cluster and in namespaces', async (role, rows) => {
  const expected = tableOf([...rows, ...authenticatedAccess])
  expect(await allowed(client(), questions, who(role))).toEqual(expected)
  expect(await allowed(client(), questions, who(role), 'kube-system')).toEqual(expected)
})

test.each(builtIn)('%s can read Tenants, TenantNamespaces and TenantClasses, and write none', async role => {
  const about = questions.filter(({ group }) => group === ours)
  expect(await allowed(client(), about, who(role))).toEqual(
    tableOf([[ours, 'tenants', read], [ours, 'tenantnamespaces', read], [ours, 'tenantclasses', read], ...ownChildKinds])
  )
})

describe('requests to the API server', () => {
  const tenant = tenantManifest(uniqueName())
  const dry = { dryRun: true }
  const attempts = {
    'create a Tenant': (role: string) => as(userOf(role)).create(tenant, dry),
    'create a class': (role: string) => as(userOf(role)).create(classManifest(uniqueName('class')), dry),
    'change the class default': (role: string) =>
      as(userOf(role)).patch({ apiVersion: `${ours}/v1`, kind: 'TenantClass', name: 'default' }, { metadata: { labels: { a: 'b' } } }, dry),
    'label a namespace': (role: string) =>
      as(userOf(role)).patch({ apiVersion: 'v1', kind: 'Namespace', name: 'default' }, { metadata: { labels: { a: 'b' } } }, dry),
    'read a namespace': (role: string) => as(userOf(role)).get({ apiVersion: 'v1', kind: 'Namespace', name: 'default' }),
    'read the class default': (role: string) => as(userOf(role)).get({ apiVersion: `${ours}/v1`, kind: 'TenantClass', name: 'default' })
  }
  const permitted: Record<string, Array<keyof typeof attempts>> = {
    'k8s-mtp-tenant-editor': ['create a Tenant', 'read the class default'],
    'k8s-mtp-class-editor': ['create a class', 'change the class default', 'read the class default'],
    'k8s-mtp-viewer': ['read the class default']
  }

  test.each(Object.entries(permitted))('%s can %j, and all other requests are refused', async (role, expected) => {
    const done: string[] = []
    for (const [what, attempt] of Object.entries(attempts)) {
      const refused = await attempt(role).then(() => undefined, (error: unknown) => error)
      if (refused === undefined) done.push(what)
      else expect(refused).toHaveProperty('code', 403)
    }
    expect(done).toEqual(expected)
  })
})
