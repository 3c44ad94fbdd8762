import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { render } from '../chart/render.ts'
import type { KubeClient } from '../cluster/client.ts'
import { ENGINE_USER } from '../cluster/credentials.ts'
import { applyManifests, conditionsOf } from '../cluster/install.ts'
import { refOf, type KubeObject, type ObjectRef } from '../cluster/kube-object.ts'
import { startPlatform, type Platform } from '../cluster/platform.ts'
import { requestToken } from '../cluster/token.ts'
import { correctDeletedRole } from '../demo/correct.ts'
import { eventually } from '../e2e/context.ts'
import { tenantManifest } from '../e2e/tenants.ts'
import { startFlood, type FloodRequest } from './flood.ts'
import { namespaceOf, tenantsWithData, unready } from './tenants.ts'

// A Tenant floods the API server with lists of 4 MB, by as many ServiceAccounts as its quota allows and by a user.
const [flooding, neighbor, drifting] = ['acme', 'globex', 'initech'] as const
const floodingNamespace = namespaceOf(flooding)
const admin = 'ada@acme.example'
const accounts = Array.from({ length: 19 }, (_, index) => `bot-${index + 1}`)
const requestsInFlight = 300
/** How long is measured. */
const milliseconds = 6_000

const flowControl = 'flowcontrol.apiserver.k8s.io/v1'
const account = (namespace: string, name: string): KubeObject => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name } })
const configMaps = (namespace: string): string => `/api/v1/namespaces/${namespace}/configmaps`

let platform: Platform
let client: KubeClient
let rendered: KubeObject[]
let dispatchers: Record<'administrator' | 'token', Agent>
let bearer: Record<'impersonator' | 'neighbor', string>
let flood: FloodRequest[]

