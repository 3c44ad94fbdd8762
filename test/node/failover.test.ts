import { kill } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHelm, type Helm } from '../chart-lifecycle/helm.ts'
import { hookService } from '../chart-lifecycle/hook-service.ts'
import { engineReplicas, engineValues, enginePods, leader, ownEngineUser } from '../chart-lifecycle/metacontroller.ts'
import { stayingPodsOf } from '../chart-lifecycle/release-pods.ts'
import { valuesFile } from '../chart-lifecycle/values.ts'
import { readAuditWrites, type AuditWrite } from '../cluster/audit.ts'
import type { ObjectRef } from '../cluster/kube-object.ts'
import { nodeName } from '../cluster/node/node.ts'
import { hookImage, startNodePlatform, type NodePlatform } from '../cluster/node/platform.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { correctDeletedRole } from '../demo/correct.ts'
import { client, eventually, useClient } from '../e2e/context.ts'
import { objectsOf, tenantManifest, tenantRef, waitForReady } from '../e2e/tenants.ts'
import { valueAt } from '../support/value-at.ts'
import { kubectl } from './kubectl.ts'

/** The Metacontroller of the chart, while its pods die, are evicted and rolled out. Each test continues from the previous one. */
let platform: NodePlatform
let helm: Helm
let values: string[]
const { namespace } = hookService
const release = ['k8s-mtp', repositoryPath('chart'), '--namespace', namespace, '--wait', '--timeout', '120s']
const names = Array.from({ length: 50 }, (_, index) => `team-${index}`)
const namespaceOf = (name: string): string => `tenant-${name}-shop`
/** Milliseconds: two tries of the standby to get the lease, 4.4 s each, and its 15 s between them. Source: client-go, leaderelection */
const takeover = 24_000
/** A later version of our image, with the same content. */
const nextVersion = '9.9.9'

beforeAll(async () => {
  platform = await startNodePlatform()
  const { folder, layers, node, engine, controlPlane: { kubeconfig, client } } = platform
  useClient(client)
  helm = await openHelm('helm-4', { kubeconfig, folder })
  values = valuesFile(folder, 'engine', engineValues(engine))
  await node.load([hookImage(layers, nextVersion)])
})
afterAll(async () => { await platform?.stop() })

const seconds = (since: number): string => ((Date.now() - since) / 1000).toFixed(1)
const writesOfEngine = (since: number): AuditWrite[] => readAuditWrites(platform.controlPlane.auditLog, since)
  .filter(({ user, resource }) => user === ownEngineUser && resource !== 'leases' && resource !== 'events')
