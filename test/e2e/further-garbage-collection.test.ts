import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ApiError } from '../cluster/api-error.ts'
import type { KubeClient } from '../cluster/client.ts'
import type { KubeObject, ObjectRef, OwnerReference } from '../cluster/kube-object.ts'
import { halfInQuickRuns } from '../support/cases-of-run.ts'
import { as, breakGlass, client, eventually } from './context.ts'
import { furtherObject, labelled, namespaceRef, ownerReference, people, unknownUid } from './guardrails/world.ts'
import {
  changeTenant, createTenant, putData, readyTenant, refIn, remove, tenantRef, uniqueName, waitForReady, waitForReason, type TestTenant
} from './tenants.ts'

const [deletionPolicy, tenantLabel, uidLabel] = ['k8s-mtp.dev/deletion-policy', 'k8s-mtp.dev/tenant', 'controller-uid']

interface Metadata { labels?: Record<string, string | null>, ownerReferences?: OwnerReference[], finalizers?: string[] }

/** A Tenant with the further namespace `dev`, and its TenantNamespace. */
interface Further { tenant: TestTenant, object: TestTenant }

interface Write { of: 'object' | 'namespace', metadata: Metadata }

interface Attack {
  /** Completes "the engine ...". */
  tries: string
  prepare: () => Promise<Further>
  /** One after the other, on the TenantNamespace or its namespace. */
  writes: (further: Further, shorter: string) => Write[]
}

