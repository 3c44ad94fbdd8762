import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ApiError } from '../cluster/api-error.ts'
import type { OwnerReference } from '../cluster/kube-object.ts'
import { halfInQuickRuns } from '../support/cases-of-run.ts'
import { k8sMtp } from './cli.ts'
import { breakGlass, client, eventually } from './context.ts'
import { settled } from './engine-writes.ts'
import { namespaceRef, ownerReference, people, unknownUid } from './guardrails/world.ts'
import {
  changeTenant, createTenant, putData, readyTenant, refIn, remove, uniqueName, waitForReady, waitForReason, type TestTenant
} from './tenants.ts'

const [deletionPolicy, tenantLabel, uidLabel] = ['k8s-mtp.dev/deletion-policy', 'k8s-mtp.dev/tenant', 'controller-uid']

interface Metadata { labels?: Record<string, string | null>, ownerReferences?: OwnerReference[] }

/** Writes of metadata of the namespace by the engine, one after the other. */
type Writes = (tenant: TestTenant, shorter: string) => Metadata[]

interface Attack {
  /** Completes "the engine ...". */
  tries: string
  prepare: () => Promise<TestTenant>
  writes: Writes
}

async function active (spec: { deletionPolicy?: string } = {}): Promise<TestTenant> {
  const tenant = await readyTenant(spec)
  onTestFinished(async () => {
    if (spec.deletionPolicy === undefined || await client().find(tenant.ref) === undefined) return
    await changeTenant(tenant, { deletionPolicy: 'Delete' })
    await waitForReady(tenant)
  })
  await settled(tenant)
  return tenant
}

async function orphan (tenant: TestTenant): Promise<TestTenant> {
  onTestFinished(() => remove(namespaceRef(tenant.namespace)))
  await client().delete(tenant.ref, { propagationPolicy: 'Orphan' })
  await eventually(async () => expect(await client().find(tenant.ref)).toBeUndefined())
  expect((await client().get(namespaceRef(tenant.namespace))).metadata).not.toHaveProperty('ownerReferences')
  return tenant
}

const retain = { deletionPolicy: 'Retain' }
const orphaned = async (spec: { deletionPolicy?: string } = {}) => orphan(await active(spec))

/** As after the engine has removed the label of an active Tenant, which looks like a change of deletionPolicy. */
async function orphanedWithoutRetention (): Promise<TestTenant> {
  const tenant = await orphaned(retain)
  await breakGlass().patch(namespaceRef(tenant.namespace), { metadata: { labels: { [deletionPolicy]: null } } })
  return tenant
}

/** A namespace of users with the ownership label only, as an adoption by hand begins. */
async function halfAdopted (): Promise<TestTenant> {
  const name = uniqueName()
  const namespace = namespaceRef(`tenant-${name}-shop`)
  onTestFinished(() => remove(namespace))
  await breakGlass().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace.name } })
  const tenant = await createTenant({}, name)
  await waitForReason(tenant, 'NamespaceConflict')
  await breakGlass().patch(namespace, { metadata: { labels: { [uidLabel]: tenant.uid } } })
  return tenant
}

async function halfReleased (): Promise<TestTenant> {
  const tenant = await active()
  onTestFinished(() => remove(namespaceRef(tenant.namespace)))
  await breakGlass().patch(namespaceRef(tenant.namespace), { metadata: { labels: { [uidLabel]: null } } })
  await waitForReason(tenant, 'NamespaceConflict')
  return tenant
}

const labels = (changed: Record<string, string | null>) => ({ labels: changed })
const owners = (...references: Array<{ name: string, uid: string }>) => ({ ownerReferences: references.map(ownerReference) })
const named = (name: string) => ({
  'app.kubernetes.io/managed-by': 'k8s-mtp', [tenantLabel]: name, 'pod-security.kubernetes.io/enforce': 'restricted'
})

