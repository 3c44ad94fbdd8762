import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allowed, allQuestions, rulesOf, tableOf, type Question } from './access-review.ts'
import { accessTable, everybody, type Role } from './access-table.ts'
import { as, client, eventually } from './context.ts'
import { removeTenant, tenantManifest, uniqueName, waitForReady } from './tenants.ts'

const roles = ['admin', 'operator', 'viewer'] as const
const userOf = (role: Role) => `${role}@acme.example`
const authenticated = (user: string) => ({ user, groups: ['system:authenticated'] })
const stranger = 'stranger@elsewhere.example'

const names = { own: uniqueName('acme'), other: uniqueName('globex') }
const namespaces = { own: `tenant-${names.own}-shop`, other: `tenant-${names.other}-shop` }
const namespaceRef = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', name })
const mayReadNamespace = (user: string, name: string) => as(user).get(namespaceRef(name)).then(() => true, () => false)

let questions: Question[] = []

beforeAll(async () => {
  await client().create(tenantManifest(names.own, Object.fromEntries(roles.map(role => [`${role}s`, [{ kind: 'User', name: userOf(role) }]]))))
  await client().create(tenantManifest(names.other, { admins: [{ kind: 'User', name: 'admin@globex.example' }] }))
  for (const name of Object.values(names)) await waitForReady({ name })
  // The authorizer learns of roles and bindings a moment after they are stored.
  await eventually(async () => {
    for (const role of roles) expect(await mayReadNamespace(userOf(role), namespaces.own)).toBe(true)
  })
  questions = await allQuestions(client())
})

afterAll(async () => {
  for (const name of Object.values(names)) await removeTenant(name)
})

test('the questions cover what the API server serves', () => {
  const asked = new Set(questions.map(({ resource }) => resource))
  for (const resource of ['pods/attach', 'pods/ephemeralcontainers', 'nodes/proxy', 'serviceaccounts/token', 'namespaces/finalize', 'tenants', 'tenantclasses', 'networkpolicies']) {
    expect(asked).toContain(resource)
  }
})

describe.each(roles)('the %s', role => {
  const who = authenticated(userOf(role))

  test('may do in its namespace exactly what the table says', async () => {
    expect(await allowed(client(), questions, who, namespaces.own)).toEqual(tableOf([...accessTable[role], ...everybody]))
  })

  test('may do nothing in the namespace of another tenant', async () => {
    expect(await allowed(client(), questions, who, namespaces.other)).toEqual(tableOf(everybody))
  })

  test('may do in the whole cluster what everybody may', async () => {
    expect(await allowed(client(), questions, who)).toEqual(tableOf(everybody))
  })

  test('may read by name its own namespace and what its workloads may use, and no other object', async () => {
    const everyone = await rulesOf(as(stranger), namespaces.own)
    expect(await rulesOf(as(who.user), namespaces.own)).toEqual({
      named: [...everyone.named, `get namespaces ${namespaces.own}`, 'get workloadpolicies tenant-workloads'],
      paths: everyone.paths
    })
    expect(await rulesOf(as(who.user), namespaces.other)).toEqual(everyone)
    expect(await mayReadNamespace(who.user, namespaces.own)).toBe(true)
    expect(await mayReadNamespace(who.user, namespaces.other)).toBe(false)
  })
})

test('somebody without a role may do nothing but what Kubernetes lets everybody do', async () => {
  const who = authenticated(stranger)
  expect(await allowed(client(), questions, who)).toEqual(tableOf(everybody))
  expect(await allowed(client(), questions, who, namespaces.own)).toEqual(tableOf(everybody))
})

test('somebody who is not authenticated may do nothing', async () => {
  const who = { user: 'system:anonymous', groups: ['system:unauthenticated'] }
  expect(await allowed(client(), questions, who)).toEqual({})
  expect(await allowed(client(), questions, who, namespaces.own)).toEqual({})
})
