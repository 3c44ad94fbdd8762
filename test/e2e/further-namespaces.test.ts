import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { NamespaceStatus } from '../../src/api/tenant-status.ts'
import { refOf, type KubeObject, type ObjectRef } from '../cluster/kube-object.ts'
import { k8sMtp } from './cli.ts'
import { as, breakGlass, client, eventually } from './context.ts'
import { refusalOf } from './guardrails/refusal.ts'
import { namespaceRef, people, tryDelete } from './guardrails/world.ts'
import {
  changeTenant, conditionOf, createTenant, objectsOf, putData, readyTenant, refIn, remove, statusOf, tenantManifest, uidsOf, uniqueName,
  waitForReady, waitForReason, type TestTenant
} from './tenants.ts'

const kind = { apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantNamespace' }
const objectRef = (tenant: { name: string }, entry: string): ObjectRef => ({ ...kind, name: `${tenant.name}.${entry}` })
const inEntry = (tenant: { name: string }, entry: string): { namespace: string } => ({ namespace: `tenant-${tenant.name}-${entry}` })
const ada = { kind: 'User', name: 'ada@acme.example' }
const eve = { kind: 'User', name: 'eve@acme.example' }

async function statusIn (tenant: TestTenant, entry: string): Promise<NamespaceStatus> {
  const { namespaces = [] } = await statusOf(tenant)
  return namespaces.find(({ name }) => name === inEntry(tenant, entry).namespace) ?? expect.fail(`no status of ${entry}: ${JSON.stringify(namespaces)}`)
}

async function mayCreatePods ({ name }: { name: string }, namespace: string): Promise<boolean> {
  const review = await as(name).create({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    metadata: { name: '' },
    spec: { resourceAttributes: { verb: 'create', resource: 'pods', namespace } }
  }) as KubeObject & { status: { allowed: boolean } }
  return review.status.allowed
}

describe('a Tenant with further namespaces', () => {
  test('has the same objects in each, except for what an entry overrides', async () => {
    const tenant = await readyTenant({
      admins: [ada, { kind: 'Group', name: ada.name }],
      namespaces: [{ name: 'dev' }, { name: 'prod', className: 'standard', admins: [eve], quotas: { 'tenant-quota': { pods: '90' } } }]
    })
    const names = async (namespace: string) => (await objectsOf({ namespace })).slice(1).map(({ kind, metadata }) => `${kind}/${metadata.name}`)
    const home = await names(tenant.namespace)
    expect(await names(inEntry(tenant, 'dev').namespace)).toEqual(home)
    expect(await client().get(refIn(inEntry(tenant, 'prod'), 'ResourceQuota', 'tenant-quota'))).toMatchObject({ spec: { hard: { pods: '90' } } })
    const may = async (who: typeof ada) => [
      await mayCreatePods(who, tenant.namespace), await mayCreatePods(who, inEntry(tenant, 'dev').namespace), await mayCreatePods(who, inEntry(tenant, 'prod').namespace)
    ]
    expect(await may(ada)).toEqual([true, true, false])
    expect(await may(eve)).toEqual([false, false, true])
    expect((await statusOf(tenant)).namespaces?.map(({ name, className, phase, ready, reason }) => ({ name, className, phase, ready, reason }))).toEqual([
      { name: tenant.namespace, className: 'default', phase: 'Active', ready: true, reason: 'UpToDate' },
      { name: inEntry(tenant, 'dev').namespace, className: 'default', phase: 'Active', ready: true, reason: 'UpToDate' },
      { name: inEntry(tenant, 'prod').namespace, className: 'standard', phase: 'Active', ready: true, reason: 'UpToDate' }
    ])
  })

  test('is corrected in each', async () => {
    const tenant = await readyTenant({ namespaces: [{ name: 'dev' }] })
    const role = refIn(inEntry(tenant, 'dev'), 'Role', 'tenant-admin')
    const before = await client().get(role)
    await breakGlass().delete(role)
    await eventually(async () => expect((await client().get(role)).metadata.uid).not.toBe(before.metadata.uid))
    await breakGlass().patch(objectRef(tenant, 'dev'), { spec: { className: 'large' } })
    await eventually(async () => expect(await client().get(objectRef(tenant, 'dev'))).toMatchObject({ spec: { className: 'default' } }))
    await waitForReady(tenant)
  })

  test('is not held up by one that is invalid, and says which', async () => {
    const tenant = await createTenant({ namespaces: [{ name: 'dev' }, { name: 'prod', className: 'gold' }] })
    const ready = await waitForReason(tenant, 'NamespacesNotReady')
    expect(ready.message).toContain('status.namespaces has the message of each')
    await eventually(async () => expect(await statusIn(tenant, 'dev')).toMatchObject({ ready: true }))
    await eventually(async () => expect(await conditionOf(tenant, 'Ready')).toMatchObject({ message: expect.stringContaining(`not ready: ${inEntry(tenant, 'prod').namespace} (ClassNotFound)`) as string }))
    expect(await statusIn(tenant, 'prod')).toMatchObject({ ready: false, phase: 'Pending', reason: 'ClassNotFound', message: expect.stringContaining('TenantClass gold does not exist') as string })
    expect(await conditionOf(tenant, 'Stalled')).toMatchObject({ reason: 'NamespacesNotReady' })
    expect(await statusOf(tenant)).toMatchObject({ phase: 'Blocked' })

    await changeTenant(tenant, { className: 'gold', namespaces: [{ name: 'dev', className: 'default', admins: [eve] }, { name: 'prod', className: 'small' }] })
    await eventually(async () => {
      expect(await statusIn(tenant, 'prod')).toMatchObject({ ready: true })
      expect(await mayCreatePods(eve, inEntry(tenant, 'dev').namespace)).toBe(true)
    })
    expect(await waitForReason(tenant, 'ClassNotFound')).toMatchObject({ status: 'False' })
  })

  test('keeps one that is removed from the list, and reports it until it is listed again', async () => {
    const tenant = await readyTenant({ admins: [ada], namespaces: [{ name: 'dev', viewers: [eve] }] })
    const dev = inEntry(tenant, 'dev')
    await putData(dev)
    const before = await uidsOf(dev)
    await changeTenant(tenant, { namespaces: [] })
    await eventually(async () => expect(await conditionOf(tenant, 'UnlistedNamespaces')).toMatchObject({ status: 'True', message: expect.stringContaining(dev.namespace) as string }))
    await waitForReady(tenant)
    expect(await statusIn(tenant, 'dev')).toMatchObject({ reason: 'NamespaceUnlisted' })
    expect(await uidsOf(dev)).toEqual(before)

    await changeTenant(tenant, { admins: [], cordoned: true })
    await eventually(async () => {
      expect(await mayCreatePods(ada, dev.namespace)).toBe(false)
      expect(await client().get(refIn(dev, 'WorkloadPolicy', 'tenant-workloads'))).toMatchObject({ spec: { cordoned: true } })
    })

    await changeTenant(tenant, { admins: [ada], cordoned: false, namespaces: [{ name: 'dev' }] })
    await waitForReady(tenant)
    expect(await conditionOf(tenant, 'UnlistedNamespaces')).toBeUndefined()
    await eventually(async () => expect(await mayCreatePods(ada, dev.namespace)).toBe(true))
    expect(await uidsOf(dev)).toEqual(expect.arrayContaining(before))
  })

  test('on hold, revokes access in all namespaces and creates none', async () => {
    const tenant = await readyTenant({ admins: [ada, eve], namespaces: [{ name: 'dev' }] })
    const dev = inEntry(tenant, 'dev')
    expect(await mayCreatePods(eve, dev.namespace)).toBe(true)
    await changeTenant(tenant, { paused: true, admins: [ada], namespaces: [{ name: 'dev' }, { name: 'prod' }] })
    await waitForReason(tenant, 'Paused')
    await eventually(async () => expect(await mayCreatePods(eve, dev.namespace)).toBe(false))
    expect(await mayCreatePods(ada, dev.namespace)).toBe(true)
    expect(await client().find(objectRef(tenant, 'prod'))).toBeUndefined()
    await eventually(async () => expect(await client().get(objectRef(tenant, 'dev'))).toMatchObject({ status: { phase: 'Paused' } }))
    await changeTenant(tenant, { paused: false })
    await waitForReady(tenant)
  })

  test('takes all of them with it, and with orphan none', async () => {
    const tenant = await readyTenant({ namespaces: [{ name: 'dev' }] })
    await client().delete(tenant.ref)
    await eventually(async () => {
      expect(await client().find(namespaceRef(inEntry(tenant, 'dev').namespace))).toBeUndefined()
      expect(await client().find(objectRef(tenant, 'dev'))).toBeUndefined()
    }, { timeout: 60_000 })
  })

  test('leaves them with orphan, and a new Tenant of the name adopts them', async () => {
    const name = uniqueName()
    const tenant = await readyTenant({ deletionPolicy: 'Retain', namespaces: [{ name: 'dev' }] }, name)
    const dev = inEntry(tenant, 'dev')
    onTestFinished(async () => {
      await remove(objectRef(tenant, 'dev'))
      await Promise.all([namespaceRef(tenant.namespace), namespaceRef(dev.namespace)].map(remove))
    })
    await putData(dev)
    const before = await uidsOf(dev)
    await client().delete(tenant.ref, { propagationPolicy: 'Orphan' })
    await eventually(async () => expect(await client().get(objectRef(tenant, 'dev'))).toMatchObject({ status: { phase: 'Blocked', conditions: [{ reason: 'TenantMissing' }, {}] } }))
    expect(await uidsOf(dev)).toEqual(before)

    await client().create(tenantManifest(name, { name: 'other', namespaces: [{ name: 'dev' }] }))
    await waitForReason({ name }, 'NamespacesNotReady')
    const preview = await k8sMtp(['adopt', name, dev.namespace])
    expect(preview.stdout).toContain(`TenantNamespace ${name}.dev was left behind by an earlier Tenant ${name}`)
    expect((await client().get(objectRef(tenant, 'dev'))).metadata.ownerReferences).toBeUndefined()
    expect(await k8sMtp(['adopt', name, dev.namespace, '--yes'])).toMatchObject({ code: 0 })
    await waitForReady({ name })
    expect(await uidsOf(dev)).toEqual(before)
  })

  test('adopts an existing namespace for an entry, keeps it with its data, and releases it again', async () => {
    const name = uniqueName()
    const namespace = `tenant-${name}-dev`
    onTestFinished(async () => { await remove(namespaceRef(namespace)) })
    await breakGlass().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
    const data = await putData({ namespace })
    const tenant = await createTenant({ namespaces: [{ name: 'dev' }] }, name)
    await eventually(async () => expect(await statusIn(tenant, 'dev')).toMatchObject({ phase: 'Conflict', message: expect.stringContaining(`k8s-mtp adopt ${name} ${namespace}`) as string }))
    expect(await k8sMtp(['adopt', name, namespace, '--yes'])).toMatchObject({ code: 0 })
    await waitForReady(tenant)
    // As long as the garbage collector takes to delete a namespace whose owner does not exist.
    await sleep(5_000)
    expect((await client().get(namespaceRef(namespace))).metadata).toMatchObject({ ownerReferences: [{ kind: 'TenantNamespace', name: `${name}.dev` }] })
    expect((await client().get(refOf(data))).metadata.uid).toBe(data.metadata.uid)

    const before = (await client().get(namespaceRef(namespace))).metadata.uid
    await changeTenant(tenant, { paused: true })
    expect(await k8sMtp(['release', name, namespace, '--yes'])).toMatchObject({ code: 0 })
    const { metadata } = await client().get(namespaceRef(namespace))
    expect([metadata.uid, metadata.ownerReferences, Object.keys(metadata.labels ?? {}).filter(key => key.startsWith('k8s-mtp.dev/'))]).toEqual([before, undefined, []])
  })

  test('does not take over the namespace of another Tenant with a name that reads the same', async () => {
    const [a, c] = [uniqueName('a'), 'c']
    const first = await readyTenant({ name: `b-${c}` }, a)
    const second = await createTenant({ name: 'home', namespaces: [{ name: c }] }, `${a}-b`)
    await waitForReason(second, 'NamespacesNotReady')
    expect(await statusIn(second, c)).toMatchObject({ phase: 'Conflict', reason: 'NamespaceConflict', name: first.namespace })
    await waitForReady(first)
  })
})

describe('the object of a further namespace', () => {
  test('is written by Metacontroller only, and deleted by the garbage collector for its Tenant only', async () => {
    const tenant = await readyTenant({ namespaces: [{ name: 'dev' }] })
    const ref = objectRef(tenant, 'dev')
    const guardrail = 'tenant-namespace-objects'
    for (const who of ['a cluster administrator', 'the namespace controller', 'the garbage collector'] as const) {
      const actor = people[who]()
      expect(await refusalOf(guardrail, async () => actor.patch(ref, { spec: { className: 'large' } }, { dryRun: true }))).toMatch(/managed by k8s-mtp/)
      expect(await refusalOf(guardrail, async () => actor.patch(ref, { metadata: { labels: { 'k8s-mtp.dev/tenant': 'other' } } }, { dryRun: true }))).toMatch(/managed by k8s-mtp/)
      expect(await refusalOf(guardrail, async () => actor.patch(ref, { status: { phase: 'Blocked' } }, { dryRun: true, subresource: 'status' }))).toMatch(/managed by k8s-mtp/)
      const created = { ...kind, metadata: { name: `${tenant.name}.more` }, spec: { className: 'default' } }
      expect(await refusalOf(guardrail, async () => actor.create(created, { dryRun: true }))).toMatch(/managed by k8s-mtp/)
    }
    expect(await refusalOf(guardrail, async () => tryDelete(client(), ref))).toMatch(/deletes its namespace with all data/)
    await tryDelete(people['the garbage collector'](), ref)
  })

  test('is never deleted, given to another Tenant or released by Metacontroller', async () => {
    const [tenant, other] = [await readyTenant({ namespaces: [{ name: 'dev' }] }), await readyTenant()]
    const ref = objectRef(tenant, 'dev')
    const engine = people['the engine']()
    expect(await refusalOf('engine', async () => tryDelete(engine, ref))).toMatch(/may not delete a TenantNamespace/)
    const owner = { apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', name: other.name, uid: other.uid, controller: true, blockOwnerDeletion: true }
    const attempts: object[] = [
      { metadata: { labels: { 'controller-uid': other.uid } } },
      { metadata: { labels: { 'k8s-mtp.dev/tenant': other.name } } },
      { metadata: { ownerReferences: [] } },
      { metadata: { ownerReferences: [owner] } },
      { metadata: { ownerReferences: [owner], labels: { 'controller-uid': other.uid, 'k8s-mtp.dev/tenant': other.name } } },
      { metadata: { finalizers: ['example.com/x'] } }
    ]
    for (const patch of attempts) expect(await refusalOf('engine', async () => engine.patch(ref, patch, { dryRun: true })), JSON.stringify(patch)).toMatch(/Metacontroller may/)
    const forged = { ...kind, metadata: { name: 'nobody.dev', labels: { 'k8s-mtp.dev/tenant': tenant.name, 'app.kubernetes.io/managed-by': 'k8s-mtp', 'controller-uid': tenant.uid } }, spec: { className: 'default' } }
    expect(await refusalOf('engine', async () => engine.create(forged, { dryRun: true }))).toMatch(/named <tenant>.<name>/)
  })
})
