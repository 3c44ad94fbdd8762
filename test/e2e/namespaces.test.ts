import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Condition } from '../../src/api/condition.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { breakGlass, client, eventually, platform } from './context.ts'
import { engineWrites, settled } from './engine-writes.ts'
import { documentedCommands, runCommands } from './kubectl.ts'
import {
  changeTenant, conditionOf, createTenant, objectsOf, putData, readyTenant, refIn, remove, removeTenant, statusOf,
  tenantManifest, tenantRef, uidsOf, uniqueName, waitForReady, waitForReason, type TestTenant
} from './tenants.ts'

const namespaceRef = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', name })

/** Creates an unmanaged namespace with data, and deletes it after the test. */
async function unmanagedNamespace (name: string): Promise<KubeObject> {
  onTestFinished(() => remove(namespaceRef(name)))
  await breakGlass().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { team: 'others' } } })
  await putData({ namespace: name })
  return client().get(namespaceRef(name))
}

async function expectUnchanged (namespace: KubeObject): Promise<void> {
  const now = await client().get(namespaceRef(namespace.metadata.name))
  expect(now).toEqual(namespace)
  expect((await uidsOf({ namespace: namespace.metadata.name })).map(line => line.split(' ')[0])).toEqual([
    'ConfigMap/data', `Namespace/${namespace.metadata.name}`
  ])
}

const adoptionCommand = ({ name, namespace }: TestTenant) => `k8s-mtp adopt ${name} ${namespace} (a preview; --yes adopts it). See `

/** Ways to adopt the namespace of a Tenant with NamespaceConflict. */
const adopt = {
  async 'k8s-mtp' (tenant: TestTenant, message: string) {
    const namespace = await client().get(namespaceRef(tenant.namespace))
    await runCommands(message, { program: 'k8s-mtp' })
    expect(await client().get(namespaceRef(tenant.namespace)), 'after the preview').toEqual(namespace)
    await runCommands(message, { program: 'k8s-mtp', flags: ['--yes'] })
  },
  async kubectl (tenant: TestTenant) {
    await runCommands(documentedCommands('NamespaceConflict', tenant))
  }
}
const ways = ['k8s-mtp', 'kubectl'] as const

describe('a namespace whose name is in use', () => {
  test('is left unchanged and reported; after its deletion the Tenant continues', async () => {
    const name = uniqueName()
    const unmanaged = await unmanagedNamespace(`tenant-${name}-shop`)
    const tenant = await createTenant({}, name)
    const { message } = await waitForReason(tenant, 'NamespaceConflict')
    expect(message).toContain(`namespace ${tenant.namespace} exists and belongs to no Tenant; it is left unchanged. ` +
      `Create the Tenant under another name, or adopt the namespace with everything in it: ${adoptionCommand(tenant)}`)
    expect(await statusOf(tenant)).toMatchObject({
      phase: 'Blocked', namespaces: [{ name: tenant.namespace, phase: 'Conflict', ready: false }]
    })
    expect(await conditionOf(tenant, 'Stalled')).toHaveProperty('reason', 'NamespaceConflict')
    await changeTenant(tenant, { admins: [{ kind: 'User', name: 'ada@acme.example' }] })
    await eventually(async () => statusOf(tenant))
    await expectUnchanged(unmanaged)

    await client().delete(namespaceRef(tenant.namespace))
    await waitForReady(tenant)
    expect((await client().get(namespaceRef(tenant.namespace))).metadata.uid).not.toBe(unmanaged.metadata.uid)
  })

  test.each(ways)('is adopted with its data and labels, by %s', async way => {
    const name = uniqueName()
    const unmanaged = await unmanagedNamespace(`tenant-${name}-shop`)
    const tenant = await createTenant({}, name)
    await adopt[way](tenant, (await waitForReason(tenant, 'NamespaceConflict')).message)
    await waitForReady(tenant)
    const adopted = await client().get(namespaceRef(tenant.namespace))
    expect(adopted).toHaveProperty(
      'metadata',
      expect.objectContaining({
        uid: unmanaged.metadata.uid, labels: expect.objectContaining({ team: 'others', 'k8s-mtp.dev/tenant': name })
      })
    )
    expect(await client().get(refIn(tenant, 'ConfigMap', 'data'))).toHaveProperty('data', { precious: 'yes' })
  })

  test('keeps its first Tenant where a second one produces the same name, as a-b with c and a with b-c', async () => {
    const name = uniqueName()
    const [head = '', tail = ''] = name.split('-')
    const first = await readyTenant({ name: 'shop' }, name)
    const uids = await uidsOf(first)
    const second = await createTenant({ name: `${tail}-shop` }, head)
    expect(second.namespace).toBe(first.namespace)
    const { message } = await waitForReason(second, 'NamespaceConflict')
    expect(message).toContain(`belongs to Tenant ${first.name}`)
    await waitForReady(first)
    expect(await uidsOf(first)).toEqual(uids)

    await removeTenant(head)
    await eventually(async () => expect(await client().find(tenantRef(head))).toBeUndefined())
    expect(await uidsOf(first)).toEqual(uids)
    await waitForReady(first)
  })
})