const allReady = async (): Promise<void> => {
  await Promise.all(names.map(async name => await waitForReady({ name }, { timeout: 120_000, interval: 500 })))
}
/** Kinds, names and uids of everything in the namespaces of the Tenants. */
const everything = async (): Promise<string[]> => {
  const objects = await Promise.all(names.map(async name => await objectsOf({ namespace: namespaceOf(name) })))
  return objects.flat().map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name} ${metadata.uid}`)
}
/** Of the hook and Metacontroller, except those that terminate. */
const podsOfRelease = async (): Promise<string[]> => (await stayingPodsOf('hook', 'metacontroller')).map(({ metadata }) => metadata.name)

test('installs', async () => {
  await helm.run('install', ...release, '--create-namespace', ...values)
})

test('50 Tenants become Ready though the leader is killed meanwhile, with the same objects each', async () => {
  const namespaces = async (): Promise<number> =>
    (await client().list({ apiVersion: 'v1', kind: 'Namespace' }, { labelSelector: 'k8s-mtp.dev/tenant' })).items.length
  const killed = await eventually(async () => await leader(), { timeout: takeover })
  const since = Date.now()
  await Promise.all(names.map(async name => {
    await client().create(tenantManifest(name, { admins: [{ kind: 'User', name: `ada@${name}.example` }] }))
  }))
  await eventually(async () => expect(await namespaces()).toBeGreaterThan(5))
  kill(await platform.node.pidOf(namespace, killed.split('_')[0] ?? ''), 'SIGKILL')
  const died = Date.now()
  expect(await namespaces()).toBeLessThan(names.length)
  const next = await eventually(async () => {
    const found = await leader()
    expect(found).not.toBe(killed)
    return found
  }, { timeout: takeover + 10_000 })
  console.log(`[failover] ${next} leads ${seconds(died)} s after ${killed} was killed`)
  await allReady()
  console.log(`[failover] 50 Tenants Ready after ${seconds(since)} s`)
  const objects = await Promise.all(names.map(async name => {
    const found = await objectsOf({ namespace: namespaceOf(name) })
    return found.map(({ kind, metadata }) => `${kind} ${metadata.name}`.replace(namespaceOf(name), '')).join('\n')
  }))
  expect(new Set(objects).size).toBe(1)
})

test('nothing is created twice, by two leaders at a time, or written again afterwards', async () => {
  await eventually(async () => {
    const since = Date.now()
    await sleep(5_000)
    expect(writesOfEngine(since)).toEqual([])
  })
  const writes = writesOfEngine(0)
  const created = writes.filter(({ verb, code }) => ['create', 'patch'].includes(verb) && code === 201)
  expect(new Set(created.map(({ resource, namespace, name }) => `${resource} ${namespace} ${name}`)).size).toBe(created.length)
  // The audit log has no response for requests of the killed process, one a worker.
  expect(created.length).toBeGreaterThanOrEqual((await everything()).length - 20)
  const pods = writes.map(({ pod }) => pod)
  expect(pods).not.toContain(undefined)
  // The kubelet restarts the container in its pod, which may lead again.
  expect(pods.filter((pod, index) => index > 0 && pod !== pods[index - 1]).length).toBeLessThanOrEqual(1)
})

test('a drain takes one pod of each Deployment, and the other goes on', async () => {
  const before = await everything()
  const drain = await kubectl(platform, ['drain', nodeName, '--pod-selector', 'app.kubernetes.io/name=k8s-mtp', '--timeout=12s'])
  expect(drain.code).not.toBe(0)
  expect(drain.stderr).toContain("Cannot evict pod as it would violate the pod's disruption budget")
  const isOnNode = async (): Promise<number> => (await enginePods()).filter(pod => valueAt(pod, 'spec.nodeName') !== undefined).length
  expect(await isOnNode()).toBe(1)
  const since = Date.now()
  await client().patch(tenantRef('team-7'), { spec: { quotas: { 'tenant-quota': { pods: '7' } } } })
  const quota: ObjectRef = { apiVersion: 'v1', kind: 'ResourceQuota', namespace: namespaceOf('team-7'), name: 'tenant-quota' }
  await eventually(async () => expect(valueAt(await client().get(quota), 'spec.hard.pods')).toBe('7'), { timeout: takeover + 20_000 })
  console.log(`[failover] on a drained node a change is applied after ${seconds(since)} s`)
  expect(await kubectl(platform, ['uncordon', nodeName])).toMatchObject({ code: 0 })
  await eventually(async () => expect(await engineReplicas()).toBe(2))
  expect(await everything()).toEqual(before)
})

test('a rollout of a new version replaces all pods, and changes are applied meanwhile', async () => {
  const [before, podsBefore] = [await everything(), await podsOfRelease()]
  const since = Date.now()
  const done = new AbortController()
  const failure = helm.run('upgrade', ...release, ...values, '--set-string', `podAnnotations.rollout=1,image.tag=${nextVersion}`)
    .then(() => undefined, (error: unknown) => error)
    .finally(() => done.abort())
  const times: number[] = []
  const change = async (): Promise<void> => {
    const start = Date.now()
    await client().patch(tenantRef('team-9'), { spec: { quotas: { 'tenant-quota': { pods: String(10 + times.length % 50) } } } })
    await waitForReady({ name: 'team-9' }, { timeout: takeover + 20_000 })
    times.push(Date.now() - start)
    await sleep(200)
  }
  while (!done.signal.aborted) await change()
  expect(await failure).toBeUndefined()
  await change()
  const slowest = (Math.max(...times) / 1000).toFixed(1)
  console.log(`[failover] a rollout takes ${seconds(since)} s; the slowest of ${times.length} changes meanwhile was applied after ${slowest} s`)
  expect((await podsOfRelease()).filter(pod => podsBefore.includes(pod))).toEqual([])
  await correctDeletedRole(client(), namespaceOf('team-1'))
  await allReady()
  const withoutRoles = (lines: string[]): string[] => lines.filter(line => !line.startsWith('Role '))
  expect(withoutRoles(await everything())).toEqual(withoutRoles(before))
})
