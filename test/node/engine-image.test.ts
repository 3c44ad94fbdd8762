import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readAuditWrites } from '../cluster/audit.ts'
import { ENGINE_USER } from '../cluster/credentials.ts'
import { applyManifests, conditionsOf, installCrds } from '../cluster/install.ts'
import type { KubeObject, ObjectRef } from '../cluster/kube-object.ts'
import { readKustomization, readManifests } from '../cluster/manifests.ts'
import { metacontrollerStatefulSet, selectorLabels } from '../cluster/metacontroller-install/stateful-set.ts'
import { startNodePlatform, type NodePlatform } from '../cluster/node/platform.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { client, eventually, useClient } from '../e2e/context.ts'
import { valueAt } from '../support/value-at.ts'
import { kubectl } from './kubectl.ts'

/** Metacontroller in pods, as its own chart installs it with our values. */
let platform: NodePlatform
beforeAll(async () => {
  platform = await startNodePlatform({ engine: 'image', log: line => console.log(line) })
  useClient(platform.controlPlane.client)
})
afterAll(async () => { await platform?.stop() })

const lease: ObjectRef = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'metacontroller', name: 'metacontroller' }
const podKind = { apiVersion: 'v1', kind: 'Pod' }
const pods = async (): Promise<KubeObject[]> => (await client().list(podKind, {
  namespace: 'metacontroller', labelSelector: Object.entries(selectorLabels).map(pair => pair.join('=')).join(',')
})).items
const logOf = async (pod: string): Promise<string> => (await kubectl(platform, ['logs', '--namespace', 'metacontroller', pod])).stdout

test('nothing of Metacontroller is installed', async () => {
  await expect(client().list({ apiVersion: 'metacontroller.k8s.io/v1alpha1', kind: 'CompositeController' })).rejects.toThrow('does not serve the kind')
  expect(await client().find({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'metacontroller' })).toBeUndefined()
})

test('two pods are ready before they have permissions', async () => {
  const { engine: { strategy } } = platform
  const since = Date.now()
  await applyManifests(client(), [
    ...readManifests(repositoryPath('test/cluster/metacontroller-install/rbac.yaml')),
    metacontrollerStatefulSet({ args: [`--apply-strategy=${strategy}`] })
  ])
  await eventually(async () => {
    const ready = (await pods()).filter(pod => conditionsOf(pod).some(({ type, status }) => type === 'Ready' && status === 'True'))
    expect(ready).toHaveLength(2)
  }, { timeout: 90_000 })
  console.log(`both pods ready after ${Date.now() - since} ms`)
})

test('with permissions exactly one leads, and runs CompositeControllers', async () => {
  await installCrds(client())
  await applyManifests(client(), [
    ...readKustomization(repositoryPath('rbac')),
    ...readManifests(repositoryPath('rbac/leader-election.yaml')),
    ...readManifests(repositoryPath('metacontroller/composite-controller.yaml'))
  ])
  await eventually(async () => expect(valueAt(await client().get(lease), 'spec.holderIdentity')).toMatch(/^metacontroller-[01]_/))
  const holder = String(valueAt(await client().get(lease), 'spec.holderIdentity')).split('_')[0]
  await eventually(async () => {
    const { items } = await client().list({ apiVersion: 'v1', kind: 'Event' }, { fieldSelector: 'involvedObject.name=k8s-mtp,reason=Started' })
    expect(items.length).toBeGreaterThan(0)
    // Metacontroller had no kinds when it started, and discovers them every 20 s.
  }, { timeout: 70_000 })
  const logs = await Promise.all((await pods()).map(async ({ metadata: { name } }) => [name, await logOf(name)] as const))
  expect(logs.filter(([, text]) => text.includes('uccessfully acquired lease')).map(([name]) => name)).toEqual([holder])
  expect((await pods()).map(pod => valueAt(pod, 'status.containerStatuses.0.restartCount'))).toEqual([0, 0])
})

test('runs without root, on a read-only file system, as the ServiceAccount of its pod', async () => {
  for (const { metadata: { name } } of await pods()) {
    const pid = await platform.node.pidOf('metacontroller', name)
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Uid:\t65532\t65532\t65532\t65532$/m)
    expect(readFileSync(`/proc/${pid}/mountinfo`, 'utf8')).toMatch(/ \/ \/ ro,/)
  }
  const writers = readAuditWrites(platform.controlPlane.auditLog, 0).filter(({ resource }) => resource === 'leases')
    .filter(({ name }) => name === lease.name).map(({ user }) => user)
  expect(new Set(writers)).toEqual(new Set([ENGINE_USER]))
})

test('ends on SIGTERM, long before the kubelet kills it, and does not release its lease', async () => {
  const before = await client().get(lease)
  const name = String(valueAt(before, 'spec.holderIdentity')).split('_')[0] ?? ''
  const pod = await client().get({ ...lease, ...podKind, name })
  const since = Date.now()
  await client().delete({ ...lease, ...podKind, name })
  await eventually(async () => {
    const now = await client().find({ ...lease, ...podKind, name })
    expect(now?.metadata.uid).not.toBe(pod.metadata.uid)
  })
  // The kubelet would kill it after 30 s.
  expect(Date.now() - since).toBeLessThan(15_000)
  expect(valueAt(await client().get(lease), 'spec.holderIdentity')).toBe(valueAt(before, 'spec.holderIdentity'))
})
