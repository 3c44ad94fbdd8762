import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { refOf, type KubeObject, type ObjectRef } from '../cluster/kube-object.ts'
import { defaultClass } from '../support/objects.ts'
import { classManifest, classRef } from './classes.ts'
import { as, breakGlass, client, eventually } from './context.ts'
import { pod, restricted } from './guarded-tenant.ts'
import { dryRun, rbac } from './guardrails/world.ts'
import { refIn, remove, removeTenant, tenantManifest, uniqueName, waitForReady } from './tenants.ts'

const name = uniqueName('counts')
const namespace = `tenant-${name}-shop`
const operator = as(`operator@${name}.example`)
const account = as(`system:serviceaccount:${namespace}:app`, ['system:serviceaccounts', `system:serviceaccounts:${namespace}`])

beforeAll(async () => {
  const { spec } = defaultClass(spec => {
    Object.assign(spec.quotas['tenant-objects'] ?? {}, { 'count/pods': '3', 'count/controllerrevisions.apps': '2' })
  })
  await client().create(classManifest(name, spec))
  await client().create(tenantManifest(name, {
    className: name,
    operators: [{ kind: 'User', name: `operator@${name}.example` }, { kind: 'ServiceAccount', name: 'app', namespace }]
  }))
  await waitForReady({ name })
  await grantNewEvents()
  await eventually(async () => {
    await client().get({ apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', namespace })
    await operator.create(event(), dryRun)
    await account.create(event(), dryRun)
    await account.create(newEvent(), dryRun)
    await expect(operator.create(event({ message: 'x'.repeat(9_000) }), dryRun)).rejects.toThrow('Shorten its message')
  })
}, 60_000)

afterAll(async () => {
  const { items } = await client().list({ apiVersion: 'v1', kind: 'Pod' }, { namespace })
  for (const each of items) await client().patch(refOf(each), { metadata: { finalizers: null } })
  await removeTenant(name)
  await remove(classRef(name))
})

/** Break-glass grants what no class can grant, since Metacontroller lacks it. */
async function grantNewEvents (): Promise<void> {
  const metadata = { name: 'new-events', namespace }
  const rules = [{ apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch', 'update'] }]
  await breakGlass().create({ apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules })
  await breakGlass().create({
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: rbac, kind: 'Role', name: metadata.name },
    subjects: [{ apiGroup: rbac, kind: 'User', name: `operator@${name}.example` }, { kind: 'ServiceAccount', name: 'app', namespace }]
  })
}

const used = async (resource: string): Promise<unknown> => {
  const { status } = await client().get(refIn({ namespace }, 'ResourceQuota', 'tenant-objects'))
  return (status as { used: Record<string, string> }).used[resource]
}

test('deleted pods that a finalizer keeps count, so their number is bounded', async () => {
  const kept = (index: number): KubeObject => {
    const { metadata, ...rest } = pod(namespace, {})
    return { ...rest, metadata: { ...metadata, name: `kept-${index}`, finalizers: ['example.com/kept'] } }
  }
  for (const index of [1, 2, 3]) {
    const ref = refOf(await eventually(() => operator.create(kept(index))))
    await operator.delete(ref, { gracePeriodSeconds: 0 })
    expect((await client().get(ref)).metadata).toHaveProperty('deletionTimestamp')
  }
  await expect(operator.create(kept(4))).rejects.toMatchObject({ code: 403, message: expect.stringContaining('count/pods=3, limited: count/pods=3') as string })
  await operator.patch({ apiVersion: 'v1', kind: 'Pod', name: 'kept-1', namespace }, { metadata: { finalizers: null } })
  await eventually(async () => operator.create(kept(4)))
})

test('the revisions of a StatefulSet count, so their number is bounded', async () => {
  const revisions = async () => (await client().list({ apiVersion: 'apps/v1', kind: 'ControllerRevision' }, { namespace })).items
  const labels = { app: 'many' }
  const statefulSet = await operator.create({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'many', namespace },
    spec: {
      replicas: 0,
      serviceName: 'many',
      revisionHistoryLimit: 100,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { ...restricted.spec, containers: [restricted.container] } }
    }
  })
  await eventually(async () => expect(await used('count/controllerrevisions.apps')).toBe('1'))
  for (const count of [2, 3]) {
    await operator.patch(refOf(statefulSet), { spec: { template: { metadata: { annotations: { revision: String(count) } } } } })
    await eventually(async () => expect(await used('count/controllerrevisions.apps')).toBe('2'))
  }
  await eventually(async () => {
    expect((await client().get(refOf(statefulSet))).status).toHaveProperty('observedGeneration', 2)
  })
  expect(await revisions()).toHaveLength(2)
  await expect(client().create({ apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata: { name: 'third', namespace }, data: {}, revision: 9 }))
    .rejects.toMatchObject({ code: 403, message: expect.stringContaining('limited: count/controllerrevisions.apps=2') as string })
})

const involvedObject = { apiVersion: 'v1', kind: 'Pod', name: 'web', namespace }

function event (fields: object = {}, metadata: object = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'Event', metadata: { name: 'some', namespace, ...metadata }, involvedObject, reason: 'Tested', message: 'x', type: 'Normal', ...fields }
}

