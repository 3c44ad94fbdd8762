import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Condition } from '../../src/api/condition.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { breakGlass, client, eventually, platform } from './context.ts'
import { engineWrites, settled } from './engine-writes.ts'
import { doAsTold } from './kubectl.ts'
import { changeTenant, conditionOf, createTenant, objectsOf, putData, readyTenant, refIn, remove, removeTenant, statusOf, tenantManifest, tenantRef, uidsOf, uniqueName, waitForReady, waitForReason, type TestTenant } from './tenants.ts'

const namespaceRef = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', name })

/** Somebody else's namespace with data in it, that goes when the test has finished. */
async function foreignNamespace (name: string): Promise<KubeObject> {
  onTestFinished(() => remove(namespaceRef(name)))
  await client().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { team: 'others' } } })
  await putData({ namespace: name })
  return client().get(namespaceRef(name))
}

async function expectUntouched (namespace: KubeObject): Promise<void> {
  const now = await client().get(namespaceRef(namespace.metadata.name))
  expect(now).toEqual(namespace)
  expect((await uidsOf({ namespace: namespace.metadata.name })).map(line => line.split(' ')[0])).toEqual(['ConfigMap/data', `Namespace/${namespace.metadata.name}`])
}

describe('a namespace whose name is taken', () => {
  test('is left as it is and reported; once it is deleted the Tenant goes on', async () => {
    const name = uniqueName()
    const foreign = await foreignNamespace(`tenant-${name}-shop`)
    const tenant = await createTenant({}, name)
    const { message } = await waitForReason(tenant, 'NamespaceConflict')
    expect(message).toContain(`namespace ${tenant.namespace} exists and belongs to somebody else, so it is left untouched. Delete it, or give the Tenant another name`)
    expect(await statusOf(tenant)).toMatchObject({ phase: 'Blocked', namespaces: [{ name: tenant.namespace, phase: 'Conflict', ready: false }] })
    expect(await conditionOf(tenant, 'Stalled')).toHaveProperty('reason', 'NamespaceConflict')
    await changeTenant(tenant, { admins: [{ kind: 'User', name: 'ada@acme.example' }] })
    await eventually(async () => statusOf(tenant))
    await expectUntouched(foreign)

    await client().delete(namespaceRef(tenant.namespace))
    await waitForReady(tenant)
    expect((await client().get(namespaceRef(tenant.namespace))).metadata.uid).not.toBe(foreign.metadata.uid)
  })

  test.each(['k8s-mtp', 'kubectl'] as const)('becomes the Tenant\'s with the command of the status, data and labels included, by %s', async by => {
    const name = uniqueName()
    const foreign = await foreignNamespace(`tenant-${name}-shop`)
    const tenant = await createTenant({}, name)
    await doAsTold((await waitForReason(tenant, 'NamespaceConflict')).message, by)
    await waitForReady(tenant)
    const adopted = await client().get(namespaceRef(tenant.namespace))
    expect(adopted).toHaveProperty('metadata', expect.objectContaining({ uid: foreign.metadata.uid, labels: expect.objectContaining({ team: 'others', 'k8s-mtp.dev/tenant': name }) }))
    expect(await client().get(refIn(tenant, 'ConfigMap', 'data'))).toHaveProperty('data', { precious: 'yes' })
  })

  test('by another Tenant, as a-b and c spell the same name as a and b-c, stays with the first one', async () => {
    const name = uniqueName()
    const [head = '', tail = ''] = name.split('-')
    const first = await readyTenant({ name: 'shop' }, name)
    const uids = await uidsOf(first)
    const second = await createTenant({ name: `${tail}-shop` }, head)
    expect(second.namespace).toBe(first.namespace)
    const { message } = await waitForReason(second, 'NamespaceConflict')
    expect(message).toContain('exists and belongs to somebody else')
    await waitForReady(first)
    expect(await uidsOf(first)).toEqual(uids)

    await removeTenant(head)
    await eventually(async () => expect(await client().find(tenantRef(head))).toBeUndefined())
    expect(await uidsOf(first)).toEqual(uids)
    await waitForReady(first)
  })
})

