import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { ENGINE_USER } from '../cluster/credentials.ts'
import type { KubeObject, ObjectRef } from '../cluster/kube-object.ts'
import { halfInQuickRuns } from '../support/cases-of-run.ts'
import { allowed } from './access-review.ts'
import { auditWrites, breakGlass, client, eventually } from './context.ts'
import {
  changeTenant, declaredPart, refIn, removeTenant, tenantManifest, tenantRef, uniqueName, waitForReady, waitForReason,
  type TestTenant
} from './tenants.ts'

const user = (name: string) => ({ kind: 'User', name: `${name}@acme.example` })
const [ada, bob, eve] = [user('ada'), user('bob'), user('eve')]

async function mayListPods ({ namespace }: TestTenant, { name }: { name: string }): Promise<boolean> {
  const review = [{ group: '', resource: 'pods', verb: 'list' }]
  return (await allowed(client(), review, { user: name, groups: ['system:authenticated'] }, namespace))['pods'] !== undefined
}

type Tamper = (ref: ObjectRef) => Promise<unknown>

async function asOther (ref: ObjectRef): Promise<KubeObject> {
  const { apiVersion, kind, roleRef, subjects } = await client().get(ref) as KubeObject & { roleRef: object, subjects: object[] }
  return { apiVersion, kind, metadata: { name: ref.name, namespace: ref.namespace ?? '' }, roleRef, subjects }
}

const withoutManagedFields: Tamper = ref =>
  breakGlass().patch(ref, [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }], { type: 'json' })
const withoutLastApplied: Tamper = ref =>
  breakGlass().patch(ref, { metadata: { annotations: { 'metacontroller.k8s.io/last-applied-configuration': null } } })

/** Who owns the subjects, or remembers that it set them. */
const owners: Array<[string, Tamper]> = [
  ['are its own', async () => {}],
  ['have another applier', async ref => breakGlass().apply(await asOther(ref), { fieldManager: 'other', force: true })],
  ['have two other appliers', async ref => {
    for (const fieldManager of ['one', 'two']) await breakGlass().apply(await asOther(ref), { fieldManager, force: true })
  }],
  ['were updated by another client', async ref => {
    const { metadata: _, ...content } = await asOther(ref)
    await breakGlass().patch(ref, { ...content, subjects: [] }, { fieldManager: 'other' })
    await breakGlass().patch(ref, content, { fieldManager: 'other' })
  }],
  ['have no managed fields', withoutManagedFields],
  ['have no last-applied annotation', withoutLastApplied],
  ['have no trace of Metacontroller', async ref => {
    await withoutLastApplied(ref)
    await withoutManagedFields(ref)
  }]
]

const holds = [
  { hold: 'paused', change: { paused: true }, reason: 'Paused', back: { paused: null } },
  { hold: 'on hold', change: { className: 'unheard-of' }, reason: 'ClassNotFound', back: { className: 'default' } }
]

/** Waits for two seconds in which the engine writes nothing of the Tenant. */
async function steady ({ name, namespace }: TestTenant): Promise<void> {
  await eventually(async () => {
    const since = Date.now()
    await sleep(1_500)
    const writes = (await auditWrites(since)).filter(write =>
      write.user === ENGINE_USER && (write.name === name || write.name === namespace || write.namespace === namespace))
    expect(writes.map(({ resource, name }) => `${resource} ${name}`)).toEqual([])
  })
}

describe.each(holds)('while the Tenant is $hold, access ends', ({ change, reason, back }) => {
  test.concurrent.each(halfInQuickRuns(owners))('where the subjects of a binding %s', async (_, tamper) => {
    const name = uniqueName()
    await client().create(tenantManifest(name, { admins: [ada, bob], viewers: [eve] }))
    try {
      await accessEnds({ name, namespace: `tenant-${name}-shop`, uid: '', ref: tenantRef(name) }, tamper)
    } finally {
      await removeTenant(name)
    }
  }, 120_000)

  async function accessEnds (tenant: TestTenant, tamper: Tamper): Promise<void> {
    await waitForReady(tenant)
    const bindings = ['tenant-admin', 'tenant-viewer'].map(name => refIn(tenant, 'RoleBinding', name))
    const before = await Promise.all(bindings.map(async ref => declaredPart(await client().get(ref))))
    await changeTenant(tenant, change)
    await waitForReason(tenant, reason)
    for (const ref of bindings) await tamper(ref)

    // Of one binding a subject is removed; the only one of the other expires.
    const end = new Date(Math.floor(Date.now() / 1000) * 1000 + 3_000)
    await changeTenant(tenant, { admins: [ada], viewers: [{ ...eve, expiresAt: end.toISOString().replace('.000', '') }] })
    await eventually(async () => expect(await mayListPods(tenant, bob)).toBe(false))
    expect(await mayListPods(tenant, ada)).toBe(true)
    await eventually(async () => expect(await mayListPods(tenant, eve)).toBe(false))
    expect(Date.now()).toBeGreaterThanOrEqual(end.getTime())
    await steady(tenant)
    expect(await mayListPods(tenant, ada)).toBe(true)

    await changeTenant(tenant, { admins: [] })
    await eventually(async () => expect(await mayListPods(tenant, ada)).toBe(false))
    await steady(tenant)
    for (const ref of bindings) expect(await client().get(ref)).not.toHaveProperty('subjects')

    await changeTenant(tenant, { admins: [ada, bob], viewers: [eve], ...back })
    await waitForReady(tenant)
    expect(await Promise.all(bindings.map(async ref => declaredPart(await client().get(ref))))).toEqual(before)
    await steady(tenant)
  }
})
