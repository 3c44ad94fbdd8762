import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { applyStrategy } from '../cluster/engine.ts'
import { eventually } from '../e2e/context.ts'
import { halfInQuickRuns } from '../support/cases-of-run.ts'
import {
  engineWrites,
  expectNoDeletes,
  expectSteadyState,
  restartEnded,
  startFaultyCluster,
  type FaultyCluster
} from './cluster.ts'
import type { HookPath } from './fault-proxy.ts'
import { hookFaults, slow } from './hook-faults.ts'
import {
  addViewer,
  createTenant,
  createTenants,
  names,
  namespaceOf,
  reasonOf,
  shapeOf,
  snapshot,
  tenantsWithData,
  uidsOf,
  unready,
  work
} from './tenants.ts'

/**
 * Parts of the platform crash, freeze and return invalid responses. No object may be deleted or recreated, and once all
 * parts run again the state must be the same as without a fault.
 *
 * An engine handles an invalid response before it applies anything, so those faults run by one strategy. A crash while it
 * applies is tested by both: they write differently, and one has a cache in memory.
 */
const inOneStrategy = applyStrategy(process.env) === 'dynamic-apply' ? hookFaults : []

let cluster: FaultyCluster
/** They exist before any fault, with data, and do not change afterwards. */
const settled = names('settled', 5)
let before: Record<string, unknown>
/** The shape of a Tenant without a fault, and of one that got a viewer. */
let plain: unknown
let withViewer: unknown

beforeAll(async () => {
  cluster = await startFaultyCluster()
  const { client, platform: { engine } } = cluster
  console.log(`${engine.name} ${engine.version}, ${engine.strategy}`)
  await tenantsWithData(client, [...settled, 'viewed'])
  await addViewer(client, 'viewed')
  await expectReady([...settled, 'viewed'])
  before = await snapshot(client, settled)
  plain = await shapeOf(client, 'settled-1')
  withViewer = await shapeOf(client, 'viewed')
})
afterAll(() => cluster?.stop())

/** Expects all Tenants to become ready, and restarts processes that have ended. */
async function expectReady (tenants: string[], timeout = 60_000): Promise<void> {
  const { client, platform: { engine, controlPlane: { controllerManager } } } = cluster
  const start = performance.now()
  await eventually(async () => {
    const restarted = await restartEnded([engine, controllerManager])
    if (restarted.length > 0) console.log(`ended by itself, and was restarted: ${restarted.join(', ')}`)
    expect(await unready(client, tenants)).toEqual([])
  }, { timeout, interval: 250 })
  console.log(`${tenants.length} Tenants ready after ${Math.round(performance.now() - start)} ms`)
}

/** Expects the Tenants to have this shape. */
async function expectShape (tenants: string[], shape: unknown): Promise<void> {
  await Promise.all(tenants.map(async tenant => expect(await shapeOf(cluster.client, tenant)).toEqual(shape)))
}

/** Waits until quotas have been counted, since each count causes a sync of a ready Tenant. */
async function expectSettled (tenants: string[]): Promise<void> {
  await eventually(async () => {
    const since = Date.now()
    await sleep(700)
    expect(await engineWrites(cluster, since, tenants)).toEqual([])
  })
}

async function expectNothingLost (): Promise<void> {
  expect(await snapshot(cluster.client, settled)).toEqual(before)
  await expectNoDeletes(cluster)
}

/** Waits for this number of responses of the hook, so that a process is ended while it is busy. */
async function untilResponses (count: number): Promise<void> {
  const since = cluster.proxy.responses()
  await eventually(() => expect(cluster.proxy.responses() - since).toBeGreaterThanOrEqual(count), { interval: 1 })
}

async function logRemaining (what: string, tenants: string[]): Promise<void> {
  const [left, objects] = await eventually(() => Promise.all([
    unready(cluster.client, tenants),
    uidsOf(cluster.client, tenants)
  ]))
  console.log(`${what}, with ${left.length} of ${tenants.length} Tenants remaining, and ${objects.length} objects`)
}

// Each start of the engine syncs all Tenants, so this runs while there are few.
test('after an empty customize response, which the engine caches for 20 minutes, Tenants are on hold until it restarts', async () => {
  const { client, proxy, platform: { engine } } = cluster
  const tenants = names('unrelated', 2)
  await tenantsWithData(client, tenants)
  const [snapshots, uids] = [await snapshot(client, tenants), await uidsOf(client, tenants)]
  for (const tenant of tenants) proxy.inject('/customize', tenant, response => response.end('{}'))
  for (const tenant of tenants) await addViewer(client, tenant)
  await eventually(async () => {
    for (const tenant of tenants) expect(await reasonOf(client, tenant)).toBe('EngineMisconfigured')
  })
  expect(await snapshot(client, tenants)).toEqual(snapshots)

  for (const tenant of tenants) proxy.restore('/customize', tenant)
  await engine.restart()
  await expectReady(tenants)
  await expectShape(tenants, withViewer)
  expect(await uidsOf(client, tenants)).toEqual(uids)
})

test('Tenants become ready although the engine crashes repeatedly', async () => {
  const { client, platform: { engine } } = cluster
  const tenants = names('engine', 20)
  await createTenants(client, tenants)
  for (const responses of [5, 40, 50, 50]) {
    await untilResponses(responses)
    await engine.kill()
    await logRemaining('the engine was killed', tenants)
    await engine.restart()
  }
  await expectReady(tenants)
  await expectShape(tenants, plain)
})

