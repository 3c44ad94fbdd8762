import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { refOf, type KubeObject } from '../cluster/kube-object.ts'
import { defaultClass } from '../support/objects.ts'
import { valueAt } from '../support/value-at.ts'
import { classManifest, classRef } from './classes.ts'
import { breakGlass, client, eventually } from './context.ts'
import { guardedTenant, pod, restricted, service, type GuardedTenant } from './guarded-tenant.ts'
import { changeTenant, conditionOf, readyTenant, refIn, remove, removeTenant, tenantRef, uniqueName, waitForReady } from './tenants.ts'

let tenant: GuardedTenant
beforeAll(async () => { tenant = await guardedTenant() }, 60_000)
afterAll(async () => { await tenant.remove() })

const dryRun = { dryRun: true }
const denied = (message: string) => ({ code: 403, message: expect.stringContaining(message) as string })
const podKind = { apiVersion: 'v1', kind: 'Pod' }
const podsOf = async ({ namespace }: { namespace: string }, app: string) => (await client().list(podKind, { namespace, labelSelector: `app=${app}` })).items

function workload (kind: 'Deployment' | 'StatefulSet', name: string, podSpec: object, spec: object = {}): KubeObject {
  const labels = { app: name }
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace: tenant.namespace },
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { ...restricted.spec, containers: [restricted.container], ...podSpec } }, ...spec }
  }
}

const claims = (storageClassName: string) => ({
  serviceName: 'x',
  volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage: '1Gi' } } } }]
})

/** Returns the messages of events about objects with this name prefix. */
async function eventsOf (name: string): Promise<string> {
  const { items } = await client().list({ apiVersion: 'v1', kind: 'Event' }, { namespace: tenant.namespace })
  return items.filter(event => String(valueAt(event, 'involvedObject.name')).startsWith(name)).map(event => String(event['message'])).join('\n')
}

describe('objects that a controller creates for users', () => {
  test.each<[string, () => KubeObject, () => KubeObject, string]>([
    ['the pods of a Deployment', () => workload('Deployment', 'evil', { containers: [{ ...restricted.container, image: 'evil.example.com/app' }] }), () => workload('Deployment', 'good', {}), 'does not allow the image evil.example.com/app'],
    ['the pods of a StatefulSet', () => workload('StatefulSet', 'urgent', { priorityClassName: 'system-node-critical' }), () => workload('StatefulSet', 'patient', { priorityClassName: tenant.priorityClass }), 'does not allow the PriorityClass system-node-critical'],
    ['the claims of a StatefulSet', () => workload('StatefulSet', 'fast', {}, claims('fast')), () => workload('StatefulSet', 'slow', {}, claims('standard')), 'does not allow the StorageClass fast']
  ])('are refused like those of users: %s', async (_, refused, accepted, says) => {
    const made = await Promise.all([accepted(), refused()].map(object => client().create(object)))
    onTestFinished(async () => { for (const object of made) await remove(refOf(object)) })
    await eventually(async () => expect(await podsOf(tenant, accepted().metadata.name)).toHaveLength(1))
    await eventually(async () => expect(await eventsOf(refused().metadata.name)).toContain(says))
    expect(await podsOf(tenant, refused().metadata.name)).toEqual([])
  })
})

test('a cordoned Tenant admits no new pods, keeps running ones, and has the condition Cordoned until it is uncordoned', async () => {
  const cordoned = { ...tenant, uid: '', ref: tenantRef(tenant.name) }
  const runs = await client().create(pod(tenant.namespace, {}, {}, 'runs'))
  const deployment = await client().create(workload('Deployment', 'scaled', {}, { replicas: 0 }))
  onTestFinished(async () => { for (const object of [runs, deployment]) await remove(refOf(object)) })
  await changeTenant(cordoned, { cordoned: true })
  await eventually(async () => expect(await conditionOf(cordoned, 'Cordoned')).toMatchObject({ status: 'True', reason: 'Cordoned', message: expect.stringContaining('kubectl patch') as string }))
  await waitForReady(cordoned)
  const says = `Tenant ${tenant.name} is cordoned: no new pods are admitted. To admit pods, set spec.cordoned of the Tenant to false`
  await eventually(async () => {
    for (const [who, person] of tenant.people) await expect(person.create(pod(tenant.namespace, {}), dryRun), who).rejects.toMatchObject(denied(says))
  })
  await client().patch(refOf(deployment), { spec: { replicas: 1 } })
  await eventually(async () => expect(await eventsOf('scaled')).toContain('is cordoned'))
  for (const [who, person] of tenant.people) {
    await expect(person.patch(refOf(runs), { metadata: { labels: { still: 'running' } } }, dryRun), who).resolves.toBeDefined()
    await expect(person.create(service(tenant.namespace, {}), dryRun), who).resolves.toBeDefined()
  }
  await expect(breakGlass().create(pod(tenant.namespace, {}), dryRun)).resolves.toBeDefined()

  await changeTenant(cordoned, { cordoned: false })
  await eventually(async () => expect(await conditionOf(cordoned, 'Cordoned')).toBeUndefined())
  await eventually(async () => expect(await client().create(pod(tenant.namespace, {}), dryRun)).toBeDefined())
}, 60_000)

