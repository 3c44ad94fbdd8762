import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { applyStrategy } from '../cluster/engine.ts'
import { eventually } from '../e2e/context.ts'
import { engineWrites, expectNoDeletes, expectRest, revive, startFaultyCluster, type FaultyCluster } from './cluster.ts'
import type { HookPath } from './fault-proxy.ts'
import { hookFaults, slow } from './hook-faults.ts'
import { addViewer, createTenant, createTenants, names, namespaceOf, reasonOf, shapeOf, snapshot, tenantsWithData, uidsOf, unready, work } from './tenants.ts'

/**
 * Parts of the platform end, freeze and talk nonsense. Whatever happens nothing is lost: no object is deleted or made anew; and
 * once all parts run again everything is as it would be had nothing happened.
 *
 * What an engine makes of a broken answer it decides before it applies anything, so those faults run by one strategy. Where
 * something ends in the middle of applying, both are tried: they write differently, and one keeps a cache in its memory.
 */
const inOneStrategy = applyStrategy(process.env) === 'dynamic-apply' ? hookFaults : []

let cluster: FaultyCluster
/** They are there before anything breaks, with data in them, and nothing is asked of them afterwards. */
const settled = names('settled', 5)
let before: Record<string, unknown>
/** What a Tenant comes to that came up undisturbed, and one that has got a viewer then. */
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

/** All of the Tenants become ready, whatever has to be started again. */
async function expectReady (tenants: string[], timeout = 60_000): Promise<void> {
  const { client, platform: { engine, controlPlane: { controllerManager } } } = cluster
  const start = performance.now()
  await eventually(async () => {
    const revived = await revive([engine, controllerManager])
    if (revived.length > 0) console.log(`ended by itself, and was started again: ${revived.join(', ')}`)
    expect(await unready(client, tenants)).toEqual([])
  }, { timeout, interval: 100 })
  console.log(`${tenants.length} Tenants ready after ${Math.round(performance.now() - start)} ms`)
}

/** They are as if nothing had happened. */
async function expectShape (tenants: string[], shape: unknown): Promise<void> {
  await Promise.all(tenants.map(async tenant => expect(await shapeOf(cluster.client, tenant)).toEqual(shape)))
}

/** Quotas are still being counted when a Tenant is ready, and each count is a sync: waits until none is under way. */
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

/** Waits until the hook has answered so often since, so that what is ended then ends in the middle of something. */
async function untilAnswers (count: number): Promise<void> {
  const since = cluster.proxy.answers()
  await eventually(() => expect(cluster.proxy.answers() - since).toBeGreaterThanOrEqual(count), { interval: 1 })
}

async function sayWhatIsLeft (what: string, tenants: string[]): Promise<void> {
  const [left, objects] = await eventually(() => Promise.all([unready(cluster.client, tenants), uidsOf(cluster.client, tenants)]))
  console.log(`${what}, with ${left.length} of ${tenants.length} Tenants to go, and ${objects.length} objects there`)
}

