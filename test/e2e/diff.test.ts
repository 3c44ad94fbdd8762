import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import type { DiffReport } from '../../src/diff/report.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { classManifest, classRef, createClass, smallClass } from './classes.ts'
import { k8sMtp } from './cli.ts'
import { client, eventually } from './context.ts'
import { readyTenant, remove, tenantManifest, uniqueName } from './tenants.ts'

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-diff-')) })
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const asAdmin: string[] = []
const live = async (objects: KubeObject[], args: string[] = [], identity = asAdmin) => {
  writeFileSync(join(folder, 'head.json'), objects.map(object => JSON.stringify(object)).join('\n---\n'))
  return await k8sMtp(['diff', '--live', folder, ...args], identity)
}
const liveReport = async (objects: KubeObject[]) => JSON.parse((await live(objects, ['-o', 'json'])).stdout) as DiffReport

test('what is applied does not differ from the cluster', async () => {
  const spec = { name: 'shop', className: await createClass(), admins: [{ kind: 'User', name: 'ada' }], quotas: {}, namespaces: [{ name: 'dev' }] }
  const { name } = await readyTenant(spec)
  expect(await live([tenantManifest(name, spec), classManifest(spec.className)])).toEqual({ code: 0, stdout: 'No changes.\n', stderr: '' })
})

test('shows what a Tenant gains and a class loosens, for all Tenants of the cluster that it reaches, and warns of quotas below use', async () => {
  const className = await createClass()
  const [acme, globex] = [await readyTenant({ className }), await readyTenant({ className }, uniqueName('globex'))]
  for (const index of [1, 2, 3]) await client().create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `c${index}`, namespace: acme.namespace } })
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', name: 'tenant-objects', namespace: acme.namespace }
  await eventually(async () => expect(await client().get(quota)).toMatchObject({ status: { used: { configmaps: '4' } } }))

  const quotas = { ...smallClass.quotas, 'tenant-objects': { configmaps: '3' } }
  const head = [
    classManifest(className, { quotas, workloads: { allowVolumeNames: true } }),
    tenantManifest(acme.name, { className, viewers: [{ kind: 'User', name: 'eve' }] }),
    tenantManifest('umbrella', { className })
  ]
  const { code, stdout } = await live(head)
  expect(code).toBe(3)
  expect(stdout).toContain(`warning: ${acme.namespace}: ResourceQuota/tenant-objects allows configmaps 3, and 4 is in use`)
  const report = await liveReport(head)
  expect(report.tenants.map(({ name, change }) => [name, change])).toEqual([[acme.name, 'changed'], [globex.name, 'changed'], ['umbrella', 'added']].sort())
  expect(report.classes).toMatchObject([{ name: className, namespaces: 2, quotas: [{ resource: 'configmaps', before: '20', after: '3', difference: '-17' }] }])
  expect(report.dangers).toMatchObject([{ kind: 'bound-loosened', class: className, namespaces: [acme.namespace, globex.namespace].sort() }])
  expect(report.warnings).toHaveLength(1)
})

test('the permissions that it names are granted by the API server once they are applied, and not before', async () => {
  const getSecrets = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] }
  const className = await createClass()
  const { name, namespace } = await readyTenant({ className, viewers: [{ kind: 'User', name: 'eve' }] })
  const roles = { ...smallClass.roles, viewer: { rules: [...smallClass.roles.viewer.rules, getSecrets] } }
  const isAllowed = async () => {
    const spec = { user: 'eve', groups: ['system:authenticated'], resourceAttributes: { namespace, verb: 'get', resource: 'secrets' } }
    const review = await client().create({ apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', metadata: { name: '' }, spec })
    return (review as KubeObject & { status: { allowed: boolean } }).status.allowed
  }
  const report = await liveReport([classManifest(className, { roles })])
  expect(report.tenants).toMatchObject([{ name, namespaces: [{ name: namespace, byClass: className, access: [{ subjects: ['User eve'], gained: [getSecrets], lost: [] }] }] }])
  expect(await isAllowed()).toBe(false)
  await client().patch(classRef(className), { spec: { roles } })
  await eventually(async () => expect(await isAllowed()).toBe(true))
  expect((await live([classManifest(className, { roles })])).code).toBe(0)
})

test('refuses a class that neither HEAD nor the cluster has, and says which permissions it needs', async () => {
  const { code, stderr } = await live([tenantManifest('acme', { className: 'gone' })])
  expect(code).toBe(2)
  expect(stderr).toContain('TenantClass gone does not exist')
  const refused = await live([tenantManifest('acme')], [], ['--as', 'viewer'])
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('Comparing with a cluster needs list on tenants, tenantclasses and resourcequotas')
})

test('warns without the permission to list quotas', async () => {
  const role = uniqueName('lister')
  onTestFinished(async () => {
    await remove({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: role })
    await remove({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', name: role })
  })
  const rbac = { apiGroup: 'rbac.authorization.k8s.io' }
  const rules = [{ apiGroups: ['k8s-mtp.dev'], resources: ['tenants', 'tenantclasses'], verbs: ['list'] }]
  await client().create({ apiVersion: `${rbac.apiGroup}/v1`, kind: 'ClusterRole', metadata: { name: role }, rules })
  await client().create({
    apiVersion: `${rbac.apiGroup}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: role },
    roleRef: { ...rbac, kind: 'ClusterRole', name: role },
    subjects: [{ ...rbac, kind: 'User', name: role }]
  })
  const { code, stdout } = await live([tenantManifest(uniqueName())], [], ['--as', role])
  expect(code).toBe(1)
  expect(stdout).toContain('warning: ResourceQuotas cannot be listed, so the current use of quotas is unknown')
})