function newEvent (fields: object = {}, metadata: object = {}): KubeObject {
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: 'some', namespace, ...metadata },
    regarding: involvedObject,
    reason: 'Tested',
    action: 'Test',
    note: 'x',
    type: 'Normal',
    eventTime: '2026-11-22T12:00:00.000000Z',
    reportingController: 'example.com/test',
    reportingInstance: 'test',
    ...fields
  }
}

const keys = (count: number, size: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v'.repeat(size)]))
const big = 'x'.repeat(9_000)
const owner = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', name, uid: `uid-${name}` })
const managers = (count: number, fieldsV1: object = { 'f:message': {} }) => Array.from({ length: count }, (_, index) =>
  ({ manager: `m${index}`, operation: 'Apply', apiVersion: 'v1', time: '2026-11-22T12:00:00Z', fieldsType: 'FieldsV1', fieldsV1 }))
const ownership = (count: number, size: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`f:${'k'.repeat(size)}${index}`, {}]))
const nested = (depth: number): object => depth === 0 ? {} : { 'f:x': nested(depth - 1) }

const writers = { 'an operator': operator, 'a ServiceAccount of the Tenant': account, 'a cluster administrator': client() }

describe('an event', () => {
  test.each<[string, KubeObject, string]>([
    ['a long message', event({ message: big }), 'the event has 9'],
    ['a message of 1 MB', event({ message: 'x'.repeat(1_000_000) }), 'the event has 1000'],
    ['a long name', event({}, { name: big }), 'the event has 9'],
    ['a long generateName', event({}, { generateName: 'x'.repeat(1_000_000) }), 'the event has 1000'],
    ['a long reason', event({ reason: big }), 'Shorten its message'],
    ['a long action', event({ action: big }), 'Shorten its message'],
    ['a long name of the involved object', event({ involvedObject: { ...involvedObject, name: big } }), 'Shorten its message'],
    ['a long field path of a related object', event({ related: { ...involvedObject, fieldPath: big } }), 'Shorten its message'],
    ['a long source', event({ source: { component: 'x'.repeat(5_000), host: 'x'.repeat(5_000) } }), 'Shorten its message'],
    ['long reporting fields', event({ reportingComponent: 'x'.repeat(5_000), reportingInstance: 'x'.repeat(5_000) }), 'Shorten its message'],
    ['a long annotation', event({}, { annotations: keys(1, 200_000) }), 'Shorten its message'],
    ['64 annotations', event({}, { annotations: keys(64, 200) }), 'Shorten its message'],
    ['many annotations', event({}, { annotations: keys(3_000, 1) }), 'an event may have 64 labels'],
    ['many labels', event({}, { labels: keys(3_000, 10) }), 'an event may have 64 labels'],
    ['many finalizers', event({}, { finalizers: Array.from({ length: 5_000 }, (_, index) => `example.com/f${index}`) }), 'an event may have 64 labels'],
    ['long finalizers', event({}, { finalizers: Array.from({ length: 60 }, (_, index) => `${'d'.repeat(60)}.${'d'.repeat(60)}.example.com/${'f'.repeat(60)}${index}`) }), 'Shorten its message'],
    ['many owners', event({}, { ownerReferences: Array.from({ length: 1_000 }, (_, index) => owner(`o${index}`)) }), 'an event may have 64 labels'],
    ['an owner with a long name', event({}, { ownerReferences: [owner(big)] }), 'Shorten its message'],
    ['ownership of 20,000 annotations', event({}, { managedFields: managers(1, { 'f:metadata': { 'f:annotations': ownership(20_000, 30) } }) }), '256 managed fields'],
    ['ownership of many fields', event({}, { managedFields: managers(1, ownership(500, 30)) }), '256 managed fields'],
    ['ownership of a field with a long name', event({}, { managedFields: managers(1, { 'f:metadata': ownership(1, 9_000) }) }), 'Shorten its message'],
    ['deep ownership', event({}, { managedFields: managers(1, nested(200)) }), 'Shorten its message'],
    ['a long annotation in events.k8s.io', newEvent({}, { annotations: keys(1, 200_000) }), 'Shorten its message'],
    ['a long related object in events.k8s.io', newEvent({ related: { ...involvedObject, fieldPath: big } }), 'Shorten its message'],
    ['many labels in events.k8s.io', newEvent({}, { labels: keys(3_000, 10) }), 'an event may have 64 labels']
  ])('is refused with %s', async (_, refused, says) => {
    for (const [who, person] of Object.entries(writers)) {
      await expect(person.create(refused, dryRun), who).rejects.toMatchObject({ code: 403, message: expect.stringContaining(says) as string })
    }
    await expect(breakGlass().create(refused, dryRun)).resolves.toBeDefined()
  })

  test.each<[string, KubeObject]>([
    ['a message of 4 KB', event({ message: 'x'.repeat(4_000) })],
    ['all fields', event({
      action: 'Test',
      count: 3,
      firstTimestamp: '2026-11-22T12:00:00Z',
      lastTimestamp: '2026-11-22T12:00:00Z',
      eventTime: '2026-11-22T12:00:00.000000Z',
      series: { count: 2, lastObservedTime: '2026-11-22T12:00:00.000000Z' },
      source: { component: 'kubelet', host: 'n1' },
      related: involvedObject,
      reportingComponent: 'kubelet',
      reportingInstance: 'n1'
    }, { annotations: keys(8, 100), labels: keys(8, 10), finalizers: ['example.com/f'], ownerReferences: [owner('o')] })],
    ['ownership by 20 managers', event({}, {
      managedFields: managers(20, { 'f:metadata': { 'f:annotations': { '.': {}, 'f:a': {} } }, 'f:message': {} })
    })],
    ['the longest note', newEvent({ note: 'x'.repeat(1_024) })]
  ])('is accepted with %s', async (_, accepted) => {
    for (const [who, person] of Object.entries(writers)) await expect(person.create(accepted, dryRun), who).resolves.toBeDefined()
  })

  test('does not grow in an update, by either API', async () => {
    const ref = refOf(await operator.create(event({}, { name: `grows-${Date.now()}` })))
    onTestFinished(() => remove(ref))
    const newRef: ObjectRef = { ...ref, apiVersion: 'events.k8s.io/v1' }
    for (const [who, person] of Object.entries(writers)) {
      for (const [change, on] of [[{ message: big }, ref], [{ metadata: { annotations: keys(1, 20_000) } }, ref], [{ metadata: { annotations: keys(1, 20_000) } }, newRef]] as const) {
        await expect(person.patch(on, change, dryRun), who).rejects.toMatchObject({ code: 403, message: expect.stringContaining('Shorten its message') as string })
      }
      await expect(person.patch(ref, { message: 'x', count: 2 }, dryRun), who).resolves.toBeDefined()
    }
    await expect(operator.patch(ref, { metadata: { managedFields: managers(65) } }, dryRun)).rejects.toThrow('field managers')
  })
})