test('a change of the TenantClass is enforced at once', async () => {
  const ref = { apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantClass', name: tenant.className }
  const nodePort = service(tenant.namespace, { type: 'NodePort' })
  await expect(client().create(nodePort, dryRun)).rejects.toMatchObject(denied('ClusterIP, LoadBalancer'))
  await client().patch(ref, { spec: { workloads: { services: { types: ['NodePort'] }, imageRegistries: [] } } })
  await eventually(async () => expect(await client().create(nodePort, dryRun)).toBeDefined())
  await expect(client().create(service(tenant.namespace, {}), dryRun)).rejects.toMatchObject(denied('does not allow Service type ClusterIP: spec.workloads.services.types lists NodePort'))
  await expect(client().create(pod(tenant.namespace, {}), dryRun)).rejects.toMatchObject(denied('spec.workloads.imageRegistries lists none'))
  await client().patch(ref, { spec: { workloads: { imageRegistries: null } } })
  await eventually(async () => expect(await client().create(pod(tenant.namespace, {}, { image: 'anywhere.example.com/app' }), dryRun)).toBeDefined())
})

test('without a WorkloadPolicy nothing can be created in the namespace of a Tenant, by any user', async () => {
  const bare = `tenant-bare-${Math.random().toString(36).slice(2, 8)}`
  const namespace = { apiVersion: 'v1', kind: 'Namespace', name: bare }
  onTestFinished(() => breakGlass().delete(namespace).then(() => {}))
  await breakGlass().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: bare, labels: { 'k8s-mtp.dev/tenant': 'bare' } } })
  await eventually(async () => { await client().get({ apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', namespace: bare }) })
  for (const object of [pod(bare, {}), service(bare, {})]) {
    await expect(client().create(object, dryRun)).rejects.toMatchObject({ code: 422, message: expect.stringContaining('no params found for policy binding with `Deny` parameterNotFoundAction') })
  }
})

test('users of a Tenant may read its WorkloadPolicy, and not write it', async () => {
  const ref = refIn(tenant, 'WorkloadPolicy', 'tenant-workloads')
  for (const [who, person] of tenant.people.slice(1)) {
    await expect(person.get(ref), who).resolves.toMatchObject({ spec: { tenantName: tenant.name, className: tenant.className } })
    await expect(person.patch(ref, { spec: { cordoned: false } }, dryRun), who).rejects.toMatchObject({ code: 403 })
    await expect(person.delete(ref), who).rejects.toMatchObject({ code: 403 })
  }
})

test('a namespace with finalizers in it is deleted, though its WorkloadPolicy is deleted before them', async () => {
  const className = uniqueName('hosts')
  await client().create(classManifest(className, defaultClass(spec => { spec.workloads.hostNames = ['*.example.com'] }).spec))
  onTestFinished(async () => { await remove(classRef(className)) })
  const going = await readyTenant({ className })
  const { namespace } = going
  const finalizers = ['k8s-mtp.example/held']
  await eventually(async () => { await client().create(pod(namespace, {}), dryRun) })
  const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }
  const ingress = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'web', namespace }, spec: { rules: [{ host: 'web.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }] } }] } }
  const made = await Promise.all([pod(namespace, {}), service(namespace, {}), claim, ingress].map(object => client().create({ ...object, metadata: { ...object.metadata, finalizers } })))
  await removeTenant(going.name)
  // Pods are deleted first: the rest waits for their finalizers.
  const [held, ...others] = made
  if (held === undefined) throw new Error('nothing was created')
  await eventually(async () => expect((await client().get(refOf(held))).metadata.deletionTimestamp).toBeDefined())
  await client().delete(refOf(held), { gracePeriodSeconds: 0 })
  await client().patch(refOf(held), { metadata: { finalizers: null } })
  await eventually(async () => expect(await client().find(refIn(going, 'WorkloadPolicy', 'tenant-workloads'))).toBeUndefined())
  for (const object of others) await client().patch(refOf(object), { metadata: { finalizers: null } })
  await eventually(async () => expect(await client().find({ apiVersion: 'v1', kind: 'Namespace', name: namespace })).toBeUndefined(), { timeout: 60_000 })
}, 90_000)