test('Tenants become ready although the hook crashes repeatedly', async () => {
  const { client, platform: { hook } } = cluster
  const tenants = names('crash', 20)
  await createTenants(client, tenants)
  for (const responses of [5, 15, 10]) {
    await untilResponses(responses)
    await hook.kill()
    await logRemaining('the hook was killed', tenants)
    await hook.restart()
  }
  await expectReady(tenants)
  await expectShape(tenants, plain)
})

test.each<[string, 'kill' | 'pause']>([
  ['down', 'kill'],
  ['frozen', 'pause']
])('while the hook is %s, members work, nothing changes, and Tenants recover afterwards', async (what, end) => {
  const { client, platform: { hook } } = cluster
  const [existing, created] = [names(`${what}-before`, 5), names(`${what}-meanwhile`, 5)]
  await tenantsWithData(client, existing)
  await expectSteadyState(cluster)
  const [snapshots, uids] = [await snapshot(client, existing), await uidsOf(client, existing)]

  await hook[end]()
  const since = Date.now()
  await Promise.all([...existing.map(tenant => addViewer(client, tenant)), createTenants(client, created)])
  await Promise.all([...existing, ...settled].map(tenant => work(client, tenant, `while-${what}`)))
  await sleep(2_500)
  expect(await snapshot(client, existing)).toEqual(snapshots)
  expect(await engineWrites(cluster, since, [...existing, ...created, ...settled])).toEqual([])
  for (const name of created) {
    expect(await client.find({
      apiVersion: 'v1',
      kind: 'Namespace',
      name: namespaceOf(name)
    })).toBeUndefined()
  }

  await (end === 'kill' ? hook.restart() : hook.resume())
  await expectReady([...existing, ...created])
  await expectShape(existing, withViewer)
  await expectShape(created, plain)
  expect(await uidsOf(client, existing)).toEqual(uids)
})

test('Tenants become ready with a hook that responds slowly, within the timeout', async () => {
  const { client, proxy } = cluster
  const tenants = names('slow', 5)
  for (const tenant of tenants) proxy.inject('/sync', tenant, slow)
  await createTenants(client, tenants)
  await expectReady(tenants)
  await expectShape(tenants, plain)
  for (const tenant of tenants) proxy.restore('/sync', tenant)
})

let faultCount = 0

test.concurrent.each(halfInQuickRuns(inOneStrategy))('while the hook %s, nothing changes, and Tenants recover afterwards', async (_, fault) => {
  const { client, proxy } = cluster
  const [onSync = '', onCustomize = '', created = ''] = names(`fault-${++faultCount}`, 3)
  const existing = [onSync, onCustomize]
  await tenantsWithData(client, existing)
  await expectSettled(existing)
  const [snapshots, uids] = [await snapshot(client, existing), await uidsOf(client, existing)]

  const broken: [HookPath, string][] = [['/sync', onSync], ['/customize', onCustomize], ['/sync', created]]
  for (const [path, tenant] of broken) proxy.inject(path, tenant, fault)
  const since = Date.now()
  await Promise.all([...existing.map(tenant => addViewer(client, tenant)), createTenant(client, created)])
  await eventually(() => {
    for (const [path, tenant] of broken) expect(proxy.hits(path, tenant)).toBeGreaterThanOrEqual(3)
  })
  await Promise.all(existing.map(tenant => work(client, tenant, 'meanwhile')))
  expect(await snapshot(client, existing)).toEqual(snapshots)
  expect(await engineWrites(cluster, since, [...existing, created])).toEqual([])

  for (const [path, tenant] of broken) proxy.restore(path, tenant)
  // Each event in a namespace is one more failed attempt, which doubles the delay of the next: 20 seconds after a fault of two.
  await expectReady([...existing, created], 200_000)
  await expectShape(existing, withViewer)
  await expectShape([created], plain)
  expect(await uidsOf(client, existing)).toEqual(uids)
})

test('50 Tenants become ready although the API server and etcd crash', { timeout: 400_000 }, async () => {
  const { client, platform: { controlPlane: { apiserver, etcd } } } = cluster
  const tenants = names('outage', 50)
  const creating = createTenants(client, tenants)
  for (const part of [apiserver, etcd]) {
    await untilResponses(50)
    await part.kill()
    await sleep(500)
    await part.restart()
    await logRemaining(`${part.name} was killed and restarted`, tenants)
  }
  await creating
  // The engine retries after a delay that grows with the outage, which lasts longer on a busy machine.
  await expectReady(tenants, 300_000)
  await expectShape(tenants, plain)
})

test('after all faults nothing is lost, and the platform is in steady state', async () => {
  const { client, platform: { hook, engine, controlPlane: { etcd, apiserver, controllerManager } } } = cluster
  await expectSteadyState(cluster)
  await expectNothingLost()
  expect([hook, engine, etcd, apiserver, controllerManager].filter(({ pid }) => pid === undefined)).toEqual([])
  const tenants = (await client.list({
    apiVersion: 'k8s-mtp.dev/v1',
    kind: 'Tenant'
  })).items.map(({ metadata: { name } }) => name)
  expect(await unready(client, tenants)).toEqual([])
  console.log(`${tenants.length} Tenants are ready`)
})