describe('an unmanaged namespace with the label controller-uid of a Tenant', () => {
  test('is kept with its objects and reported; without the label it outlives the Tenant', async () => {
    const tenant = await readyTenant()
    const victim = uniqueName('victim')
    const before = await unmanagedNamespace(victim)
    const uids = await uidsOf({ namespace: victim })
    await breakGlass().patch(namespaceRef(victim), { metadata: { labels: { 'controller-uid': tenant.uid } } })

    const reported = await eventually(async () => {
      const found = await conditionOf(tenant, 'UnmanagedObjects')
      if (found === undefined) throw new Error('no condition UnmanagedObjects')
      return found
    })
    expect(reported).toMatchObject({
      status: 'True',
      message: expect.stringContaining(
        `owned by this Tenant through the label controller-uid, but not produced by it: Namespace/${victim}.`
      )
    })
    expect(await uidsOf({ namespace: victim })).toEqual(uids)
    // Drift of the Tenant is corrected meanwhile.
    await breakGlass().delete(refIn(tenant, 'Role', 'tenant-admin'))
    await eventually(async () => client().get(refIn(tenant, 'Role', 'tenant-admin')))
    expect((await client().get(namespaceRef(victim))).metadata.labels).toEqual({ ...before.metadata.labels, 'controller-uid': tenant.uid })

    await runCommands(reported.message.replace('-n NAMESPACE label KIND NAME', `label namespace ${victim}`))
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

describe('an unmanaged object with the label controller-uid of a Tenant', () => {
  test('is kept and reported, and released without the label', async () => {
    const tenant = await readyTenant()
    const role = refIn(tenant, 'Role', 'of-a-helm-chart')
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]
    await breakGlass().create(
      { ...role, metadata: { name: role.name, namespace: tenant.namespace, labels: { 'controller-uid': tenant.uid } }, rules } as KubeObject
    )
    const { message } = await eventually(
      async () => conditionOf(tenant, 'UnmanagedObjects').then(found => found ?? Promise.reject(new Error('no condition UnmanagedObjects')))
    )
    expect(message).toContain(`Role/of-a-helm-chart in ${tenant.namespace}`)
    expect(await client().get(role)).toHaveProperty('rules', rules)
    await runCommands(message.replace('NAMESPACE label KIND NAME', `${tenant.namespace} label role of-a-helm-chart`))
    await eventually(async () => expect(await conditionOf(tenant, 'UnmanagedObjects')).toBeUndefined())
    expect(await client().get(role)).toHaveProperty('rules', rules)
  })
})

describe('a terminating namespace', () => {
  test('is left unchanged until it is gone, then recreated with all of its objects', async () => {
    const tenant = await readyTenant()
    const uids = await uidsOf(tenant)
    const namespace = namespaceRef(tenant.namespace)
    await breakGlass().patch(namespace, { metadata: { finalizers: ['k8s-mtp.dev/test'] } })
    await waitForReady(tenant)

    const since = Date.now()
    await breakGlass().delete(namespace)
    const { message } = await waitForReason(tenant, 'NamespaceTerminating')
    expect(message).toContain(`namespace ${tenant.namespace} is being deleted, and is recreated afterwards. `)
    expect(await statusOf(tenant)).toMatchObject({
      phase: 'Provisioning', namespaces: [{ name: tenant.namespace, phase: 'Terminating', ready: false }]
    })
    expect(await conditionOf(tenant, 'Reconciling')).toHaveProperty('reason', 'NamespaceTerminating')
    // Kubernetes deletes the objects in a namespace after five seconds; until then none may be deleted.
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

describe('without its label controller-uid', () => {
  test('the namespace is kept and reported, and adopted with the command in the status', async () => {
    const tenant = await readyTenant()
    await putData(tenant)
    const uids = await uidsOf(tenant)
    await breakGlass().patch(namespaceRef(tenant.namespace), { metadata: { labels: { 'controller-uid': null } } })
    const { message } = await waitForReason(tenant, 'NamespaceConflict')
    expect(message).toContain(
      `namespace ${tenant.namespace} belonged to an earlier Tenant ${tenant.name}, or was released from this one; ` +
      `it is left unchanged. To adopt it with everything in it: ${adoptionCommand(tenant)}`
    )
    expect(await uidsOf(tenant)).toEqual(uids)
    await adopt['k8s-mtp'](tenant, message)
    await waitForReady(tenant)
    expect(await uidsOf(tenant)).toEqual(uids)
  })

  test('a Role is adopted by server-side apply, or reported with a command that works', async () => {
    const tenant = await readyTenant()
    const role = refIn(tenant, 'Role', 'tenant-viewer')
    await breakGlass().patch(role, { metadata: { labels: { 'controller-uid': null } } })
    if (platform().engine.strategy === 'dynamic-apply') {
      await waitForReason(tenant, 'ObjectsPending')
      const conditions = await asTimePasses(tenant, 'ObjectsMissing')
      const message = conditions.find(({ type }) => type === 'Stalled')?.message ?? ''
      expect(message).toContain(`not created in ${tenant.namespace}: Role/tenant-viewer. `)
      await runCommands(message)
      await asTimePasses(tenant, 'UpToDate')
    }
    await eventually(async () =>
      expect((await client().get(role)).metadata).toMatchObject({
        labels: { 'controller-uid': tenant.uid }, ownerReferences: [{ uid: tenant.uid }]
      }))
    await waitForReady(tenant)
  })
})

/**
 * Waits for a reason that follows a timeout: moves the conditions two minutes into the past, which also causes a sync.
 * Retries, since the engine may overwrite the status with an earlier one.
 */
async function asTimePasses (tenant: TestTenant, reason: string): Promise<Condition[]> {
  const lastTransitionTime = new Date(Date.now() - 120_000).toISOString().replace(/\.\d+Z$/, 'Z')
  return eventually(async () => {
    const { conditions } = await statusOf(tenant)
    await breakGlass().patch(
      tenant.ref, { status: { conditions: conditions.map(condition => ({ ...condition, lastTransitionTime })) } },
      { subresource: 'status' }
    )
    await sleep(500)
    const { conditions: after } = await statusOf(tenant)
    expect(after.find(({ type }) => type === 'Ready')).toHaveProperty('reason', reason)
    return after
  })
}

describe('a deleted Tenant', () => {
  test('is deleted with its namespace and nothing else', async () => {
    const tenant = await readyTenant()
    const neighbour = await readyTenant()
    await putData(neighbour)
    const unmanaged = await unmanagedNamespace(uniqueName('unmanaged'))
    const uids = await uidsOf(neighbour)
    const living = async () => (await client().list({ apiVersion: 'v1', kind: 'Namespace' })).items
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(({ metadata }) => `${metadata.name} ${metadata.uid}`)
    // Tenants of other tests may be terminating.
    const before = (await living()).filter(line => !line.startsWith('tenant-') || line.startsWith(neighbour.namespace))

    await client().delete(tenant.ref)
    await eventually(async () => expect(await client().find(namespaceRef(tenant.namespace))).toBeUndefined())
    expect(await client().find(tenant.ref)).toBeUndefined()
    expect(await living()).toEqual(expect.arrayContaining(before))
    expect(await uidsOf(neighbour)).toEqual(uids)
    await expectUnchanged(unmanaged)
    await waitForReady(neighbour)
  })

  test.each(ways)('leaves all objects with --cascade=orphan; a Tenant recreated with its name adopts them, by %s', async way => {
    const admins = [{ kind: 'User', name: 'ada@acme.example' }]
    const tenant = await readyTenant({ admins })
    await putData(tenant)
    // A concurrent apply would add back an ownerReference that the garbage collector removed, and the object would be deleted.
    await settled(tenant)
    const uids = await uidsOf(tenant)
    await client().delete(tenant.ref, { propagationPolicy: 'Orphan' })
    await eventually(async () => expect(await client().find(tenant.ref)).toBeUndefined())
    expect(await uidsOf(tenant)).toEqual(uids)
    for (const object of await objectsOf(tenant)) expect(object.metadata).not.toHaveProperty('ownerReferences')

    const { metadata: { uid = '' } } = await client().create(tenantManifest(tenant.name, { admins }))
    const { message } = await waitForReason(tenant, 'NamespaceConflict')
    expect(message).toContain(`belonged to an earlier Tenant ${tenant.name}, or was released from this one`)
    expect(await uidsOf(tenant)).toEqual(uids)
    await adopt[way]({ ...tenant, uid }, message)
    await waitForReady(tenant)
    expect(await uidsOf(tenant)).toEqual(uids)
    for (const object of await objectsOf(tenant)) expect(object.metadata.ownerReferences).toMatchObject([{ uid }])
  })
})
