import { kill } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHelm, type Helm } from '../chart-lifecycle/helm.ts'
import { hookService } from '../chart-lifecycle/hook-service.ts'
import { engineReplicas, engineValues, enginePods, leader, ownEngineUser } from '../chart-lifecycle/metacontroller.ts'
import { valuesFile } from '../chart-lifecycle/values.ts'
import { readAuditWrites, type AuditWrite } from '../cluster/audit.ts'
import type { ObjectRef } from '../cluster/kube-object.ts'
import { nodeName } from '../cluster/node/node.ts'
import { startNodePlatform, type NodePlatform } from '../cluster/node/platform.ts'
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
/** As long as the lease, and for two tries to get it. */
const takeover = 20_000

beforeAll(async () => {
  platform = await startNodePlatform()
  const { folder, engine, controlPlane: { kubeconfig, client } } = platform
  useClient(client)
  helm = await openHelm('helm-4', { kubeconfig, folder })
  values = valuesFile(folder, 'engine', engineValues(engine))
  await helm.run('install', ...release, '--create-namespace', ...values)
})
afterAll(async () => { await platform?.stop() })

const seconds = (since: number): string => ((Date.now() - since) / 1000).toFixed(1)
const writesOfEngine = (since: number): AuditWrite[] => readAuditWrites(platform.controlPlane.auditLog, since)
  .filter(({ user, resource }) => user === ownEngineUser && resource !== 'leases' && resource !== 'events')
const allReady = async (): Promise<void> => {
  await Promise.all(names.map(async name => await waitForReady({ name }, { timeout: 120_000, interval: 500 })))
}
/** Kinds, names and uids of everything in the namespaces of the Tenants. */
const everything = async (): Promise<string[]> => (await Promise.all(names.map(async name => await objectsOf({ namespace: namespaceOf(name) })))).flat()
  .map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name} ${metadata.uid}`)

test('50 Tenants become Ready though the leader is killed meanwhile, with the same objects each', async () => {
  const since = Date.now()
  await Promise.all(names.map(async name => await client().create(tenantManifest(name, { admins: [{ kind: 'User', name: `ada@${name}.example` }] }))))
  const killed = await eventually(async () => await leader())
  await eventually(async () => expect((await client().list({ apiVersion: 'v1', kind: 'Namespace' }, { labelSelector: 'k8s-mtp.dev/tenant' })).items.length).toBeGreaterThan(5))
  kill(await platform.node.pidOf(namespace, killed.split('_')[0] ?? ''), 'SIGKILL')
  const died = Date.now()
  const next = await eventually(async () => {
    const found = await leader()
    expect(found).not.toBe(killed)
    return found
  }, { timeout: takeover + 10_000 })
  console.log(`[failover] ${next} leads ${seconds(died)} s after ${killed} was killed`)
  await allReady()
  console.log(`[failover] 50 Tenants Ready after ${seconds(since)} s`)
  const objects = await Promise.all(names.map(async name => (await objectsOf({ namespace: namespaceOf(name) })).map(({ kind, metadata }) => `${kind} ${metadata.name}`.replace(namespaceOf(name), ''))))
  expect(new Set(objects.map(list => list.join('\n'))).size).toBe(1)
})

test('nothing is written twice: neither again afterwards, nor by two leaders at a time', async () => {
  await sleep(3_000)
  const since = Date.now()
  await sleep(5_000)
  expect(writesOfEngine(since)).toEqual([])
  const created = writesOfEngine(0).filter(({ verb, code, resource }) => verb === 'create' && code === 201 && resource !== 'subjectaccessreviews')
  const once = new Set(created.map(({ resource, namespace, name }) => `${resource} ${namespace} ${name}`))
  expect(created.length).toBe(once.size)
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

test('a rollout replaces all pods, and drift is corrected within the time of a takeover', async () => {
  const [before, podsBefore] = [await everything(), (await enginePods()).map(({ metadata }) => metadata.name)]
  const since = Date.now()
  const upgrade = helm.run('upgrade', ...release, ...values, '--set-string', 'podAnnotations.rollout=1')
  await sleep(2_000)
  const gaps: number[] = []
  const change = async (): Promise<void> => {
    const start = Date.now()
    await client().patch(tenantRef('team-9'), { spec: { quotas: { 'tenant-quota': { pods: String(10 + gaps.length % 50) } } } })
    await waitForReady({ name: 'team-9' }, { timeout: takeover + 20_000 })
    gaps.push(Date.now() - start)
    await sleep(200)
  }
  const done = new AbortController()
  const ended = upgrade.finally(() => done.abort())
  while (!done.signal.aborted) await change()
  await ended
  await change()
  console.log(`[failover] rollout took ${seconds(since)} s, ${gaps.length} changes, the slowest was applied after ${(Math.max(...gaps) / 1000).toFixed(1)} s`)
  const pods = (await enginePods()).map(({ metadata }) => metadata.name)
  expect(pods.filter(pod => podsBefore.includes(pod))).toEqual([])
  await correctDeletedRole(client(), namespaceOf('team-1'))
  await allReady()
  expect((await everything()).filter(line => !line.startsWith('Role '))).toEqual(before.filter(line => !line.startsWith('Role ')))
})
