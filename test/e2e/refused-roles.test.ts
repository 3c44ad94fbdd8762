import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { parseAllDocuments, stringify } from 'yaml'
import { allowed } from './access-review.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { attempt } from '../support/run.ts'
import { extentOfRun } from '../suites.ts'
import { classManifest, classRef, createClass, smallClass } from './classes.ts'
import { breakGlass, client, eventually } from './context.ts'
import { settled } from './engine-writes.ts'
import { createTenant, readyTenant, refIn, statusOf, waitForReady, waitForReason, type TestTenant } from './tenants.ts'

// RBAC lets nobody grant permissions they do not have: the API server refuses a Role of Metacontroller with these.
const group = 'widgets.example'
const refused = { apiGroups: [group], resources: ['widgets'], verbs: ['get', 'list'] }
const readPods = { apiGroups: [''], resources: ['pods'], verbs: ['get'] }
const readConfigMaps = { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }
const readServices = { apiGroups: [''], resources: ['services'], verbs: ['get'] }
const readNodes = { apiGroups: [''], resources: ['nodes'], verbs: ['get'] }
const admins = [{ kind: 'User', name: 'ada@acme.example' }]
const rolesWith = (...rules: object[]) => ({ ...smallClass.roles, admin: { rules } })

type Role = KubeObject & { rules: object[] }
const engineRole = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'k8s-mtp-engine' }
let engineRules: object[] = []
beforeAll(async () => { engineRules = (await client().get(engineRole) as Role).rules })
afterAll(async () => { await breakGlass().patch(engineRole, { rules: engineRules }) })

/** What the admin may do in the namespace, of what the tests are about. */
async function access ({ namespace }: TestTenant): Promise<string[]> {
  const questions = [
    { group: '', resource: 'pods', verb: 'get' },
    { group: '', resource: 'configmaps', verb: 'get' },
    { group: '', resource: 'services', verb: 'get' },
    { group, resource: 'widgets', verb: 'get' }
  ]
  return Object.keys(await allowed(client(), questions, { user: 'ada@acme.example', groups: [] }, namespace)).sort()
}

/** Runs the command of the status for the shipped classes and this one. */
async function grantPermissions (className: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'k8s-mtp-classes-'))
  onTestFinished(async () => rm(folder, { recursive: true }))
  const { spec } = await client().get(classRef(className)) as KubeObject & { spec: object }
  await writeFile(join(folder, 'class.yaml'), stringify({ ...classManifest(className), spec }))
  const { stdout, stderr } = await attempt(process.execPath, [repositoryPath('dist/main.js'), 'rbac', '--classes', folder])
  const role = parseAllDocuments(stdout).map(document => document.toJS() as Role | null).find(found => found?.metadata.name === engineRole.name)
  if (role == null) throw new Error(`k8s-mtp rbac printed no role of the engine: ${stderr}`)
  await breakGlass().patch(engineRole, { rules: [...engineRules, ...role.rules] })
}

/** Waits for the condition, which names class, rules and command. */
async function expectRefusal (tenant: TestTenant, className: string): Promise<void> {
  const { message } = await waitForReason(tenant, 'PermissionsNotGranted', { timeout: 90_000 })
  expect(message).toContain(`TenantClass ${className}`)
  expect(message).toContain(`get, list widgets.${group} in Role/tenant-admin.`)
  expect(message).toContain('k8s-mtp rbac --classes classes/ | kubectl apply --server-side -f -')
  expect(message).not.toContain('delete')
  expect((await statusOf(tenant)).conditions).toContainEqual(expect.objectContaining({ type: 'Stalled', reason: 'PermissionsNotGranted' }))
}

test('a class that grants what Metacontroller lacks takes no access away, and its Roles are still corrected', async () => {
  const className = await createClass({ roles: rolesWith(readPods, readConfigMaps) })
  const tenant = await readyTenant({ className, admins })
  await eventually(async () => expect(await access(tenant)).toEqual(['configmaps', 'pods']))

  await client().patch(classRef(className), { spec: { roles: rolesWith(readPods, readServices, refused) } })
  await expectRefusal(tenant, className)
  // What the class no longer grants has ended, and what Metacontroller has is granted.
  await eventually(async () => expect(await access(tenant)).toEqual(['pods', 'services']), { timeout: 90_000 })

  const ref = refIn(tenant, 'Role', 'tenant-admin')
  const { rules } = await client().get(ref) as Role
  for (const damaged of [[...rules, readNodes], rules.slice(1)]) {
    const before = (await client().get(ref)).metadata.annotations?.['k8s-mtp.dev/corrected']
    // The same drift within five seconds keeps its record.
    await sleep(6_000)
    await breakGlass().patch(ref, { rules: damaged })
    await eventually(async () => {
      const role = await client().get(ref) as Role
      expect(role.metadata.annotations?.['k8s-mtp.dev/corrected']).not.toBe(before)
      expect(role.metadata.annotations?.['k8s-mtp.dev/corrected']).toMatch(/Z rules$/)
      expect(role.rules).not.toContainEqual(readNodes)
      expect(await access(tenant)).toEqual(['pods', 'services'])
    }, { timeout: 90_000 })
  }
  expect((await statusOf(tenant)).corrected).toEqual([expect.objectContaining({ object: 'Role/tenant-admin', what: 'rules' })])
  await waitForReason(tenant, 'PermissionsNotGranted')

  await grantPermissions(className)
  await waitForReady(tenant, { timeout: 90_000 })
  await eventually(async () => expect(await access(tenant)).toEqual(['pods', 'services', `widgets.${group}`]))
  await settled(tenant)
  await breakGlass().patch(engineRole, { rules: engineRules })
}, 400_000)

// Metacontroller retries after minutes.
test.runIf(extentOfRun === 'all')('a new Tenant of such a class gets what Metacontroller can grant, and the rest once it is granted', async () => {
  const className = await createClass({ roles: rolesWith(readPods, readServices, refused) })
  const tenant = await createTenant({ className, admins })
  await eventually(async () => expect(await access(tenant)).toEqual(['pods', 'services']), { timeout: 150_000 })
  await expectRefusal(tenant, className)
  await grantPermissions(className)
  await waitForReady(tenant, { timeout: 90_000 })
  await eventually(async () => expect(await access(tenant)).toEqual(['pods', 'services', `widgets.${group}`]))
  await breakGlass().patch(engineRole, { rules: engineRules })
}, 400_000)
