import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TenantStatus } from '../../src/api/tenant-status.ts'
import { ENGINE_USER } from '../cluster/credentials.ts'
import { allowed } from './access-review.ts'
import { auditWrites, breakGlass, client, eventually, platform } from './context.ts'
import {
  changeTenant, objectsOf, readyTenant, refIn, removeTenant, statusOf, tenantManifest, tenantRef, uniqueName,
  waitForReady, waitForReason, type TestTenant
} from './tenants.ts'

const eve = 'eve@audit.example'
const ada = 'ada@acme.example'
/** In whole seconds, as in the spec. */
const inSeconds = (count: number) => new Date(Math.floor(Date.now() / 1000) * 1000 + count * 1000)
const written = (time: Date) => time.toISOString().replace('.000', '')
const until = (time: Date, name = eve) => ({ kind: 'User', name, expiresAt: written(time) })

/** Whether a user can list pods, by a SubjectAccessReview. */
async function mayListPods ({ namespace }: TestTenant, user = eve): Promise<boolean> {
  const verbs = await allowed(
    client(), [{ group: '', resource: 'pods', verb: 'list' }], { user, groups: ['system:authenticated'] }, namespace
  )
  return verbs['pods'] !== undefined
}

/** Waits until the access ends, and returns the milliseconds since its expiry; negative where it ends before. */
async function delayOfEnd (tenant: TestTenant, end: Date): Promise<number> {
  while (await mayListPods(tenant)) {
    if (Date.now() > end.getTime() + 10_000) throw new Error('the access does not end')
    await sleep(25)
  }
  return Date.now() - end.getTime()
}

const uids = async (tenant: TestTenant) => (await objectsOf(tenant)).map(({ kind, metadata }) => `${kind}/${metadata.name} ${metadata.uid}`)

interface Write { time: number, what: string, code: number }

/**
 * The writes of the engine for a Tenant since a time. Under server-side apply it applies a quota again whenever Kubernetes has counted,
 * which takes as long as it takes.
 */
async function writes ({ name: tenant, namespace: own }: TestTenant, since: number): Promise<Write[]> {
  return (await auditWrites(since))
    .filter(({ user, name, namespace }) => user === ENGINE_USER && (name === tenant || name === own || namespace === own))
    .filter(({ resource }) => resource !== 'resourcequotas')
    .map(({ time, resource, name, code }) => ({ time, what: `${resource} ${name === tenant ? 'TENANT' : name}`, code }))
}

interface Expiry {
  before: { mayListPods: boolean, status: TenantStatus, uids: string[], writes: string[] }
  delay: number
  after: { mayListPods: string[], status: TenantStatus, uids: string[], writes: string[] }
  end: Date
}

/** Brings a Tenant into a state, and observes it without other changes while access expires. */
async function observeExpiry (name: string, change: object | undefined, reason: string, seconds = 15): Promise<Expiry> {
  const end = inSeconds(seconds)
  const viewers = [until(end), until(inSeconds(3600), 'bob@audit.example'), { kind: 'Group', name: eve }]
  const { metadata: { uid = '' } } = await client().create(tenantManifest(name, { admins: [{ kind: 'User', name: ada }], viewers }))
  const tenant = { name, namespace: `tenant-${name}-shop`, uid, ref: tenantRef(name) }
  await waitForReady(tenant)
  if (change !== undefined) await changeTenant(tenant, change)
  await waitForReason(tenant, reason)
  await eventually(async () => {
    const since = Date.now()
    await sleep(500)
    expect(await writes(tenant, since)).toEqual([])
  })
  // A busy machine may need longer than that to get here.
  if (Date.now() > end.getTime() - 2_000 && seconds < 60) {
    await removeTenant(name)
    return await observeExpiry(name, change, reason, seconds * 2)
  }

  const since = Date.now()
  const before = { mayListPods: await mayListPods(tenant), status: await statusOf(tenant), uids: await uids(tenant) }
  await sleep(end.getTime() - 500 - Date.now())
  const delay = await delayOfEnd(tenant, end)
  await waitForReason(tenant, reason)
  await sleep(2_000)
  const users = [eve, ada, 'bob@audit.example']
  const withAccess = await Promise.all(users.map(async user => await mayListPods(tenant, user) ? [user] : []))
  const all = await writes(tenant, since)
  const isBefore = ({ time }: Write) => time < end.getTime()
  const inOrder = all.map(({ time, what, code }) => `${time - end.getTime()} ms ${what} ${code}`).join(', ')
  console.log(
    `${platform().engine.name} ${platform().engine.strategy}, ${reason}: access ended ${delay} ms after its expiry; writes: ${inOrder}`
  )
  return {
    before: { ...before, writes: all.filter(isBefore).map(({ what }) => what) },
    delay,
    after: {
      mayListPods: withAccess.flat(),
      status: await statusOf(tenant),
      uids: await uids(tenant),
      writes: all.filter(write => !isBefore(write)).map(({ what }) => what)
    },
    end
  }
}