beforeAll(async () => {
  // With more CPUs the flood would have to be larger. Until the objects are counted, a list of them costs no more than a get.
  platform = await startPlatform({ apiserver: { cpus: 2, countPeriod: '1s' }, log: line => console.log(line) })
  client = platform.client
  const { connection: { ca, authentication } } = platform.controlPlane
  dispatchers = {
    administrator: new Agent({ connect: { ca, ...('cert' in authentication && authentication) } }),
    token: new Agent({ connect: { ca } })
  }
  rendered = (await render(['--set', 'metacontroller.install=false'])).filter(({ apiVersion }) => apiVersion === flowControl)

  await client.create(tenantManifest(flooding, {
    admins: [{ kind: 'User', name: admin }],
    viewers: accounts.map(name => ({ kind: 'ServiceAccount', namespace: floodingNamespace, name }))
  }))
  await client.create(tenantManifest(neighbor, {
    viewers: [{ kind: 'ServiceAccount', namespace: namespaceOf(neighbor), name: 'app' }]
  }))
  await tenantsWithData(client, [drifting])
  await eventually(async () => expect(await unready(client, [flooding, neighbor])).toEqual([]))
  const data = { text: 'x'.repeat(100_000) }
  await Promise.all(Array.from({ length: 40 }, (_, index) => client.create({
    apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: floodingNamespace, name: `big-${index}` }, data
  })))

  const tokenOf = async (namespace: string, name: string): Promise<string> => {
    await client.create(account(namespace, name))
    return `Bearer ${await requestToken(client, namespace, name)}`
  }
  bearer = { impersonator: await tokenOf('default', 'impersonator'), neighbor: await tokenOf(namespaceOf(neighbor), 'app') }
  const apiGroup = 'rbac.authorization.k8s.io'
  await client.create({
    apiVersion: `${apiGroup}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'impersonator' },
    roleRef: { apiGroup, kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', namespace: 'default', name: 'impersonator' }]
  })
  const identities: Array<Record<string, string>> = [
    { authorization: bearer.impersonator, 'impersonate-user': admin, 'impersonate-group': 'system:authenticated' },
    ...await Promise.all(accounts.map(async name => ({ authorization: await tokenOf(floodingNamespace, name) })))
  ]
  flood = Array.from({ length: requestsInFlight }, (_, index) => ({
    path: configMaps(floodingNamespace),
    // Compression takes most of the time, and leaves the sender little to read.
    headers: { ...identities[index % identities.length], 'accept-encoding': 'gzip' }
  }))
})
afterAll(async () => {
  for (const dispatcher of Object.values(dispatchers ?? {})) await dispatcher.destroy()
  await platform?.stop()
})

test('its objects are stored as the chart renders them, and in use', async () => {
  expect(rendered.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort()).toEqual([
    'FlowSchema k8s-mtp-platform',
    'FlowSchema k8s-mtp-tenants',
    'PriorityLevelConfiguration k8s-mtp-platform',
    'PriorityLevelConfiguration k8s-mtp-tenants'
  ])
  await install()
  for (const object of rendered) expect((await client.get(refOf(object))).spec, object.metadata.name).toEqual(object.spec)
})

test.each([
  ['Metacontroller, in a namespace', ENGINE_USER, ['system:serviceaccounts'], configMaps(floodingNamespace), 'k8s-mtp-platform'],
  ['Metacontroller, elsewhere', ENGINE_USER, ['system:serviceaccounts'], '/apis/k8s-mtp.dev/v1/tenants', 'k8s-mtp-platform'],
  ['a member of break-glass', 'oncall', ['k8s-mtp:break-glass'], configMaps(floodingNamespace), 'k8s-mtp-platform'],
  ['a member of a Tenant', admin, [], configMaps(floodingNamespace), 'k8s-mtp-tenants'],
  ['a ServiceAccount of a Tenant', `system:serviceaccount:${floodingNamespace}:bot-1`, ['system:serviceaccounts'],
    configMaps(floodingNamespace), 'k8s-mtp-tenants'],
  ['the same, without permission', `system:serviceaccount:${floodingNamespace}:bot-1`, ['system:serviceaccounts'],
    configMaps('kube-system'), 'k8s-mtp-tenants'],
  ['the same, on cluster-scoped objects', `system:serviceaccount:${floodingNamespace}:bot-1`, ['system:serviceaccounts'],
    '/apis/k8s-mtp.dev/v1/tenants', 'service-accounts'],
  ['a user who writes Tenants', 'platform-team', [], '/apis/k8s-mtp.dev/v1/tenants', 'global-default'],
  ['a controller of Kubernetes', 'system:serviceaccount:kube-system:deployment-controller', ['system:serviceaccounts'],
    configMaps(floodingNamespace), 'kube-system-service-accounts'],
  ['a node', 'system:node:one', ['system:nodes'], configMaps(floodingNamespace), 'system-nodes']
])('requests of %s', async (_, user, groups, path, expected) => {
  const { items } = await client.list({ apiVersion: flowControl, kind: 'FlowSchema' })
  const { headers } = await get(path, { 'impersonate-user': user, 'impersonate-group': [...groups, 'system:authenticated'] })
  expect(items.find(({ metadata }) => metadata.uid === headers['x-kubernetes-pf-flowschema-uid'])?.metadata.name).toBe(expected)
})

test('a flood by one Tenant does not delay its neighbor and corrections as it does otherwise', async () => {
  await install()
  const limited = await duringFlood()
  for (const ref of rendered.map(refOf)) await client.delete(ref)
  await eventually(async () => {
    const { headers } = await get(configMaps(namespaceOf(neighbor)), { authorization: bearer.neighbor })
    expect((await client.get(flowSchema('service-accounts'))).metadata.uid).toBe(headers['x-kubernetes-pf-flowschema-uid'])
  })
  const unlimited = await duringFlood()
  console.log(JSON.stringify({ limited, unlimited }))

  // Its namespace is one flow with 100 places to wait in, whatever the number of its accounts.
  expect(limited.flood[429]).toBeGreaterThan(0)
  expect(limited.neighbor.failed + limited.corrections.failed).toBe(0)
  expect(limited.corrections.count).toBeGreaterThan(0)
  expect(limited.neighbor.count).toBeGreaterThan(3 * unlimited.neighbor.count)
  expect(limited.neighbor.median).toBeLessThan(unlimited.neighbor.median / 3)
  expect(limited.corrections.median).toBeLessThan(unlimited.corrections.median)
})

const flowSchema = (name: string): ObjectRef => ({ apiVersion: flowControl, kind: 'FlowSchema', name })

/** Applies the objects, and waits until the API server has read them. */
async function install (): Promise<void> {
  await applyManifests(client, rendered)
  await eventually(async () => {
    for (const name of ['k8s-mtp-platform', 'k8s-mtp-tenants']) {
      expect(conditionsOf(await client.get(flowSchema(name)))).toMatchObject([{ type: 'Dangling', status: 'False' }])
    }
  })
}

/** Sends a GET as the administrator, unless there is a token. */
async function get (path: string, headers: Record<string, string | string[]>) {
  const dispatcher = headers.authorization === undefined ? dispatchers.administrator : dispatchers.token
  const answer = await request(platform.controlPlane.connection.server + path, { dispatcher, headers })
  await answer.body.text()
  return answer
}

/** Measures requests of the neighbor and corrections of another Tenant during a flood, which takes nine seconds. */
async function duringFlood () {
  const running = startFlood(platform.controlPlane.connection, flood)
  await sleep(3_000)
  const until = Date.now() + milliseconds
  const measuring = Promise.all([
    repeat(until, async () => {
      const { statusCode } = await get(`${configMaps(namespaceOf(neighbor))}/kube-root-ca.crt`, { authorization: bearer.neighbor })
      expect(statusCode).toBe(200)
    }),
    repeat(until, async () => { await correctDeletedRole(client, namespaceOf(drifting)) })
  ])
  await sleep(milliseconds)
  const responses = await running.stop()
  const [ofNeighbor, corrections] = await measuring
  return { neighbor: ofNeighbor, corrections, flood: responses }
}

/** Repeats an action until a time, and one that has begun until its end. Latencies are in milliseconds. */
async function repeat (until: number, action: () => Promise<void>) {
  const latencies: number[] = []
  let failed = 0
  while (Date.now() < until) {
    const start = performance.now()
    await action().catch(() => { failed++ })
    latencies.push(Math.round(performance.now() - start))
    await sleep(50)
  }
  const sorted = latencies.toSorted((a, b) => a - b)
  return { count: sorted.length, failed, median: sorted[Math.floor(sorted.length / 2)] ?? 0, max: sorted.at(-1) ?? 0 }
}