async function furtherOf (tenant: TestTenant): Promise<Further> {
  const ref: ObjectRef = { apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantNamespace', name: `${tenant.name}.dev` }
  const { metadata: { uid = '' } } = await client().get(ref)
  return { tenant, object: { name: ref.name, namespace: `tenant-${tenant.name}-dev`, uid, ref } }
}

async function active (spec: { deletionPolicy?: string } = {}): Promise<Further> {
  const tenant = await readyTenant({ ...spec, namespaces: [{ name: 'dev' }] })
  onTestFinished(async () => {
    if (spec.deletionPolicy === undefined || await client().find(tenant.ref) === undefined) return
    await changeTenant(tenant, { deletionPolicy: 'Delete' })
    await waitForReady(tenant)
  })
  return furtherOf(tenant)
}

async function orphaned (spec: { deletionPolicy?: string } = {}): Promise<Further> {
  const further = await active(spec)
  const { tenant, object } = further
  onTestFinished(async () => {
    await remove(object.ref)
    await Promise.all([tenant, object].map(({ namespace }) => remove(namespaceRef(namespace))))
  })
  await client().delete(tenant.ref, { propagationPolicy: 'Orphan' })
  await eventually(async () => expect(await client().find(tenant.ref)).toBeUndefined())
  expect((await client().get(object.ref)).metadata).not.toHaveProperty('ownerReferences')
  return further
}

async function unlisted (): Promise<Further> {
  const further = await active()
  await changeTenant(further.tenant, { namespaces: [] })
  await eventually(async () => expect((await client().get(further.tenant.ref))).toMatchObject({
    status: { conditions: expect.arrayContaining([expect.objectContaining({ type: 'UnlistedNamespaces' })]) as object }
  }))
  return further
}

/** A Tenant that a finalizer keeps while it is deleted. */
async function terminating (): Promise<Further> {
  const further = await active()
  const { ref } = further.tenant
  onTestFinished(async () => { await client().patch(ref, { metadata: { finalizers: null } }) })
  await client().patch(ref, { metadata: { finalizers: ['example.com/keep'] } })
  await client().delete(ref, { propagationPolicy: 'Background' })
  return further
}

const labels = (changed: Record<string, string | null>) => ({ labels: changed })
const owners = (...references: Array<{ name: string, uid: string }>) => ({ ownerReferences: references.map(ownerReference) })
const onObject = (metadata: Metadata): Write => ({ of: 'object', metadata })
const onNamespace = (metadata: Metadata): Write => ({ of: 'namespace', metadata })
const node = { apiVersion: 'v1', kind: 'Node', name: 'missing', uid: unknownUid }

/** Owners and labels that would delete a TenantNamespace, or keep it after its Tenant. */
const onObjects = ({ tenant: { name, uid }, object }: Further, shorter: string): Write[] => [
  owners({ name, uid: unknownUid }),
  owners({ name: shorter, uid }),
  owners({ name: object.name, uid }),
  owners(object),
  owners({ name, uid }, { name, uid: unknownUid }),
  { ...labels({ [uidLabel]: unknownUid }), ...owners({ name, uid: unknownUid }) },
  { ...labels({ [tenantLabel]: shorter }), ...owners({ name: shorter, uid }) },
  labels({ [uidLabel]: unknownUid }),
  labels({ [tenantLabel]: null }),
  { ownerReferences: [node] },
  { ownerReferences: [ownerReference({ name, uid }), node] },
  { ownerReferences: [{ ...ownerReference({ name, uid }), apiVersion: 'k8s-mtp.dev/v9' }] },
  { ownerReferences: [] },
  { finalizers: ['example.com/keep'] },
  { finalizers: ['foregroundDeletion'] },
  { finalizers: ['orphan'] }
].map(onObject)

const onNamespaces = ({ tenant, object }: Further, shorter: string): Write[] => [
  owners({ name: `${tenant.name}.missing`, uid: object.uid }),
  owners({ name: object.name, uid: unknownUid }),
  owners(tenant),
  owners({ name: tenant.name, uid: object.uid }),
  { ownerReferences: [{ ...ownerReference(object), kind: 'Tenant' }] },
  { ...labels({ [uidLabel]: unknownUid }), ...owners({ name: object.name, uid: unknownUid }) },
  { ...labels({ [tenantLabel]: shorter }), ...owners({ name: `${shorter}.${tenant.name.slice(shorter.length + 1)}-dev`, uid: object.uid }) },
  owners({ name: `${shorter}.${tenant.name.slice(shorter.length + 1)}-dev`, uid: object.uid }),
  { ownerReferences: [ownerReference(object), node] },
  { ownerReferences: [] },
  labels({ [tenantLabel]: null }),
  { finalizers: ['example.com/keep'] }
].map(onNamespace)

const removesRetention = onNamespace(labels({ [deletionPolicy]: null }))
const retain = { deletionPolicy: 'Retain' }

const attacks: Attack[] = [
  { tries: 'changes owners and labels of the TenantNamespace', prepare: active, writes: onObjects },
  { tries: 'changes owners and labels of the namespace', prepare: active, writes: onNamespaces },
  { tries: 'changes those of an entry that is no longer listed', prepare: unlisted, writes: (...of) => [...onObjects(...of), ...onNamespaces(...of)] },
  { tries: 'changes those while the Tenant terminates', prepare: terminating, writes: (...of) => [...onObjects(...of), ...onNamespaces(...of)] },
  { tries: 'gives an orphaned TenantNamespace its former owner', prepare: orphaned, writes: ({ tenant }) => [onObject(owners(tenant))] },
  { tries: 'changes those after an orphaning deletion', prepare: orphaned, writes: (...of) => [...onObjects(...of), ...onNamespaces(...of)] },
  {
    tries: 'removes the retention of an orphaned namespace, and gives its TenantNamespace its former owner',
    prepare: () => orphaned(retain),
    writes: ({ tenant }) => [onObject(owners(tenant)), removesRetention, onObject(owners(tenant))]
  }
]

type Way = (who: KubeClient, ref: ObjectRef, metadata: Metadata) => Promise<unknown>

async function changed (ref: ObjectRef, metadata: Metadata): Promise<KubeObject> {
  const { metadata: { resourceVersion: _, managedFields: __, ...before }, ...object } = await client().get(ref)
  const all = Object.entries({ ...before.labels, ...metadata.labels }).filter(([, value]) => value !== null)
  return { ...object, metadata: { ...before, ...metadata, labels: Object.fromEntries(all) as Record<string, string> } }
}

const ways: Record<string, Way> = {
  'a merge patch': async (who, ref, metadata) => who.patch(ref, { metadata }),
  'a JSON patch': async (who, ref, metadata) => {
    const { metadata: after } = await changed(ref, metadata)
    const fields = (['labels', 'ownerReferences', 'finalizers'] as const).filter(field => after[field] !== undefined)
    return who.patch(ref, fields.map(field => ({ op: 'add', path: `/metadata/${field}`, value: after[field] as unknown })), { type: 'json' })
  },
  'a forced apply': async (who, ref, metadata) => {
    const { status: _, ...object } = await changed(ref, metadata)
    const { uid: __, ...after } = object.metadata
    return who.apply({ ...object, metadata: after }, { fieldManager: 'metacontroller', force: true })
  },
  'an update': async (who, ref, metadata) => who.update(await changed(ref, metadata)),
  'an update of the status': async (who, ref, metadata) => who.updateStatus(await changed(ref, metadata))
}

/** All metadata that the garbage collector, or the guardrails for it, decide by. */
async function ownership (ref: ObjectRef): Promise<object> {
  const { metadata } = await client().get(ref)
  return {
    uid: metadata.uid,
    deleted: metadata.deletionTimestamp ?? 'no',
    labels: [tenantLabel, uidLabel].map(key => metadata.labels?.[key] ?? 'none'),
    owners: (metadata.ownerReferences ?? []).map(({ kind, name, uid }) => `${kind} ${name} ${uid}`),
    finalizers: metadata.finalizers ?? []
  }
}

async function unlessRefused (attempt: Promise<unknown>): Promise<void> {
  await attempt.catch((error: unknown) => {
    if (!(error instanceof ApiError) || ![403, 422].includes(error.code)) throw error
  })
}

test.each(halfInQuickRuns(Object.entries(ways)))('the garbage collector deletes no further namespace, whatever the engine writes by %s', { timeout: 180_000 }, async (_, way) => {
  const prepared = await Promise.all(attacks.map(async ({ tries, prepare, writes }) => ({ tries, writes, further: await prepare() })))
  await Promise.all(prepared.map(({ further: { object } }) => putData(object)))
  const state = async () => Object.fromEntries(await Promise.all(prepared.map(async ({ tries, further: { object } }) =>
    [`the engine ${tries}`, await Promise.all([object.ref, namespaceRef(object.namespace)].map(ownership))] as const)))
  const before = await state()
  await Promise.all(prepared.map(async ({ further, writes }) => {
    for (const { of, metadata } of writes(further, further.tenant.name.split('-')[0] ?? '')) {
      await unlessRefused(way(people['the engine'](), of === 'object' ? further.object.ref : namespaceRef(further.object.namespace), metadata))
    }
  }))
  await sleep(4_000)
  expect(await state()).toEqual(before)
  for (const { further: { object } } of prepared) {
    expect(await client().get(refIn(object, 'ConfigMap', 'data'))).toHaveProperty('data', { precious: 'yes' })
  }
})

describe('a TenantNamespace', () => {
  const path = '/apis/k8s-mtp.dev/v1/tenantnamespaces'

  test('stays, when users or controllers delete it or all of its Tenant', async () => {
    const { tenant, object } = await active()
    const before = await ownership(object.ref)
    const callers = [
      client(), people['the engine'](), people['the namespace controller'](), people['an editor of all namespaces'](), as('ada@acme.example')
    ]
    for (const who of callers) {
      for (const propagationPolicy of ['Background', 'Foreground', 'Orphan']) {
        for (const at of [`/${object.name}`, `?labelSelector=${tenantLabel}=${tenant.name}`]) {
          await expect(who.request('DELETE', path + at, { propagationPolicy, gracePeriodSeconds: 0 })).rejects.toHaveProperty('code', 403)
        }
      }
    }
    expect(await ownership(object.ref)).toEqual(before)
  })

  // tenant-a-b-c is the namespace c of Tenant a-b, or b-c of Tenant a.
  test('of a Tenant whose name reads alike takes over no namespace, and deletes none when it is deleted', async () => {
    const [first, entry] = [uniqueName('a'), 'c']
    const { tenant, object } = await furtherNamed(`${first}-b`, entry)
    const other = await createTenant({ namespaces: [{ name: `b-${entry}` }] }, first)
    await waitForReason(other, 'NamespacesNotReady')
    const before = await ownership(namespaceRef(object.namespace))
    const engine = people['the engine']()
    const impostor = { name: `${first}.b-${entry}`, uid: (await client().get({ ...object.ref, name: `${first}.b-${entry}` })).metadata.uid ?? '' }
    // Objects may have one controller only.
    const ownerReferences = [{ ...ownerReference(impostor), controller: false }]
    const content = labelled({ name: first, uid: impostor.uid }, object.namespace, {}, { ownerReferences })
    await expect(engine.apply(content, { fieldManager: 'metacontroller', force: true })).rejects.toHaveProperty('code', 403)
    await expect(engine.update(content)).rejects.toHaveProperty('code', 403)
    await expect(engine.patch(namespaceRef(object.namespace), owned(impostor))).rejects.toHaveProperty('code', 403)
    const { labels } = content.metadata
    await expect(engine.patch(namespaceRef(object.namespace), { metadata: { labels } })).rejects.toHaveProperty('code', 403)
    await client().delete(other.ref)
    await eventually(async () => expect(await client().find({ ...object.ref, name: impostor.name })).toBeUndefined())
    await sleep(2_000)
    expect(await ownership(namespaceRef(object.namespace))).toEqual(before)
    await waitForReady(tenant)
  })

  test('that the engine makes up for a missing Tenant is collected, and takes no namespace with it', async () => {
    const { tenant, object } = await active()
    const before = await ownership(namespaceRef(object.namespace))
    const missing = { name: tenant.name, uid: unknownUid }
    const madeUp = await people['the engine']().create(furtherObject(missing, `${tenant.name}.made-up`))
    const owner = { name: `${tenant.name}.made-up`, uid: madeUp.metadata.uid ?? '' }
    await expect(people['the engine']().patch(namespaceRef(object.namespace), owned(owner))).rejects.toHaveProperty('code', 403)
    await eventually(async () => expect(await client().find({ ...object.ref, name: owner.name })).toBeUndefined())
    expect(await ownership(namespaceRef(object.namespace))).toEqual(before)
  })

  test.each(['Background', 'Foreground'] as const)('is deleted with its Tenant, before its namespace, with propagation policy %s', async propagationPolicy => {
    const { tenant, object } = await active()
    await client().delete(tenant.ref, { propagationPolicy })
    await eventually(async () => expect(await client().find(namespaceRef(object.namespace))).toBeUndefined(), { timeout: 60_000 })
    for (const ref of [tenant.ref, object.ref, namespaceRef(tenant.namespace)]) {
      await eventually(async () => expect(await client().find(ref)).toBeUndefined())
    }
  })

  test('passes a change of deletionPolicy to its namespace, and back', async () => {
    const { tenant, object } = await active()
    const label = async () => (await client().get(namespaceRef(object.namespace))).metadata.labels?.[deletionPolicy]
    await changeTenant(tenant, retain)
    await eventually(async () => expect(await label()).toBe('Retain'))
    await changeTenant(tenant, { deletionPolicy: 'Delete' })
    await eventually(async () => expect(await label()).toBeUndefined())
    await waitForReady(tenant)
  })

  test('corrects the label of the Tenant on its namespace', async () => {
    const { tenant, object } = await active()
    for (const value of ['other', null]) {
      await breakGlass().patch(namespaceRef(object.namespace), { metadata: { labels: { [tenantLabel]: value } } })
      await eventually(async () => expect((await client().get(namespaceRef(object.namespace))).metadata.labels?.[tenantLabel]).toBe(tenant.name))
    }
    await waitForReady(tenant)
  })
})

const owned = (owner: { name: string, uid: string }) => ({ metadata: { ownerReferences: [ownerReference(owner)] } })

async function furtherNamed (name: string, entry: string): Promise<Further> {
  const tenant = await readyTenant({ namespaces: [{ name: entry }] }, name)
  const ref = { ...tenantRef(`${name}.${entry}`), kind: 'TenantNamespace' }
  const { metadata: { uid = '' } } = await client().get(ref)
  return { tenant, object: { name: ref.name, namespace: `tenant-${name}-${entry}`, uid, ref } }
}
