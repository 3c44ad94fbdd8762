import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readAuditWrites } from '../cluster/audit.ts'
import { resolveAllBinaries } from '../cluster/binaries.ts'
import { startControlPlane, type ControlPlane } from '../cluster/control-plane.ts'
import { ENGINE_USER, engineAccount } from '../cluster/credentials.ts'
import { applyStrategy, resolveEngine, startEngine, type Engine } from '../cluster/engine.ts'
import { createGuard } from '../cluster/guard.ts'
import { startHook } from '../cluster/hook.ts'
import { applyManifests, installCrds, installPlatform } from '../cluster/install.ts'
import type { ObjectRef } from '../cluster/kube-object.ts'
import { readManifests } from '../cluster/manifests.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { etcdRelease, kubernetesRelease } from '../cluster/releases.ts'
import { client, eventually, useClient } from '../e2e/context.ts'
import { tenantManifest, waitForReady } from '../e2e/tenants.ts'
import { valueAt } from '../support/value-at.ts'

/** Two engines with one Lease, each with the flags of the chart. */
const { env } = process
const began = Date.now()
const guard = createGuard()
const toStop: Array<{ stop: () => Promise<void> }> = []
const started = <T extends { stop: () => Promise<void> }>(part: T): T => { toStop.push(part); return part }
let controlPlane: ControlPlane
let start: (log: string) => Promise<Engine>

beforeAll(async () => {
  const log = (line: string): void => console.log(line)
  const binaries = Object.assign({}, ...await resolveAllBinaries([etcdRelease(env), kubernetesRelease(env)], { env, log }))
  controlPlane = started(await startControlPlane({ guard, binaries, install: installCrds }))
  const hook = started(await startHook(guard))
  const program = await resolveEngine({ env, log })
  useClient(controlPlane.client)
  await applyManifests(client(), readManifests(repositoryPath('rbac/leader-election.yaml')))
  await installPlatform(client(), { url: hook.url })
  await client().create({
    apiVersion: 'metacontroller.k8s.io/v1alpha1', kind: 'CompositeController', metadata: { name: 'other' }, spec: otherSpec
  })
  start = async name => started(await startEngine({
    guard,
    program,
    kubeconfig: controlPlane.engineKubeconfig,
    strategy: applyStrategy(env),
    log: name,
    args: ['--leader-election', `--leader-election-namespace=${engineAccount.namespace}`, '--target-label-selector=app.kubernetes.io/name=k8s-mtp']
  }))
})
afterAll(async () => {
  for (const part of toStop.reverse()) await part.stop()
  await guard.close()
})

/** Of another user of Metacontroller. */
const otherSpec = {
  parentResource: { apiVersion: 'v1', resource: 'services' },
  hooks: { sync: { webhook: { url: 'http://127.0.0.1:9/sync' } } }
}
const lease: ObjectRef = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: engineAccount.namespace, name: 'metacontroller' }
const holder = async (): Promise<unknown> => valueAt(await client().get(lease), 'spec.holderIdentity')
const hasLed = ({ logFile }: Engine): boolean => readFileSync(logFile, 'utf8').includes('uccessfully acquired lease')
const seconds = (since: number): number => Math.round((Date.now() - since) / 100) / 10

let [leader, standby]: Array<Engine | undefined> = []
const engines = (): [Engine, Engine] => {
  if (leader === undefined || standby === undefined) throw new Error('an earlier test failed')
  return [leader, standby]
}
const createReady = async (name: string): Promise<void> => {
  await client().create(tenantManifest(name))
  await waitForReady({ name })
}

test('of two engines one leads, and both are ready', async () => {
  const both = [await start('engine-a'), await start('engine-b')]
  await createReady('acme')
  leader = both.find(hasLed)
  standby = both.find(engine => engine !== leader)
  expect(both.filter(hasLed)).toHaveLength(1)
})

test('serves only CompositeControllers that its flag selects', async () => {
  const { items } = await client().list({ apiVersion: 'v1', kind: 'Event' }, { fieldSelector: 'involvedObject.kind=CompositeController' })
  const names = new Set(items.map(event => valueAt(event, 'involvedObject.name')))
  expect(names).toContain('k8s-mtp')
  expect(names).not.toContain('other')
})

test('the other takes over from a killed leader, no earlier than the lease expires', async () => {
  const [former, next] = engines()
  const [before, since] = [await holder(), Date.now()]
  await former.kill()
  await client().create(tenantManifest('globex'))
  // The last renewal is at most as old as the pause between renewals.
  while (seconds(since) < 12.5) {
    expect(hasLed(next)).toBe(false)
    await sleep(250)
  }
  expect(await client().find({ apiVersion: 'v1', kind: 'Namespace', name: 'tenant-globex-shop' })).toBeUndefined()
  await eventually(() => expect(hasLed(next)).toBe(true))
  const took = seconds(since)
  await waitForReady({ name: 'globex' })
  console.log(`took over after ${took} s, the Tenant was Ready after ${seconds(since)} s`)
  // 15 s after it saw the last renewal. It looks every 2 to 4.4 s.
  expect(took).toBeLessThan(15 + 4.4 + 4.4 + 1)
  expect(await holder()).not.toBe(before)
})

test('an engine that loses its lease ends, within the deadline of 10 s', async () => {
  const [, last] = engines()
  await eventually(async () => await client().patch(lease, { spec: { holderIdentity: 'another', renewTime: new Date().toISOString().replace('Z', '000Z') } }))
  const since = Date.now()
  await eventually(() => expect(last.pid).toBeUndefined())
  console.log(`ended ${seconds(since)} s after it lost the lease`)
  expect(seconds(since)).toBeLessThan(14)
  expect(readFileSync(last.logFile, 'utf8')).toContain('leader election lost')
  expect(await holder()).toBe('another')
})

test('writes its lease by create and update, which Metacontroller is granted', () => {
  const writes = readAuditWrites(controlPlane.auditLog, began).filter(({ user, resource }) => user === ENGINE_USER && resource === 'leases')
  expect(new Set(writes.map(({ verb, name }) => `${verb} ${name}`))).toEqual(new Set(['create metacontroller', 'update metacontroller']))
})