const states = [
  { state: 'ready', change: undefined, reason: 'UpToDate', name: uniqueName() },
  { state: 'on hold by its class', change: { className: 'unheard-of' }, reason: 'ClassNotFound', name: uniqueName() },
  {
    state: 'on hold by an override',
    change: { quotas: { 'tenant-quota': { pods: '100000' } } },
    reason: 'OverrideNotAllowed',
    name: uniqueName()
  },
  { state: 'paused', change: { paused: true }, reason: 'Paused', name: uniqueName() }
]

describe('access with expiresAt', () => {
  const observed = new Map<string, Expiry>()
  // In parallel: most of the time they wait.
  beforeAll(
    async () => {
      await Promise.all(
        states.map(async ({ name, change, reason }) => { observed.set(reason, await observeExpiry(name, change, reason)) })
      )
    },
    180_000
  )
  afterAll(async () => { await Promise.all(states.map(async ({ name }) => removeTenant(name))) })

  test.each(states)('ends within seconds after its expiry, without other events, while the Tenant is $state', ({ reason }) => {
    const { before, delay, after, end } = observed.get(reason) ?? expect.unreachable()
    expect(before.mayListPods).toBe(true)
    expect(delay).toBeGreaterThanOrEqual(0)
    // Less than two seconds on an idle machine.
    expect(delay).toBeLessThan(10_000)
    expect(after.mayListPods).toEqual([ada, 'bob@audit.example'])
    expect(after.uids).toEqual(before.uids)
    expect(before.status).toMatchObject({ nextExpiry: written(end) })
    expect(before.status).not.toHaveProperty('expired')
    expect(after.status).toMatchObject({
      nextExpiry: expect.not.stringMatching(written(end)) as string, expired: [{ role: 'viewer', ...until(end) }]
    })
    expect(after.status).not.toHaveProperty('corrected')
  })

  test.each(states)('causes one write of the binding after its expiry, and none before, while the Tenant is $state', ({ reason }) => {
    const { before, after } = observed.get(reason) ?? expect.unreachable()
    expect(before.writes).toEqual([])
    // The binding tenant-viewer belongs to the Group with the same name.
    expect(after.writes.filter(write => write !== 'tenants/status TENANT')).toEqual([
      expect.stringMatching(/^rolebindings tenant-viewer-\w+$/)
    ])
    expect(after.writes.length).toBeLessThanOrEqual(4)
  })
})

test('expired access returns with a later expiresAt, and ends with an earlier one', async () => {
  const tenant = await readyTenant({ viewers: [until(inSeconds(-60))] })
  expect(await mayListPods(tenant)).toBe(false)
  await changeTenant(tenant, { viewers: [until(inSeconds(3600))] })
  await eventually(async () => expect(await mayListPods(tenant)).toBe(true))
  await waitForReady(tenant)
  expect(await statusOf(tenant)).not.toHaveProperty('expired')
  const end = inSeconds(3)
  await changeTenant(tenant, { viewers: [until(end)] })
  expect(await delayOfEnd(tenant, end)).toBeGreaterThanOrEqual(0)
})

test('expired access that is added back by hand is removed again', async () => {
  const tenant = await readyTenant({ viewers: [until(inSeconds(-60))] })
  const binding = refIn(tenant, 'RoleBinding', 'tenant-viewer')
  await breakGlass().patch(binding, { subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: eve }] })
  await eventually(async () => expect(await client().get(binding)).not.toHaveProperty('subjects'))
  await waitForReady(tenant)
  expect((await statusOf(tenant)).corrected).toMatchObject([{ object: 'RoleBinding/tenant-viewer', what: 'subjects' }])
})