describe('a namespace of somebody else that is labelled as the Tenant\'s', () => {
  test('is kept with all that is in it and reported; without the label it is free again and outlives the Tenant', async () => {
    const tenant = await readyTenant()
    const victim = uniqueName('victim')
    const before = await foreignNamespace(victim)
    const uids = await uidsOf({ namespace: victim })
    await breakGlass().patch(namespaceRef(victim), { metadata: { labels: { 'controller-uid': tenant.uid } } })

    const reported = await eventually(async () => {
      const found = await conditionOf(tenant, 'UnmanagedObjects')
      if (found === undefined) throw new Error('nothing is reported')
      return found
    })
    expect(reported).toMatchObject({ status: 'True', message: expect.stringContaining(`owned by it through the label controller-uid: Namespace/${victim}.`) })
    expect(await uidsOf({ namespace: victim })).toEqual(uids)
    // The Tenant itself is well meanwhile, and corrected.
    await breakGlass().delete(refIn(tenant, 'Role', 'tenant-admin'))
    await eventually(async () => client().get(refIn(tenant, 'Role', 'tenant-admin')))
    expect((await client().get(namespaceRef(victim))).metadata.labels).toEqual({ ...before.metadata.labels, 'controller-uid': tenant.uid })

    await doAsTold(reported.message.replace('-n NAMESPACE label KIND NAME', `label namespace ${victim}`))
    await eventually(async () => expect(await conditionOf(tenant, 'UnmanagedObjects')).toBeUndefined())
    await waitForReady(tenant)
    await removeTenant(tenant.name)
    await eventually(async () => expect((await client().get(namespaceRef(tenant.namespace))).metadata).toHaveProperty('deletionTimestamp'))
    const after = await client().get(namespaceRef(victim))
    expect(after.metadata).not.toHaveProperty('deletionTimestamp')
    expect(after.metadata).not.toHaveProperty('ownerReferences')
    expect(after.metadata.labels).toEqual(before.metadata.labels)
    expect(await uidsOf({ namespace: victim })).toEqual(uids)
  })
})

describe('an object of somebody else that is labelled as the Tenant\'s', () => {
  test('is kept and reported, wherever it is, and free again without the label', async () => {
    const tenant = await readyTenant()
    const role = refIn(tenant, 'Role', 'of-a-helm-chart')
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]
    await breakGlass().create({ ...role, metadata: { name: role.name, namespace: tenant.namespace, labels: { 'controller-uid': tenant.uid } }, rules } as KubeObject)
    const { message } = await eventually(async () => conditionOf(tenant, 'UnmanagedObjects').then(found => found ?? Promise.reject(new Error('nothing is reported'))))
    expect(message).toContain(`Role/of-a-helm-chart in ${tenant.namespace}`)
    expect(await client().get(role)).toHaveProperty('rules', rules)
    await doAsTold(message.replace('NAMESPACE label KIND NAME', `${tenant.namespace} label role of-a-helm-chart`))
    await eventually(async () => expect(await conditionOf(tenant, 'UnmanagedObjects')).toBeUndefined())
    expect(await client().get(role)).toHaveProperty('rules', rules)
  })
})

describe('a namespace that is being deleted', () => {
  test('is left alone by the engine until it is gone, and then all of it comes back', async () => {
    const tenant = await readyTenant()
    const uids = await uidsOf(tenant)
    const namespace = namespaceRef(tenant.namespace)
    await breakGlass().patch(namespace, { metadata: { finalizers: ['k8s-mtp.dev/test'] } })
    await waitForReady(tenant)

    const since = Date.now()
    await breakGlass().delete(namespace)
    const { message } = await waitForReason(tenant, 'NamespaceTerminating')
    expect(message).toContain(`namespace ${tenant.namespace} is being deleted: it is made again when it is gone`)
    expect(await statusOf(tenant)).toMatchObject({ phase: 'Provisioning', namespaces: [{ name: tenant.namespace, phase: 'Terminating', ready: false }] })
    expect(await conditionOf(tenant, 'Reconciling')).toHaveProperty('reason', 'NamespaceTerminating')
    // Kubernetes waits for five seconds before it begins with what is in a namespace: until then nothing may have gone.
    expect((await uidsOf(tenant))).toEqual(uids)
    await eventually(async () => expect(await objectsOf(tenant)).toHaveLength(1))
    expect((await engineWrites(since, tenant)).filter(({ verb, code }) => ['create', 'delete'].includes(verb) || code === 201)).toEqual([])
    await waitForReason(tenant, 'NamespaceTerminating')

    await breakGlass().patch(namespace, { metadata: { finalizers: null } })
    await waitForReady(tenant)
    expect((await uidsOf(tenant)).filter(uid => uids.includes(uid))).toEqual([])
    expect((await uidsOf(tenant)).map(line => line.split(' ')[0])).toEqual(uids.map(line => line.split(' ')[0]))
  })
})

