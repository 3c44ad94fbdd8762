import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ApiError } from '../cluster/api-error.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { allowed, allQuestions, rulesOf, tableOf } from './access-review.ts'
import { authenticatedAccess } from './access-table.ts'
import { classManifest, classRef, createClass, smallClass } from './classes.ts'
import { as, breakGlass, client, eventually } from './context.ts'
import { changeTenant, conditionOf, putData, readyTenant, refIn, statusOf, uidsOf, uniqueName, waitForReady, waitForReason, type TestTenant } from './tenants.ts'

const rbac = 'rbac.authorization.k8s.io'
const user = (name: string) => ({ kind: 'User', name: `${name}@acme.example` })
const [ada, rita, rob] = [user('ada'), user('rita'), user('rob')]
const scale = { apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['get', 'patch'] }
const readDeployments = { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list'] }
const releaseManager = { rules: [readDeployments, scale] }
/** Binds, and so is on hold without the role. */
const binding = (...subjects: object[]) => ({ roles: { 'release-manager': subjects } })

const mayScale = async ({ namespace }: TestTenant, { name }: { name: string }) =>
  (await allowed(client(), [{ group: 'apps', resource: 'deployments/scale', verb: 'patch' }], { user: name, groups: [] }, namespace))['deployments/scale.apps'] !== undefined

const roleRefs = (tenant: TestTenant) => ['Role', 'RoleBinding'].map(kind => refIn(tenant, kind, 'tenant-release-manager'))
const removeRole = async (className: string) => client().patch(classRef(className), { spec: { additionalRoles: null } })

test('a subject of a further role has exactly its permissions, in this namespace', async () => {
  const className = await createClass({ additionalRoles: { 'release-manager': releaseManager, auditor: { rules: [readDeployments] } } })
  const tenant = await readyTenant({ className, admins: [ada], ...binding(rita) })
  const other = await readyTenant({ className })
  await eventually(async () => expect(await mayScale(tenant, rita)).toBe(true))

  const questions = await allQuestions(client())
  const who = { user: rita.name, groups: ['system:authenticated'] }
  const own = tableOf([...authenticatedAccess, ['apps', 'deployments', ['get', 'list']], ['apps', 'deployments/scale', ['get', 'patch']]])
  expect(await allowed(client(), questions, who, tenant.namespace)).toEqual(own)
  expect(await allowed(client(), questions, who, other.namespace)).toEqual(tableOf(authenticatedAccess))
  expect(await allowed(client(), questions, who)).toEqual(tableOf(authenticatedAccess))
  const unlisted = await rulesOf(as('zoe@elsewhere.example'), tenant.namespace)
  expect((await rulesOf(as(rita.name), tenant.namespace)).named)
    .toEqual([...unlisted.named, `get namespaces ${tenant.namespace}`, 'get workloadpolicies tenant-workloads'])

  // Every Tenant of the class has the role, also without subjects.
  const bindings = await Promise.all([tenant, other].map(async ({ namespace }) => await client().list({ apiVersion: `${rbac}/v1`, kind: 'RoleBinding' }, { namespace })))
  expect(bindings.map(({ items }) => items.map(({ metadata, subjects = [] }) => [metadata.name, (subjects as object[]).length]))).toEqual([
    [['tenant-admin', 1], ['tenant-auditor', 0], ['tenant-operator', 0], ['tenant-release-manager', 1], ['tenant-viewer', 0]],
    [['tenant-admin', 0], ['tenant-auditor', 0], ['tenant-operator', 0], ['tenant-release-manager', 0], ['tenant-viewer', 0]]
  ])
  for (const { items } of bindings) expect(items.map(({ roleRef }) => (roleRef as { kind: string }).kind)).not.toContain('ClusterRole')
})

test('access by a further role ends at its expiresAt, and the status reports it', async () => {
  const className = await createClass({ additionalRoles: { 'release-manager': releaseManager } })
  const tenant = await readyTenant({ className, ...binding(rita, rob) })
  await eventually(async () => expect(await mayScale(tenant, rita)).toBe(true))
  const expiresAt = new Date(Math.floor(Date.now() / 1000) * 1000 + 5_000).toISOString().replace('.000', '')
  await changeTenant(tenant, binding({ ...rita, expiresAt }, rob))
  await eventually(async () => expect(await statusOf(tenant)).toMatchObject({ nextExpiry: expiresAt }))
  await eventually(async () => expect(await mayScale(tenant, rita)).toBe(false))
  expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expiresAt))
  expect(await mayScale(tenant, rob)).toBe(true)
  await waitForReady(tenant)
  expect(await statusOf(tenant)).toMatchObject({ expired: [{ role: 'release-manager', ...rita, expiresAt }] })
})