// Each start of the engine is a sync of all Tenants: these come while there are few.
test('when the engine is told that nothing is related, which it believes for 20 minutes, Tenants are held until it starts again', async () => {
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

test('when the engine crashes again and again while Tenants come up, they do', async () => {
  const { client, platform: { engine } } = cluster
  const tenants = names('engine', 20)
  await createTenants(client, tenants)
  for (const answers of [5, 40, 50, 50]) {
    await untilAnswers(answers)
    await engine.kill()
    await sayWhatIsLeft('the engine was killed', tenants)
    await engine.restart()
  }
  await expectReady(tenants)
  await expectShape(tenants, plain)
})

test('when the hook crashes again and again while Tenants come up, they do', async () => {
  const { client, platform: { hook } } = cluster
  const tenants = names('crash', 20)
  await createTenants(client, tenants)
  for (const answers of [5, 15, 10]) {
    await untilAnswers(answers)
    await hook.kill()
    await sayWhatIsLeft('the hook was killed', tenants)
    await hook.restart()
  }
  await expectReady(tenants)
  await expectShape(tenants, plain)
})

test.each<[string, 'kill' | 'pause']>([
  ['down', 'kill'],
  ['frozen', 'pause']
])('while the hook is %s for all, people work, nothing changes, and all comes right afterwards', async (what, end) => {
  const { client, platform: { hook } } = cluster
  const [there, newcomers] = [names(`${what}-before`, 5), names(`${what}-meanwhile`, 5)]
  await tenantsWithData(client, there)
  await expectRest(cluster)
  const [snapshots, uids] = [await snapshot(client, there), await uidsOf(client, there)]

  await hook[end]()
  const since = Date.now()
  await Promise.all([...there.map(tenant => addViewer(client, tenant)), createTenants(client, newcomers)])
  await Promise.all([...there, ...settled].map(tenant => work(client, tenant, `while-${what}`)))
  await sleep(2_500)
  expect(await snapshot(client, there)).toEqual(snapshots)
  expect(await engineWrites(cluster, since, [...there, ...newcomers, ...settled])).toEqual([])
  for (const name of newcomers) expect(await client.find({ apiVersion: 'v1', kind: 'Namespace', name: namespaceOf(name) })).toBeUndefined()

  await (end === 'kill' ? hook.restart() : hook.resume())
  await expectReady([...there, ...newcomers])
  await expectShape(there, withViewer)
  await expectShape(newcomers, plain)
  expect(await uidsOf(client, there)).toEqual(uids)
})

test('with a hook that is slow, and still in time, Tenants come up', async () => {
  const { client, proxy } = cluster
  const tenants = names('slow', 5)
  for (const tenant of tenants) proxy.inject('/sync', tenant, slow)
  await createTenants(client, tenants)
  await expectReady(tenants)
  await expectShape(tenants, plain)
  for (const tenant of tenants) proxy.restore('/sync', tenant)
})

let faultCount = 0

test.concurrent.each(inOneStrategy)('while the hook %s, people work, nothing changes, and all comes right afterwards', async (_, fault) => {
  const { client, proxy } = cluster
  const [onSync = '', onCustomize = '', newcomer = ''] = names(`fault-${++faultCount}`, 3)
  const there = [onSync, onCustomize]
  await tenantsWithData(client, there)
  await expectSettled(there)
  const [snapshots, uids] = [await snapshot(client, there), await uidsOf(client, there)]

  const broken: [HookPath, string][] = [['/sync', onSync], ['/customize', onCustomize], ['/sync', newcomer]]
  for (const [path, tenant] of broken) proxy.inject(path, tenant, fault)
  const since = Date.now()
  await Promise.all([...there.map(tenant => addViewer(client, tenant)), createTenant(client, newcomer)])
  await eventually(() => {
    for (const [path, tenant] of broken) expect(proxy.hits(path, tenant)).toBeGreaterThanOrEqual(3)
  })
  await Promise.all(there.map(tenant => work(client, tenant, 'meanwhile')))
  expect(await snapshot(client, there)).toEqual(snapshots)
  expect(await engineWrites(cluster, since, [...there, newcomer])).toEqual([])

  for (const [path, tenant] of broken) proxy.restore(path, tenant)
  await expectReady([...there, newcomer])
  await expectShape(there, withViewer)
  await expectShape([newcomer], plain)
  expect(await uidsOf(client, there)).toEqual(uids)
})

test('when the API server and etcd crash while 50 Tenants come up, they do', async () => {
  const { client, platform: { controlPlane: { apiserver, etcd } } } = cluster
  const tenants = names('outage', 50)
  const creating = createTenants(client, tenants)
  for (const part of [apiserver, etcd]) {
    await untilAnswers(50)
    await part.kill()
    await sleep(500)
    await part.restart()
    await sayWhatIsLeft(`${part.name} was killed and started again`, tenants)
  }
  await creating
  await expectReady(tenants)
  await expectShape(tenants, plain)
})

test('after all that nothing is lost, and all is at rest', async () => {
  const { client, platform: { hook, engine, controlPlane: { etcd, apiserver, controllerManager } } } = cluster
  await expectRest(cluster)
  await expectNothingLost()
  expect([hook, engine, etcd, apiserver, controllerManager].filter(({ pid }) => pid === undefined)).toEqual([])
  const tenants = (await client.list({ apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant' })).items.map(({ metadata: { name } }) => name)
  expect(await unready(client, tenants)).toEqual([])
  console.log(`${tenants.length} Tenants are ready`)
})