describe('what is released by hand', () => {
  test('is, as a namespace, kept and reported, and comes back with the commands of the status', async () => {
    const tenant = await readyTenant()
    await putData(tenant)
    const uids = await uidsOf(tenant)
    await breakGlass().patch(namespaceRef(tenant.namespace), { metadata: { labels: { 'controller-uid': null } } })
    const { message } = await waitForReason(tenant, 'NamespaceConflict')
    expect(message).toContain(`namespace ${tenant.namespace} was made for an earlier Tenant ${tenant.name} or released from this one, and is left untouched`)
    expect(await uidsOf(tenant)).toEqual(uids)
    await doAsTold(message)
    await waitForReady(tenant)
    expect(await uidsOf(tenant)).toEqual(uids)
  })

  test('is, as an object in it, taken back by force or reported with the command that mends it', async () => {
    const tenant = await readyTenant()
    const role = refIn(tenant, 'Role', 'tenant-viewer')
    await breakGlass().patch(role, { metadata: { labels: { 'controller-uid': null } } })
    if (platform().engine.strategy === 'dynamic-apply') {
      await waitForReason(tenant, 'ObjectsPending')
      const conditions = await asTimePasses(tenant, 'ObjectsMissing')
      const message = conditions.find(({ type }) => type === 'Stalled')?.message ?? ''
      expect(message).toMatch(/^asked for and still not owned by this Tenant, because they were released by hand, their names are taken, .*: Role\/tenant-viewer\./)
      await doAsTold(message)
      await asTimePasses(tenant, 'UpToDate')
    }
    await eventually(async () =>
      expect((await client().get(role)).metadata).toMatchObject({ labels: { 'controller-uid': tenant.uid }, ownerReferences: [{ uid: tenant.uid }] }))
    await waitForReady(tenant)
  })
})

/**
 * Waits for a reason that takes time: moves the conditions two minutes into the past, which is an event as well. The
 * engine may be about to write the status it had before, so more than once.
 */
async function asTimePasses (tenant: TestTenant, reason: string): Promise<Condition[]> {
  const lastTransitionTime = new Date(Date.now() - 120_000).toISOString().replace(/\.\d+Z$/, 'Z')
  return eventually(async () => {
    const { conditions } = await statusOf(tenant)
    await breakGlass().patch(tenant.ref, { status: { conditions: conditions.map(condition => ({ ...condition, lastTransitionTime })) } }, { subresource: 'status' })
    await sleep(500)
    const { conditions: after } = await statusOf(tenant)
    expect(after.find(({ type }) => type === 'Ready')).toHaveProperty('reason', reason)
    return after
  })
}

describe('a Tenant that is deleted', () => {
  test('takes its namespace with it and nothing else', async () => {
    const tenant = await readyTenant()
    const neighbour = await readyTenant()
    await putData(neighbour)
    const bystander = await foreignNamespace(uniqueName('bystander'))
    const uids = await uidsOf(neighbour)
    const living = async () => (await client().list({ apiVersion: 'v1', kind: 'Namespace' })).items
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(({ metadata }) => `${metadata.name} ${metadata.uid}`)
    // Of the Tenants of other tests there may be some that are about to go.
    const before = (await living()).filter(line => !line.startsWith('tenant-') || line.startsWith(neighbour.namespace))

    await client().delete(tenant.ref)
    await eventually(async () => expect(await client().find(namespaceRef(tenant.namespace))).toBeUndefined())
    expect(await client().find(tenant.ref)).toBeUndefined()
    expect(await living()).toEqual(expect.arrayContaining(before))
    expect(await uidsOf(neighbour)).toEqual(uids)
    await expectUntouched(bystander)
    await waitForReady(neighbour)
  })

  test.each(['k8s-mtp', 'kubectl'] as const)('with --cascade=orphan leaves all behind, and made anew takes it over with the commands of the status, by %s', async by => {
    const admins = [{ kind: 'User', name: 'ada@acme.example' }]
    const tenant = await readyTenant({ admins })
    await putData(tenant)
    // An apply that is under way when the garbage collector removes the ownerReferences puts one back, and the object goes.
    await settled(tenant)
    const uids = await uidsOf(tenant)
    await client().delete(tenant.ref, { propagationPolicy: 'Orphan' })
    await eventually(async () => expect(await client().find(tenant.ref)).toBeUndefined())
    expect(await uidsOf(tenant)).toEqual(uids)
    for (const object of await objectsOf(tenant)) expect(object.metadata).not.toHaveProperty('ownerReferences')

    const { metadata: { uid } } = await client().create(tenantManifest(tenant.name, { admins }))
    const { message } = await waitForReason(tenant, 'NamespaceConflict')
    expect(message).toContain(`was made for an earlier Tenant ${tenant.name}`)
    expect(await uidsOf(tenant)).toEqual(uids)
    await doAsTold(message, by)
    await waitForReady(tenant)
    expect(await uidsOf(tenant)).toEqual(uids)
    for (const object of await objectsOf(tenant)) expect(object.metadata.ownerReferences).toMatchObject([{ uid }])
  })
})