test('a role that the class drops puts Tenants that bind it on hold, where a removed subject loses access; in others it is pruned', async () => {
  const className = await createClass({ additionalRoles: { 'release-manager': releaseManager, auditor: { rules: [readDeployments] } } })
  const [bound, free] = [await readyTenant({ className, admins: [ada], ...binding(rita, rob) }), await readyTenant({ className, admins: [ada] })]
  await Promise.all([bound, free].map(putData))
  await eventually(async () => expect(await mayScale(bound, rob)).toBe(true))
  const [uids, ofFree] = [await uidsOf(bound), await uidsOf(free)]

  await client().patch(classRef(className), { spec: { additionalRoles: { 'release-manager': null } } })
  const { message } = await waitForReason(bound, 'SpecInvalid')
  expect(message).toContain(`spec.roles.release-manager: TenantClass ${className} has no role release-manager under spec.additionalRoles (auditor). ` +
    'Remove or correct the role, or ask the platform team to add it to the class')
  expect(await conditionOf(bound, 'Stalled')).toMatchObject({ reason: 'SpecInvalid' })
  await eventually(async () => { for (const ref of roleRefs(free)) expect(await client().find(ref)).toBeUndefined() })
  await waitForReady(free)
  expect(await uidsOf(free)).toEqual(ofFree.filter(uid => !uid.includes('/tenant-release-manager ')))
  expect(await uidsOf(bound)).toEqual(uids)
  expect(await mayScale(bound, rita)).toBe(true)

  await changeTenant(bound, binding(rob, user('eve')))
  await eventually(async () => expect(await mayScale(bound, rita)).toBe(false))
  expect(await mayScale(bound, rob)).toBe(true)
  expect(await mayScale(bound, user('eve'))).toBe(false)
  await changeTenant(bound, { roles: null })
  await eventually(async () => { for (const ref of roleRefs(bound)) expect(await client().find(ref)).toBeUndefined() })
  await waitForReady(bound)
  expect(await mayScale(bound, rob)).toBe(false)
  expect(await uidsOf(bound)).toEqual(uids.filter(uid => !uid.includes('/tenant-release-manager ')))
})

test('drift of a further role is corrected', async () => {
  const className = await createClass({ additionalRoles: { 'release-manager': releaseManager } })
  const tenant = await readyTenant({ className, ...binding(rita) })
  const [role, bound] = roleRefs(tenant)
  if (role === undefined || bound === undefined) throw new Error('no refs')
  await breakGlass().patch(role, { rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }] })
  await breakGlass().patch(bound, { subjects: [{ apiGroup: rbac, ...rob }] })
  await eventually(async () => {
    expect((await client().get(role) as KubeObject & { rules: object[] }).rules.slice(0, 2)).toEqual(releaseManager.rules)
    expect(await client().get(bound)).toMatchObject({ subjects: [{ ...rita }] })
  })
  await breakGlass().delete(role)
  await eventually(async () => expect(await client().find(role)).toBeDefined())
  await waitForReady(tenant)
  expect((await statusOf(tenant)).corrected?.map(({ object }) => object)).toEqual(expect.arrayContaining(['Role/tenant-release-manager']))
})

