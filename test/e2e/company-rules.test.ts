import { afterAll, beforeAll, expect, test } from 'vitest'
import type { KubeClient } from '../cluster/client.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { objectOnPage } from '../support/page-objects.ts'
import { as, client, eventually } from './context.ts'
import { pod, service } from './guarded-tenant.ts'
import { namespaceRef } from './guardrails/world.ts'
import { classRef } from './classes.ts'
import { refIn, remove, tenantRef, uniqueName, waitForReady } from './tenants.ts'

/** The class and the Tenant of the page, under names of their own. */
const page = 'docs/guides/company-rules.md'
const name = uniqueName('shop')
const className = uniqueName('company')
const home = { namespace: `tenant-${name}-dev` }
const prod = { namespace: `tenant-${name}-prod` }
const dryRun = { dryRun: true }
const denied = (message: string) => ({ code: 403, message: expect.stringContaining(message) as string })
const image = 'registry.company.example/approved/app:1'
const member = (group: string): KubeClient => as('someone', [group, 'system:authenticated'])

beforeAll(async () => {
  // {tenant} in the pattern of the class is the name of the Tenant.
  const tenant = JSON.parse(JSON.stringify(objectOnPage(page, 'Tenant')).replaceAll('www.shop.', `www.${name}.`)) as KubeObject
  await client().create({ ...objectOnPage(page, 'TenantClass') as unknown as KubeObject, metadata: { name: className } })
  await client().create({ ...tenant, metadata: { name }, spec: { ...tenant.spec as object, className, deletionPolicy: 'Delete' } } as KubeObject)
  await waitForReady({ name }, { timeout: 60_000 })
  for (const { namespace } of [home, prod]) {
    await eventually(async () => client().get({ apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', namespace }))
    await eventually(async () => expect(member('shop-leads').create(service(namespace, { type: 'NodePort' }), dryRun)).rejects.toThrow('does not allow Service type NodePort'))
  }
})
afterAll(async () => {
  await remove(tenantRef(name))
  await remove(classRef(className))
})

const container = { name: 'app', image, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }
const shared = { containers: [container], nodeSelector: { 'company.example/pool': 'shared' } }
const ingress = (host: string): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'web', namespace: home.namespace },
  spec: { ingressClassName: 'nginx', rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }] } }] }
} as KubeObject)

test('leads and developers run workloads from the registry and on the nodes of the company, and no others', async () => {
  for (const group of ['shop-leads', 'shop-developers']) {
    await expect(member(group).create(pod(home.namespace, shared), dryRun)).resolves.toBeDefined()
    await expect(member(group).create(pod(home.namespace, { ...shared, containers: [{ ...container, image: 'docker.io/library/app:1' }] }), dryRun)).rejects.toMatchObject(denied('does not allow the image'))
    await expect(member(group).create(pod(home.namespace, { ...shared, nodeSelector: { 'company.example/pool': 'gpu' } }), dryRun)).rejects.toMatchObject(denied('requires nodeSelector company.example/pool: shared'))
    await expect(member(group).create(pod(home.namespace, { ...shared, priorityClassName: 'system-cluster-critical' }), dryRun)).rejects.toMatchObject(denied('does not allow the PriorityClass'))
  }
})

test('developers read production, and the pipeline deploys there', async () => {
  const web = (namespace: string): KubeObject => service(namespace, {}, 'web')
  await expect(member('shop-developers').list({ apiVersion: 'v1', kind: 'Pod' }, prod)).resolves.toBeDefined()
  await expect(member('shop-developers').create(web(prod.namespace), dryRun)).rejects.toMatchObject(denied('cannot create resource "services"'))
  const deployer = as('system:serviceaccount:ci:deployer', ['system:serviceaccounts', 'system:serviceaccounts:ci', 'system:authenticated'])
  await expect(deployer.create(web(prod.namespace), dryRun)).resolves.toBeDefined()
})

test('the release team reads Deployments and no Secrets, and auditors read until the date', async () => {
  const releases = member('shop-releases')
  await expect(releases.list({ apiVersion: 'apps/v1', kind: 'Deployment' }, home)).resolves.toBeDefined()
  await expect(releases.list({ apiVersion: 'v1', kind: 'Secret' }, home)).rejects.toMatchObject({ code: 403 })
  await expect(as('eve@audit.example').list({ apiVersion: 'v1', kind: 'ConfigMap' }, home)).resolves.toBeDefined()
  expect(await client().get(tenantRef(name))).toMatchObject({ status: { nextExpiry: expect.stringContaining('2030-12-24') as string } })
})

test('members use the host names of the team only', async () => {
  for (const host of [`eu.${name}.apps.example.com`, `www.${name}.example.com`]) {
    await expect(member('shop-leads').create(ingress(host), dryRun)).resolves.toBeDefined()
  }
  await expect(member('shop-leads').create(ingress('www.other.apps.example.com'), dryRun)).rejects.toMatchObject(denied('does not allow the host name'))
})

test('namespaces have the cost centre and the retention of logs, which others cannot set', async () => {
  const labels = async ({ namespace }: { namespace: string }) => (await client().get(namespaceRef(namespace))).metadata.labels
  expect(await labels(home)).toMatchObject({ 'cost.example/centre': '4711', 'logs.example/retention': '90d', 'company.example/environment': 'shared' })
  expect(await labels(prod)).toMatchObject({ 'logs.example/retention': '365d' })
  await expect(member('shop-leads').patch(namespaceRef(home.namespace), { metadata: { labels: { 'logs.example/retention': '1d' } } }, dryRun)).rejects.toMatchObject({ code: 403 })
})

test('traffic is that of the profiles, of the database zone and of the other Tenant', async () => {
  const { items } = await client().list({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' }, home)
  expect(items.map(({ metadata }) => metadata.name).sort()).toEqual([
    'allow-dns', 'allow-ingress-controllers', 'allow-internet', 'allow-monitoring', 'allow-same-namespace', 'default-deny', 'tenant-allow', 'tenant-peers'
  ])
  expect(await client().get(refIn(home, 'NetworkPolicy', 'tenant-allow'))).toMatchObject({ spec: { egress: [{ to: [{ ipBlock: { cidr: '198.51.100.0/28' } }] }] } })
  expect(await client().get(refIn(prod, 'ResourceQuota', 'tenant-quota'))).toMatchObject({ spec: { hard: { cpu: '8', memory: '16Gi' } } })
})

test.each<[string, object, string]>([
  ['more than the maximum', { quotas: { 'tenant-quota': { cpu: '17' } } }, '17 exceeds the maximum 16'],
  ['a label of another prefix', { labels: { 'istio.io/rev': 'x' } }, 'istio.io/rev'],
  ['another network', { network: { allow: { egress: [{ peers: [{ cidr: '203.0.113.0/28' }], ports: [{ port: 5432 }] }] } } }, '203.0.113.0/28'],
  ['a node pool that the class lacks', { nodePool: 'fast' }, 'fast']
])('a Tenant with %s is on hold', async (_, spec, message) => {
  const other = uniqueName('other')
  await client().create({ apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', metadata: { name: other }, spec: { name: 'dev', className, ...spec } } as KubeObject)
  try {
    await eventually(async () => expect(await client().get(tenantRef(other))).toMatchObject({
      status: { phase: 'Blocked', conditions: expect.arrayContaining([expect.objectContaining({ type: 'Ready', reason: 'OverrideNotAllowed', message: expect.stringContaining(message) as string })]) as object }
    }))
    expect(await client().find(namespaceRef(`tenant-${other}-dev`))).toBeUndefined()
  } finally {
    await remove(tenantRef(other))
  }
})
