import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { NamespaceStatus } from '../../src/api/tenant-status.ts'
import { refOf, type ObjectRef } from '../cluster/kube-object.ts'
import { k8sMtp } from './cli.ts'
import { breakGlass, client, eventually } from './context.ts'
import { refusalOf } from './guardrails/refusal.ts'
import { namespaceRef, ownerReference, people, tryDelete, unmanagedBinding } from './guardrails/world.ts'
import {
  changeTenant, conditionOf, createTenant, objectsOf, putData, readyTenant, refIn, remove, statusOf, tenantRef, uidsOf, uniqueName, waitForReady, waitForReason,
  type TestTenant
} from './tenants.ts'

const ada = { kind: 'User', name: 'ada@acme.example' }
const asObject = (tenant: { name: string }, namespace: string): ObjectRef => ({ apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantNamespace', name: `${tenant.name}.existing.${namespace}` })

/** As long as the garbage collector takes to delete a namespace whose owner does not exist. */
const collected = 5_000

/** A namespace with data that belongs to no Tenant. */
async function existing (): Promise<string> {
  const name = uniqueName('shop')
  onTestFinished(async () => { await remove(namespaceRef(name)) })
  await client().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { team: 'shop' } } })
  await putData({ namespace: name })
  return name
}

async function statusIn (tenant: { name: string }, namespace: string): Promise<NamespaceStatus> {
  const { namespaces = [] } = await statusOf(tenant)
  return namespaces.find(({ name }) => name === namespace) ?? expect.fail(`no status of ${namespace}: ${JSON.stringify(namespaces)}`)
}

/** A Tenant that has adopted an existing namespace. */
async function adopted (entry: object = {}, spec: object = {}): Promise<{ tenant: TestTenant, namespace: string }> {
  const namespace = await existing()
  const tenant = await createTenant({ namespaces: [{ existing: namespace, ...entry }], ...spec })
  onTestFinished(async () => { await remove(asObject(tenant, namespace)) })
  await waitForReason(tenant, 'NamespacesNotReady')
  expect(await k8sMtp(['adopt', tenant.name, namespace, '--yes'])).toMatchObject({ code: 0, stderr: '' })
  await waitForReady(tenant)
  return { tenant, namespace }
}

const ownersOf = async (namespace: string) => ((await client().get(namespaceRef(namespace))).metadata.ownerReferences ?? []).map(({ kind, name }) => `${kind} ${name}`)
const labelsOf = async (namespace: string) => (await client().get(namespaceRef(namespace))).metadata.labels ?? {}

async function gone (tenant: TestTenant, namespace: string): Promise<void> {
  await eventually(async () => {
    for (const ref of [tenant.ref, namespaceRef(tenant.namespace), asObject(tenant, namespace)]) expect(await client().find(ref)).toBeUndefined()
  }, { timeout: 60_000 })
}