// tenant-acme-1a2b-shop is the namespace shop of Tenant acme-1a2b, and could be 1a2b-shop of Tenant acme.
const attacks: Attack[] = [
  {
    tries: 'drops the owner, then names a Tenant that does not exist',
    prepare: active,
    writes: ({ uid }, shorter) => [owners(), { ...labels({ [tenantLabel]: shorter }), ...owners({ name: shorter, uid }) }]
  },
  {
    tries: 'renames label and owner in one write',
    prepare: active,
    writes: ({ uid }, shorter) => [{ ...labels({ [tenantLabel]: shorter }), ...owners({ name: shorter, uid }) }]
  },
  { tries: 'renames the owner only', prepare: active, writes: ({ uid }, shorter) => [owners({ name: shorter, uid })] },
  {
    tries: 'renames one of two owners with the uid',
    prepare: active,
    writes: ({ uid, name }, shorter) => [
      { ownerReferences: [ownerReference({ name, uid }), { ...ownerReference({ name: shorter, uid }), controller: false }] },
      owners({ name: shorter, uid })
    ]
  },
  {
    tries: 'removes the label of the Tenant, and sets another with its owner',
    prepare: active,
    writes: ({ uid }, shorter) => [labels({ [tenantLabel]: null }), owners({ name: shorter, uid }), labels({ [tenantLabel]: shorter })]
  },
  {
    tries: 'moves it to a uid that does not exist',
    prepare: active,
    writes: ({ name }) => [{ ...labels({ [uidLabel]: unknownUid }), ...owners({ name, uid: unknownUid }) }]
  },
  {
    tries: 'removes the retention of an active Tenant, and renames label and owner',
    prepare: () => active(retain),
    writes: ({ uid }, shorter) => [
      { ...labels({ [tenantLabel]: shorter, [deletionPolicy]: null }), ...owners({ name: shorter, uid }) },
      owners(),
      { ...labels({ [tenantLabel]: shorter, [deletionPolicy]: null }), ...owners({ name: shorter, uid }) }
    ]
  },
  {
    tries: 'removes the retention of an orphaned namespace, and adds its former owner',
    prepare: () => orphaned(retain),
    writes: ({ uid, name }) => [labels({ [deletionPolicy]: null }), owners({ name, uid })]
  },
  {
    tries: 'adds the former owner of an orphaned namespace, then removes its retention',
    prepare: () => orphaned(retain),
    writes: ({ uid, name }) => [owners({ name, uid }), labels({ [deletionPolicy]: null }), labels({ [deletionPolicy]: 'Delete' })]
  },
  {
    tries: 'removes the retention of an orphaned namespace and adds its former owner, in one write',
    prepare: () => orphaned(retain),
    writes: ({ uid, name }) => [{ ...labels({ [deletionPolicy]: null }), ...owners({ name, uid }) }]
  },
  {
    tries: 'adds the former owner of a namespace whose retention was removed',
    prepare: orphanedWithoutRetention,
    writes: ({ uid, name }) => [owners({ name, uid })]
  },
  {
    tries: 'adds the former owner of a namespace that was orphaned without retention',
    prepare: () => orphaned(),
    writes: ({ uid, name }, shorter) => [
      owners({ name, uid }), { ...labels({ [tenantLabel]: shorter }), ...owners({ name: shorter, uid }) }
    ]
  },
  {
    tries: 'names another Tenant as owner while a namespace is adopted',
    prepare: halfAdopted,
    writes: ({ uid }, shorter) => [
      owners({ name: shorter, uid }), labels(named(shorter)), { ...labels(named(shorter)), ...owners({ name: shorter, uid }) }
    ]
  },
  {
    tries: 'takes a namespace back while it is released, for a Tenant that does not exist',
    prepare: halfReleased,
    writes: ({ name }) => [
      labels({ [uidLabel]: unknownUid }),
      owners({ name, uid: unknownUid }),
      { ...labels({ [uidLabel]: unknownUid }), ...owners({ name, uid: unknownUid }) }
    ]
  }
]

const ways = {
  'a merge patch': async (tenant: TestTenant, metadata: Metadata) =>
    people['the engine']().patch(namespaceRef(tenant.namespace), { metadata }),
  async 'an update' (tenant: TestTenant, metadata: Metadata) {
    const { metadata: { resourceVersion: _, ...before }, ...namespace } = await client().get(namespaceRef(tenant.namespace))
    const changed = Object.entries({ ...before.labels, ...metadata.labels }).filter(([, value]) => value !== null)
    return people['the engine']().update({
      ...namespace, metadata: { ...before, ...metadata, labels: Object.fromEntries(changed) as Record<string, string> }
    })
  }
}

/** All metadata that the garbage collector, or the guardrails for it, decide by. */
async function ownership ({ namespace }: TestTenant): Promise<object> {
  const { metadata } = await client().get(namespaceRef(namespace))
  return {
    uid: metadata.uid,
    deleted: metadata.deletionTimestamp ?? 'no',
    labels: [tenantLabel, uidLabel, deletionPolicy].map(key => metadata.labels?.[key] ?? 'none'),
    owners: (metadata.ownerReferences ?? []).map(({ name, uid }) => `${name} ${uid}`)
  }
}

