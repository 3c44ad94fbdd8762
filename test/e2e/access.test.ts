import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allowed, allQuestions, rulesOf, tableOf, type Question } from './access-review.ts'
import { accessTable, authenticatedAccess, standardAccess, type Role } from './access-table.ts'
import { as, client, eventually } from './context.ts'
import { removeTenant, tenantManifest, uniqueName, waitForReady } from './tenants.ts'

const roles = ['admin', 'operator', 'viewer'] as const
const userOf = (role: Role) => `${role}@acme.example`
const authenticated = (user: string) => ({ user, groups: ['system:authenticated'] })
const unlisted = 'zoe@elsewhere.example'

const names = { own: uniqueName('acme'), standard: uniqueName('initech'), other: uniqueName('globex') }
const namespaces = { own: `tenant-${names.own}-shop`, standard: `tenant-${names.standard}-shop`, other: `tenant-${names.other}-shop` }
const namespaceRef = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', name })
const mayReadNamespace = (user: string, name: string) => as(user).get(namespaceRef(name)).then(() => true, () => false)

let questions: Question[] = []

beforeAll(async () => {
  const members = Object.fromEntries(roles.map(role => [`${role}s`, [{ kind: 'User', name: userOf(role) }]]))
  await client().create(tenantManifest(names.own, members))
  await client().create(tenantManifest(names.standard, { ...members, className: 'standard' }))
  await client().create(tenantManifest(names.other, { admins: [{ kind: 'User', name: 'admin@globex.example' }] }))
  for (const name of Object.values(names)) await waitForReady({ name })
  // The authorizer observes Roles and RoleBindings with a delay.
  await eventually(async () => {
    for (const role of roles) {
      for (const name of [namespaces.own, namespaces.standard]) expect(await mayReadNamespace(userOf(role), name)).toBe(true)
    }
  })
  questions = await allQuestions(client())
})

afterAll(async () => {
  for (const name of Object.values(names)) await removeTenant(name)
})

test('the access reviews cover what the API server serves', () => {
  const resources = new Set(questions.map(({ resource }) => resource))
  for (const resource of [
    'pods/attach', 'pods/ephemeralcontainers', 'nodes/proxy', 'serviceaccounts/token', 'namespaces/finalize',
    'tenants', 'tenantclasses', 'networkpolicies'
  ]) {
    expect(resources).toContain(resource)
  }
})

describe.each(roles)('the %s', role => {
  const who = authenticated(userOf(role))

  test('has exactly the permissions of the table in its namespace', async () => {
    expect(await allowed(client(), questions, who, namespaces.own)).toEqual(tableOf([...accessTable[role], ...authenticatedAccess]))
  })

  test('has exactly the permissions of the table, and those of the class standard, in a namespace of that class', async () => {
    expect(await allowed(client(), questions, who, namespaces.standard)).toEqual(tableOf([...standardAccess(role), ...authenticatedAccess]))
  })

  test('has no permissions in the namespace of another Tenant', async () => {
    expect(await allowed(client(), questions, who, namespaces.other)).toEqual(tableOf(authenticatedAccess))
  })

  test('has the permissions of all authenticated users in the cluster', async () => {
    expect(await allowed(client(), questions, who)).toEqual(tableOf(authenticatedAccess))
  })

  test('can get its namespace and its WorkloadPolicy by name, and no other object', async () => {
    const rules = await rulesOf(as(unlisted), namespaces.own)
    expect(await rulesOf(as(who.user), namespaces.own)).toEqual({
      named: [...rules.named, `get namespaces ${namespaces.own}`, 'get workloadpolicies tenant-workloads'],
      paths: rules.paths
    })
    expect(await rulesOf(as(who.user), namespaces.other)).toEqual(rules)
    expect(await mayReadNamespace(who.user, namespaces.own)).toBe(true)
    expect(await mayReadNamespace(who.user, namespaces.other)).toBe(false)
  })
})

test('an unlisted user has only the permissions of all authenticated users', async () => {
  const who = authenticated(unlisted)
  expect(await allowed(client(), questions, who)).toEqual(tableOf(authenticatedAccess))
  expect(await allowed(client(), questions, who, namespaces.own)).toEqual(tableOf(authenticatedAccess))
})

test('an unauthenticated user has no permissions', async () => {
  const who = { user: 'system:anonymous', groups: ['system:unauthenticated'] }
  expect(await allowed(client(), questions, who)).toEqual({})
  expect(await allowed(client(), questions, who, namespaces.own)).toEqual({})
})