describe('an existing namespace', () => {
  test('is not created, and is left unchanged until it is adopted', async () => {
    const namespace = uniqueName('shop')
    const tenant = await createTenant({ namespaces: [{ existing: namespace }, { name: 'dev' }] })
    onTestFinished(async () => { await remove(namespaceRef(namespace)) })
    await eventually(async () => expect(await statusIn(tenant, namespace)).toMatchObject({ phase: 'Pending', reason: 'NamespaceMissing', message: expect.stringContaining(`kubectl create namespace ${namespace}`) as string }))
    await eventually(async () => expect(await statusIn(tenant, `tenant-${tenant.name}-dev`)).toMatchObject({ ready: true }))
    expect(await client().find(namespaceRef(namespace))).toBeUndefined()
    expect(await conditionOf(tenant, 'Stalled')).toMatchObject({ reason: 'NamespacesNotReady' })

    await client().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
    await eventually(async () => expect(await statusIn(tenant, namespace)).toMatchObject({ phase: 'Conflict', reason: 'NamespaceConflict', message: expect.stringContaining(`k8s-mtp adopt ${tenant.name} ${namespace}`) as string }))
    expect((await objectsOf({ namespace })).slice(1)).toEqual([])
    expect(await k8sMtp(['adopt', tenant.name, namespace])).toMatchObject({ code: 0, stdout: expect.stringContaining('TenantNamespace') as string })
    expect((await objectsOf({ namespace })).slice(1)).toEqual([])
    expect((await k8sMtp(['adopt', tenant.name, namespace, '--yes'])).stdout).toContain(`From now on, deleting Tenant ${tenant.name} keeps the namespace`)
    await waitForReady(tenant)
  })

  test('has the objects of its class, is corrected, and keeps its labels and data', async () => {
    const { tenant, namespace } = await adopted({ admins: [ada], className: 'standard' })
    expect(await statusIn(tenant, namespace)).toMatchObject({ ready: true, className: 'standard', reason: 'UpToDate' })
    expect(await labelsOf(namespace)).toMatchObject({ team: 'shop', 'k8s-mtp.dev/tenant': tenant.name, 'k8s-mtp.dev/class': 'standard', 'pod-security.kubernetes.io/enforce': 'restricted', 'k8s-mtp.dev/deletion-policy': 'Retain' })
    const role = refIn({ namespace }, 'Role', 'tenant-admin')
    const before = await client().get(role)
    await breakGlass().delete(role)
    await eventually(async () => expect((await client().get(role)).metadata.uid).not.toBe(before.metadata.uid))
    await breakGlass().patch(refIn({ namespace }, 'NetworkPolicy', 'default-deny'), { spec: { ingress: [{}] } })
    await eventually(async () => expect((await client().get(refIn({ namespace }, 'NetworkPolicy', 'default-deny')))).not.toHaveProperty('spec.ingress'))
    await waitForReady(tenant)
  })

  test('outlives its Tenant, with its isolation and without a reference to it', async () => {
    const { tenant, namespace } = await adopted()
    expect(await ownersOf(namespace)).toEqual(expect.arrayContaining([`TenantNamespace ${asObject(tenant, namespace).name}`, 'Namespace kube-system']))
    const before = await uidsOf({ namespace })
    await client().delete(tenant.ref)
    await gone(tenant, namespace)
    await eventually(async () => expect(await ownersOf(namespace)).toEqual(['Namespace kube-system']))
    await sleep(collected)
    expect(await uidsOf({ namespace })).toEqual(before)
    expect((await client().get(namespaceRef(namespace))).metadata.deletionTimestamp).toBeUndefined()

    expect(await k8sMtp(['release', tenant.name, namespace, '--yes'])).toMatchObject({ code: 0, stderr: '' })
    expect([await ownersOf(namespace), await labelsOf(namespace)]).toEqual([[], expect.not.objectContaining({ 'k8s-mtp.dev/tenant': tenant.name, 'controller-uid': expect.anything() as string })])
    expect((await client().get(namespaceRef(namespace))).metadata.labels).toMatchObject({ team: 'shop' })
  })

  test('does not let its Tenant wait forever for its deletion', async () => {
    const { tenant, namespace } = await adopted()
    const before = await uidsOf({ namespace })
    await expect(client().delete(tenant.ref, { propagationPolicy: 'Foreground' })).rejects.toThrow('--cascade=background')
    await client().delete(tenant.ref, { propagationPolicy: 'Background' })
    await gone(tenant, namespace)
    await sleep(collected)
    expect(await uidsOf({ namespace })).toEqual(before)
  })

  test('outlives its Tenant after it was removed from the list', async () => {
    const { tenant, namespace } = await adopted()
    const before = await uidsOf({ namespace })
    await changeTenant(tenant, { namespaces: [] })
    await eventually(async () => expect(await conditionOf(tenant, 'UnlistedNamespaces')).toMatchObject({ message: expect.stringContaining(`k8s-mtp release ${tenant.name} ${namespace}`) as string }))
    expect(await client().get(asObject(tenant, namespace))).toMatchObject({ spec: { deletionPolicy: 'Retain' } })
    await client().delete(tenant.ref)
    await gone(tenant, namespace)
    await sleep(collected)
    expect(await uidsOf({ namespace })).toEqual(before)
  })

  test('is deleted with its Tenant where its entry says so', async () => {
    const { tenant, namespace } = await adopted({ deletionPolicy: 'Delete' })
    expect(await ownersOf(namespace)).toEqual([`TenantNamespace ${asObject(tenant, namespace).name}`])
    expect(await labelsOf(namespace)).not.toHaveProperty('k8s-mtp.dev/deletion-policy')
    await client().delete(tenant.ref)
    await gone(tenant, namespace)
    await eventually(async () => expect(await client().find(namespaceRef(namespace))).toBeUndefined(), { timeout: 60_000 })
  })

  test('changes between both only by an adoption', async () => {
    const { tenant, namespace } = await adopted()
    await changeTenant(tenant, { namespaces: [{ existing: namespace, deletionPolicy: 'Delete' }] })
    await eventually(async () => expect(await statusIn(tenant, namespace)).toMatchObject({ reason: 'NamespaceKept', message: expect.stringContaining(`k8s-mtp adopt ${tenant.name} ${namespace}`) as string }))
    expect(await labelsOf(namespace)).toHaveProperty('k8s-mtp.dev/deletion-policy')
    expect((await k8sMtp(['adopt', tenant.name, namespace, '--yes'])).stdout).toContain('deletes the namespace with its data')
    await waitForReady(tenant)
    expect(await ownersOf(namespace)).toEqual([`TenantNamespace ${asObject(tenant, namespace).name}`])

    await changeTenant(tenant, { namespaces: [{ existing: namespace }] })
    await eventually(async () => expect(await labelsOf(namespace)).toHaveProperty('k8s-mtp.dev/deletion-policy'))
    await eventually(async () => expect(await statusIn(tenant, namespace)).toMatchObject({ ready: false, reason: 'NamespaceNotKept', message: expect.stringContaining(`k8s-mtp adopt ${tenant.name} ${namespace}`) as string }))
    await expect(tryDelete(client(), tenant.ref)).rejects.toThrow('may not be kept yet')
    expect(await k8sMtp(['adopt', tenant.name, namespace, '--yes'])).toMatchObject({ code: 0, stderr: '' })
    await waitForReady(tenant)
    expect(await ownersOf(namespace)).toContain('Namespace kube-system')
    await tryDelete(client(), tenant.ref)
  })

  test('is not created again after its deletion, and the home namespace stays ready', async () => {
    const { tenant, namespace } = await adopted()
    await breakGlass().delete(namespaceRef(namespace))
    await eventually(async () => expect(await statusIn(tenant, namespace)).toMatchObject({ ready: false, reason: 'NamespaceMissing' }), { timeout: 60_000 })
    expect(await client().find(namespaceRef(namespace))).toBeUndefined()
    expect(await statusIn(tenant, tenant.namespace)).toMatchObject({ ready: true })
  })

  test('belongs to one Tenant: another that lists it leaves it unchanged', async () => {
    const { tenant, namespace } = await adopted()
    const before = await uidsOf({ namespace })
    const other = await createTenant({ namespaces: [{ existing: namespace }] })
    await eventually(async () => expect(await statusIn(other, namespace)).toMatchObject({ phase: 'Conflict', message: expect.stringContaining(`belongs to Tenant ${tenant.name}`) as string }))
    expect(await k8sMtp(['adopt', other.name, namespace, '--yes'])).toMatchObject({ code: 1 })
    await client().delete(other.ref)
    await eventually(async () => expect(await client().find(asObject(other, namespace))).toBeUndefined())
    await sleep(collected)
    expect(await uidsOf({ namespace })).toEqual(before)
    await waitForReady(tenant)
  })

  test.each([
    [[{ existing: 'kube-system' }], 'namespaces of the system'],
    [[{ existing: 'default' }], 'namespaces of the system'],
    [[{ existing: 'openshift-monitoring' }], 'namespaces of the system'],
    [[{ existing: 'k8s-mtp-system' }], 'namespace k8s-mtp-system belongs to the platform'],
    [[{ existing: 'metacontroller' }], 'namespace metacontroller belongs to the platform'],
    [[{ existing: 'shop', name: 'shop' }], 'an entry has either name'],
    [[{ className: 'default' }], 'an entry has either name'],
    [[{ name: 'dev', deletionPolicy: 'Retain' }], 'deletionPolicy is for existing namespaces'],
    [[{ existing: 'shop' }, { name: 'dev' }, { existing: 'shop' }], 'two entries have the same name or existing namespace']
  ])('cannot be listed as %j', async (namespaces, message) => {
    await expect(client().create({ apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', metadata: { name: uniqueName() }, spec: { name: 'shop', namespaces } }, { dryRun: true })).rejects.toThrow(message)
    await expect(breakGlass().create({ apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', metadata: { name: uniqueName() }, spec: { name: 'shop', namespaces } }, { dryRun: true })).rejects.toThrow(message)
  })
})

describe('move', () => {
  test('gives a namespace of one Tenant to another, with data, and neither loses anything', async () => {
    const from = await readyTenant({ admins: [ada], className: 'standard', namespaces: [{ name: 'dev' }] })
    const namespace = `tenant-${from.name}-dev`
    const data = await putData({ namespace })
    onTestFinished(async () => { await remove(namespaceRef(namespace)) })
    const to = await createTenant({ namespaces: [] })
    expect((await k8sMtp(['move', namespace, '--to', to.name])).stdout + (await k8sMtp(['move', namespace, '--to', to.name])).stderr).toContain(`Add {existing: ${namespace}} to spec.namespaces`)
    await changeTenant(to, { namespaces: [{ existing: namespace }] })
    await eventually(async () => expect(await statusIn(to, namespace)).toMatchObject({ phase: 'Conflict', message: expect.stringContaining(`k8s-mtp move ${namespace} --to ${to.name}`) as string }))
    const before = await uidsOf({ namespace })
    const preview = await k8sMtp(['move', namespace, '--to', to.name])
    expect(preview).toMatchObject({ code: 0, stderr: '' })
    expect(preview.stdout).toContain(`Namespace ${namespace} moves from Tenant ${from.name} to Tenant ${to.name}`)
    expect(preview.stdout).toMatch(/- User ada@acme\.example +Role\/tenant-admin/)
    expect(await uidsOf({ namespace })).toEqual(before)
    await waitForReady(from)

    expect(await k8sMtp(['move', namespace, '--to', to.name, '--yes'])).toMatchObject({ code: 0, stderr: '' })
    await waitForReady(to)
    expect((await client().get(refOf(data))).metadata.uid).toBe(data.metadata.uid)
    const objects = await objectsOf({ namespace })
    const { metadata: { uid = '' } } = await client().get(asObject(to, namespace))
    for (const { kind, metadata } of objects.filter(({ metadata }) => metadata.labels?.['k8s-mtp.dev/tenant'] !== undefined)) {
      expect({ kind, name: metadata.name, tenant: metadata.labels?.['k8s-mtp.dev/tenant'], owner: metadata.labels?.['controller-uid'], uids: metadata.ownerReferences?.filter(({ controller }) => controller).map(owner => owner.uid) })
        .toEqual({ kind, name: metadata.name, tenant: to.name, owner: uid, uids: [uid] })
    }
    expect(objects.filter(({ kind }) => kind === 'RoleBinding').flatMap(({ subjects }) => subjects ?? [])).toEqual([])
    await eventually(async () => expect(await statusIn(from, namespace)).toMatchObject({ phase: 'Conflict', message: expect.stringContaining(`belongs to Tenant ${to.name}`) as string }))
    expect(await statusIn(from, from.namespace)).toMatchObject({ ready: true })
    expect((await k8sMtp(['move', namespace, '--to', to.name, '--yes'])).stdout).toContain('Nothing to do')

    await client().delete(from.ref)
    await eventually(async () => expect(await client().find(namespaceRef(from.namespace))).toBeUndefined(), { timeout: 60_000 })
    await sleep(collected)
    expect((await client().get(refOf(data))).metadata.uid).toBe(data.metadata.uid)
    await waitForReady(to)
  })

  test('gives the home namespace of a Tenant to another', async () => {
    const from = await readyTenant({ admins: [ada] })
    onTestFinished(async () => { await remove(namespaceRef(from.namespace)) })
    const data = await putData(from)
    const to = await createTenant({ namespaces: [{ existing: from.namespace }] })
    await waitForReason(to, 'NamespacesNotReady')
    expect(await k8sMtp(['move', from.namespace, '--to', to.name, '--yes'])).toMatchObject({ code: 0, stderr: '' })
    await waitForReason(from, 'NamespaceConflict')
    await client().delete(from.ref)
    await eventually(async () => expect(await client().find(tenantRef(from.name))).toBeUndefined())
    await sleep(collected)
    expect((await client().get(refOf(data))).metadata.uid).toBe(data.metadata.uid)
    await waitForReady(to)
  })

  test('gives a namespace of a Tenant that is gone to another', async () => {
    const { tenant: from, namespace } = await adopted({ admins: [ada] })
    await client().delete(from.ref)
    await gone(from, namespace)
    const to = await createTenant({ namespaces: [{ existing: namespace }] })
    await eventually(async () => expect(await statusIn(to, namespace)).toMatchObject({ message: expect.stringContaining(`k8s-mtp move ${namespace} --to ${to.name}`) as string }))
    expect((await k8sMtp(['adopt', to.name, namespace])).stdout).toContain(`run k8s-mtp move ${namespace} --to ${to.name}`)
    expect(await k8sMtp(['move', namespace, '--to', to.name, '--yes'])).toMatchObject({ code: 0, stderr: '' })
    await waitForReady(to)
    expect((await objectsOf({ namespace })).filter(({ kind }) => kind === 'RoleBinding').flatMap(({ subjects }) => subjects ?? [])).toEqual([])
  })

  test('says what to do where there is nothing to move', async () => {
    const namespace = await existing()
    const tenant = await createTenant({ namespaces: [{ existing: namespace }] })
    await waitForReason(tenant, 'NamespacesNotReady')
    expect(await k8sMtp(['move', namespace, '--to', tenant.name])).toMatchObject({ code: 1, stderr: expect.stringContaining(`k8s-mtp adopt ${tenant.name} ${namespace}`) as string })
    expect(await k8sMtp(['move', namespace, '--to', 'nobody'])).toMatchObject({ code: 2, stderr: expect.stringContaining('Tenant nobody does not exist') as string })
  })
})

describe('the guardrails of an existing namespace', () => {
  test('refuse Metacontroller, users and the garbage collector what would take or delete it', async () => {
    const { tenant, namespace } = await adopted()
    const victim = await existing()
    const engine = people['the engine']()
    const object = await client().get(asObject(tenant, namespace))
    const owner = { ...ownerReference({ name: `${tenant.name}.existing.${victim}`, uid: object.metadata.uid ?? '' }), kind: 'TenantNamespace' }
    const labels = { ...await labelsOf(namespace), 'kubernetes.io/metadata.name': victim }
    const uidOf = (await client().get(namespaceRef(namespace))).metadata
    const dryRun = { dryRun: true }
    // A namespace that no Tenant was given.
    await breakGlass().patch(namespaceRef(victim), { metadata: { labels: { 'controller-uid': object.metadata.uid } } })
    expect(await refusalOf('engine', async () => engine.patch(namespaceRef(victim), { metadata: { ownerReferences: [owner] } }, dryRun))).toMatch(/may not add an ownerReference to an existing namespace/)
    expect(await refusalOf('engine', async () => engine.patch(namespaceRef(victim), { metadata: { labels } }, dryRun))).toMatch(/may write only namespaces named/)
    expect(await refusalOf('engine', async () => engine.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: uniqueName('new'), labels, ownerReferences: uidOf.ownerReferences ?? [] } }, dryRun))).toMatch(/./)
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: unmanagedBinding, namespace: victim, labels: { ...labels } }, rules: [] }
    expect(await refusalOf('engine', async () => engine.create(role, dryRun))).toMatch(/outside of the namespaces of Tenants/)
    // The namespace itself.
    for (const who of ['a cluster administrator', 'the engine', 'the garbage collector'] as const) {
      await expect(tryDelete(people[who](), namespaceRef(namespace))).rejects.toThrow(/denied request/)
    }
    const keptOnly = (uidOf.ownerReferences ?? []).filter(({ kind }) => kind !== 'Namespace')
    expect(await refusalOf('engine', async () => engine.patch(namespaceRef(namespace), { metadata: { ownerReferences: keptOnly } }, dryRun))).toMatch(/may not change ownerReferences to anything but a Tenant/)
    await expect(people['a cluster administrator']().patch(namespaceRef(namespace), { metadata: { labels: { 'k8s-mtp.dev/deletion-policy': null } } }, dryRun)).rejects.toThrow(/reserved for k8s-mtp/)
    await expect(people['a cluster administrator']().patch(namespaceRef(namespace), { metadata: { ownerReferences: keptOnly } }, dryRun)).rejects.toThrow(/nor that to kube-system removed/)
  })
})