async function writeAll (way: keyof typeof ways, tenant: TestTenant, writes: Metadata[]): Promise<void> {
  for (const metadata of writes) {
    await ways[way](tenant, metadata).catch((error: unknown) => {
      if (!(error instanceof ApiError) || error.code !== 403) throw error
    })
  }
}

test.each(halfInQuickRuns(Object.keys(ways) as Array<keyof typeof ways>))( // the keys of the literal above
  'the garbage collector deletes no namespace, whatever the engine writes by %s', { timeout: 180_000 }, async way => {
    const prepared = await Promise.all(attacks.map(async ({ tries, prepare, writes }) => ({ tries, writes, tenant: await prepare() })))
    await Promise.all(prepared.map(({ tenant }) => putData(tenant)))
    const state = async () => Object.fromEntries(
      await Promise.all(prepared.map(async ({ tries, tenant }) => [`the engine ${tries}`, await ownership(tenant)] as const))
    )
    const before = await state()
    await Promise.all(prepared.map(({ tenant, writes }) => writeAll(way, tenant, writes(tenant, tenant.name.split('-')[0] ?? ''))))
    await sleep(4_000)
    expect(await state()).toEqual(before)
    for (const { tenant } of prepared) expect(await client().get(refIn(tenant, 'ConfigMap', 'data'))).toHaveProperty('data', { precious: 'yes' })
  }
)

describe('the owner of a namespace', () => {
  test('is set again by adopt, after break-glass has removed it', async () => {
    const tenant = await active()
    await breakGlass().patch(namespaceRef(tenant.namespace), { metadata: { ownerReferences: null } })
    await sleep(1_000)
    expect((await client().get(namespaceRef(tenant.namespace))).metadata).not.toHaveProperty('ownerReferences')
    expect(await k8sMtp(['adopt', tenant.name, tenant.namespace, '--yes'])).toMatchObject({ code: 0, stderr: '' })
    await waitForReady(tenant)
    expect((await client().get(namespaceRef(tenant.namespace))).metadata.ownerReferences).toEqual([ownerReference(tenant)])
  })

  test('is set by adopt, after break-glass has only set the ownership label', async () => {
    const tenant = await halfAdopted()
    expect(await k8sMtp(['adopt', tenant.name, tenant.namespace, '--yes'])).toMatchObject({ code: 0, stderr: '' })
    await waitForReady(tenant)
    expect((await client().get(namespaceRef(tenant.namespace))).metadata).toMatchObject({
      labels: { [tenantLabel]: tenant.name }, ownerReferences: [ownerReference(tenant)]
    })
  })

  test('stays when a Tenant changes from Delete to Retain and back, and the namespace is then deleted with it', async () => {
    const tenant = await active()
    const before = await ownership(tenant)
    await changeTenant(tenant, retain)
    await waitForReady(tenant)
    expect(await ownership(tenant)).toEqual({ ...before, labels: [tenant.name, tenant.uid, 'Retain'] })
    await changeTenant(tenant, { deletionPolicy: 'Delete' })
    await waitForReady(tenant)
    expect(await ownership(tenant)).toEqual(before)
    await client().delete(tenant.ref)
    await eventually(async () => expect(await client().find(namespaceRef(tenant.namespace))).toBeUndefined())
  })

  test('is set by adopt in a retained namespace, for a Tenant with deletionPolicy Delete', async () => {
    const { name, namespace } = await orphaned(retain)
    const tenant = await createTenant({}, name)
    await waitForReason(tenant, 'NamespaceConflict')
    expect(await k8sMtp(['adopt', name, namespace, '--yes'])).toMatchObject({ code: 0, stderr: '' })
    await waitForReady(tenant)
    expect(await ownership(tenant)).toMatchObject({ labels: [name, tenant.uid, 'none'], owners: [`${name} ${tenant.uid}`] })
  })

  test.each(['Background', 'Foreground'] as const)('allows its deletion with the Tenant, with propagation policy %s', async propagationPolicy => {
    const tenant = await active()
    await client().delete(tenant.ref, { propagationPolicy })
    await eventually(async () => expect(await client().find(namespaceRef(tenant.namespace))).toBeUndefined())
  })
})