test('an admin, even one who may write Roles and RoleBindings, cannot bind a further role to a person, change it or take its name', async () => {
  const write = { apiGroups: [rbac], resources: ['roles', 'rolebindings'], verbs: ['get', 'create', 'patch', 'update', 'delete'] }
  const className = await createClass({
    roles: { ...smallClass.roles, admin: { rules: [readDeployments, scale] } },
    additionalRoles: { 'release-manager': releaseManager },
    allowedAuthors: [user('author')],
    selfService: { permissions: true }
  })
  const tenant = await readyTenant({ className, admins: [ada], ...binding(rita) })
  const { namespace } = tenant
  const apiVersion = `${rbac}/v1`
  // The engine lacks these permissions, so a binding from outside of the Tenant grants them.
  await breakGlass().create({ apiVersion, kind: 'Role', metadata: { name: 'writer', namespace }, rules: [write] })
  await breakGlass().create({ apiVersion, kind: 'RoleBinding', metadata: { name: 'writer', namespace }, roleRef: { apiGroup: rbac, kind: 'Role', name: 'writer' }, subjects: [{ apiGroup: rbac, ...ada }] })
  const admin = as(ada.name)
  const toRole = { apiGroup: rbac, kind: 'Role', name: 'tenant-release-manager' }
  const subjects = [{ apiGroup: rbac, ...ada }]
  const some = { apiVersion, kind: 'RoleBinding', metadata: { name: 'some', namespace } }
  const accounts = { ...some, roleRef: toRole, subjects: [{ kind: 'ServiceAccount', name: 'default', namespace }] }
  await eventually(async () => admin.create(accounts, { dryRun: true }))

  const [, bound] = roleRefs(tenant)
  const refusal = async (attempt: () => Promise<unknown>) =>
    attempt().then(() => 'accepted', (error: unknown) => error instanceof ApiError ? error.message : String(error))
  expect(await refusal(async () => admin.create({ ...some, roleRef: toRole, subjects }, { dryRun: true })))
    .toContain('does not allow subjects other than ServiceAccounts of the namespace')
  expect(await refusal(async () => admin.patch(bound ?? expect.unreachable(), { subjects }, { dryRun: true }))).toContain('is managed by k8s-mtp and cannot be changed by hand')
  for (const name of ['tenant-deployer', 'tenant-release-manager-0123456789abcdef']) {
    expect(await refusal(async () => admin.create({ ...accounts, metadata: { name, namespace } }, { dryRun: true }))).toContain('is reserved for k8s-mtp')
    expect(await refusal(async () => admin.create({ apiVersion, kind: 'Role', metadata: { name, namespace }, rules: [readDeployments] }, { dryRun: true }))).toContain('is reserved for k8s-mtp')
  }
  expect(await refusal(async () => admin.patch(tenant.ref, { spec: binding(ada) }, { dryRun: true }))).toContain('cannot patch resource "tenants"')
  expect(await refusal(async () => admin.patch(classRef(className), { spec: { additionalRoles: null } }, { dryRun: true }))).toContain('cannot patch resource "tenantclasses"')
  await sleep(500)
  expect(await client().get(bound ?? expect.unreachable())).toMatchObject({ subjects: [{ ...rita }] })
})

test('a class with the most roles, and a Tenant with the most subjects of them, are accepted and become ready', async () => {
  const many = <T>(count: number, make: (index: number) => T) => Array.from({ length: count }, (_, index) => make(index))
  const names = many(16, index => `${'r'.repeat(60)}-${String(index).padStart(2, '0')}`)
  const className = await createClass({ additionalRoles: Object.fromEntries(names.map(name => [name, { rules: many(32, () => readDeployments) }])) })
  const roles = Object.fromEntries(names.map(name => [name, many(64, index => user(`u${index}`))]))
  const tenant = await readyTenant({ className, roles })
  expect(await client().get(refIn(tenant, 'RoleBinding', `tenant-${names[15] ?? ''}`))).toMatchObject({ subjects: many(64, () => expect.anything() as unknown) })
  // The guardrail on what reaches out may cost too much for the longest lists; it only warns.
  const long = { apiGroups: many(16, index => `group-${index}.example`), resources: many(16, index => `resources-${index}`), verbs: many(16, index => `verb-${index}`) }
  await client().create(classManifest(uniqueName('class'), { additionalRoles: Object.fromEntries(names.map(name => [name, { rules: many(32, () => long) }])) }), { dryRun: true })
  await removeRole(className)
  await waitForReason(tenant, 'SpecInvalid')
})
