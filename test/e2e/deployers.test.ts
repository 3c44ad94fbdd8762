import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { KubeObject } from '../cluster/kube-object.ts'
import { refOf } from '../cluster/kube-object.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { run } from '../support/run.ts'
import { as, client, eventually } from './context.ts'
import { remove, removeTenant, tenantManifest, uniqueName, waitForReady } from './tenants.ts'

/** The namespace of the tool, and two Tenants: the first lists its deployer. */
const tool = uniqueName('flux')
const [acme, globex] = [uniqueName('acme'), uniqueName('globex')]
const own = `tenant-${acme}-shop`
const tenants = [
  tenantManifest(acme, { operators: [{ kind: 'ServiceAccount', name: `tenant-${acme}`, namespace: tool }] }),
  tenantManifest(globex, { admins: [{ kind: 'Group', name: 'globex-leads' }] })
]
const deployer = (tenant: string) => as(`system:serviceaccount:${tool}:tenant-${tenant}`, ['system:serviceaccounts', `system:serviceaccounts:${tool}`, 'system:authenticated'])

const deployment = (namespace: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'registry.example.com/web' }] } }
  }
})
const options = { fieldManager: 'kustomize-controller', force: true }

let objects: KubeObject[] = []

beforeAll(async () => {
  await client().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: tool } })
  const folder = await mkdtemp(join(tmpdir(), 'k8s-mtp-deployers-'))
  for (const tenant of tenants) await writeFile(join(folder, `${tenant.metadata.name}.json`), JSON.stringify(tenant))
  const printed = await run(process.execPath, [repositoryPath('dist/main.js'), 'render', '-f', folder, '--for', 'flux',
    '--source-repo', 'https://git.example.com/{tenant}/deploy.git', '--tool-namespace', tool, '-o', 'json'])
  await rm(folder, { recursive: true })
  objects = (JSON.parse(printed) as { items: KubeObject[] }).items
  for (const account of objects.filter(({ kind }) => kind === 'ServiceAccount')) await client().apply(account, options)
  for (const tenant of tenants) await client().create(tenant)
  for (const name of [acme, globex]) await waitForReady({ name })
})

afterAll(async () => {
  for (const name of [acme, globex]) await removeTenant(name)
  await remove({ apiVersion: 'v1', kind: 'Namespace', name: tool })
})

test('a Kustomization names a ServiceAccount that is rendered beside it', () => {
  const names = (kind: string) => objects.filter(object => object.kind === kind).map(({ metadata }) => metadata.name)
  expect(names('ServiceAccount')).toEqual([`tenant-${acme}`, `tenant-${globex}`])
  expect(names('Kustomization')).toEqual([own, `tenant-${globex}-shop`])
})

test('the deployer of a Tenant applies a Deployment in its namespace, corrects it and deletes it', async () => {
  // The authorizer observes RoleBindings with a delay.
  await eventually(async () => expect(await deployer(acme).apply(deployment(own), options)).toMatchObject({ kind: 'Deployment' }))
  await deployer(acme).apply({ ...deployment(own), spec: { ...deployment(own)['spec'] as object, replicas: 1 } }, options)
  expect(await client().get(refOf(deployment(own)))).toMatchObject({ spec: { replicas: 1 } })
  await deployer(acme).delete(refOf(deployment(own)))
})

test.each([
  ['a Deployment in the namespace of another Tenant', deployment(`tenant-${globex}-shop`)],
  ['a Deployment in the namespace of the tool', deployment(tool)],
  ['a RoleBinding in its own namespace', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'more', namespace: own },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: `tenant-${acme}`, namespace: tool }]
  }],
  ['a token of its own', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token', namespace: tool, annotations: { 'kubernetes.io/service-account.name': `tenant-${acme}` } }, type: 'kubernetes.io/service-account-token' }],
  ['a Tenant', tenantManifest(acme, { admins: [{ kind: 'ServiceAccount', name: `tenant-${acme}`, namespace: tool }] })],
  ['a namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${own}-2` } }]
] satisfies Array<[string, KubeObject]>)('the deployer is refused %s', async (_, object) => {
  await expect(deployer(acme).apply(object, options)).rejects.toThrow(/forbidden|cannot/)
})

test('a deployer that its Tenant does not list has no access to its namespace', async () => {
  await expect(deployer(globex).apply(deployment(`tenant-${globex}-shop`), options)).rejects.toThrow(/cannot patch|cannot get|cannot create|forbidden/)
})

test('the access ends with the list of the Tenant', async () => {
  await client().patch(refOf(tenants[0] as KubeObject), { spec: { operators: [] } })
  await eventually(async () => await expect(deployer(acme).apply(deployment(own), options)).rejects.toThrow(/forbidden|cannot/))
})
