import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TenantStatus } from '../../src/api/tenant-status.ts'
import { ENGINE_USER } from '../cluster/credentials.ts'
import { allowed } from './access-review.ts'
import { auditWrites, breakGlass, client, eventually, platform } from './context.ts'
import { changeTenant, objectsOf, readyTenant, refIn, removeTenant, statusOf, tenantManifest, tenantRef, uniqueName, waitForReady, waitForReason, type TestTenant } from './tenants.ts'

const eve = 'eve@audit.example'
const ada = 'ada@acme.example'
/** As the spec says it: whole seconds. */
const inSeconds = (count: number) => new Date(Math.floor(Date.now() / 1000) * 1000 + count * 1000)
const written = (time: Date) => time.toISOString().replace('.000', '')
const until = (time: Date, name = eve) => ({ kind: 'User', name, expiresAt: written(time) })

/** What the API server says by a SubjectAccessReview. */
async function mayLook ({ namespace }: TestTenant, user = eve): Promise<boolean> {
  const answer = await allowed(client(), [{ group: '', resource: 'pods', verb: 'list' }], { user, groups: ['system:authenticated'] }, namespace)
  return answer['pods'] !== undefined
}

/** Waits until the right has gone, and says how long after its time that was, in milliseconds; negative where it went before. */
async function lateness (tenant: TestTenant, end: Date): Promise<number> {
  while (await mayLook(tenant)) {
    if (Date.now() > end.getTime() + 10_000) throw new Error('the right does not end')
    await sleep(25)
  }
  return Date.now() - end.getTime()
}

const uids = async (tenant: TestTenant) => (await objectsOf(tenant)).map(({ kind, metadata }) => `${kind}/${metadata.name} ${metadata.uid}`)

interface Write { time: number, what: string }

/** What the engine has written for a Tenant since then. */
async function writes ({ name: tenant, namespace: own }: TestTenant, since: number): Promise<Write[]> {
  return (await auditWrites(since)).filter(({ user, name, namespace }) => user === ENGINE_USER && (name === tenant || name === own || namespace === own))
    .map(({ time, resource, name }) => ({ time, what: `${resource} ${name === tenant ? 'TENANT' : name}` }))
}

interface Ending {
  before: { mayLook: boolean, status: TenantStatus, uids: string[], writes: string[] }
  lateness: number
  after: { mayLook: string[], status: TenantStatus, uids: string[], writes: string[] }
  end: Date
}

/** A Tenant that is brought into a state and then left alone while a right in it ends. */
async function watchEnding (name: string, change: object | undefined, reason: string): Promise<Ending> {
  const end = inSeconds(10)
  const viewers = [until(end), until(inSeconds(3600), 'bob@audit.example'), { kind: 'Group', name: eve }]
  const { metadata: { uid = '' } } = await client().create(tenantManifest(name, { admins: [{ kind: 'User', name: ada }], viewers }))
  const tenant = { name, namespace: `tenant-${name}-shop`, uid, ref: tenantRef(name) }
  await waitForReady(tenant)
  if (change !== undefined) await changeTenant(tenant, change)
  await waitForReason(tenant, reason)
  await sleep(500)

  const since = Date.now()
  const before = { mayLook: await mayLook(tenant), status: await statusOf(tenant), uids: await uids(tenant) }
  await sleep(end.getTime() - 500 - Date.now())
  const late = await lateness(tenant, end)
  await waitForReason(tenant, reason)
  await sleep(2_000)
  const people = [eve, ada, 'bob@audit.example']
  const looks = await Promise.all(people.map(async user => await mayLook(tenant, user) ? [user] : []))
  const all = await writes(tenant, since)
  const early = ({ time }: Write) => time < end.getTime()
  return {
    before: { ...before, writes: all.filter(early).map(({ what }) => what) },
    lateness: late,
    after: { mayLook: looks.flat(), status: await statusOf(tenant), uids: await uids(tenant), writes: all.filter(write => !early(write)).map(({ what }) => what) },
    end
  }
}

const states = [
  { state: 'runs', change: undefined, reason: 'UpToDate', name: uniqueName() },
  { state: 'is held, as its class is unknown', change: { className: 'unheard-of' }, reason: 'ClassNotFound', name: uniqueName() },
  { state: 'is held, as it asks for too much', change: { quotas: { 'tenant-quota': { pods: '100000' } } }, reason: 'OverrideNotAllowed', name: uniqueName() },
  { state: 'is paused', change: { paused: true }, reason: 'Paused', name: uniqueName() }
]

describe('a right that ends while the Tenant', () => {
  const endings = new Map<string, Ending>()
  // All at once: what they do most is wait.
  beforeAll(async () => { await Promise.all(states.map(async ({ name, change, reason }) => { endings.set(reason, await watchEnding(name, change, reason)) })) }, 60_000)
  afterAll(async () => { await Promise.all(states.map(async ({ name }) => removeTenant(name))) })

  test.each(states)('$state is there until its time, and within two seconds not any more, though nothing happens', ({ reason }) => {
    const { before, lateness, after, end } = endings.get(reason) ?? expect.unreachable()
    console.log(`${platform().engine.name} ${platform().engine.strategy}, ${reason}: the right ended ${lateness} ms after its time`)
    expect(before.mayLook).toBe(true)
    expect(lateness).toBeGreaterThanOrEqual(0)
    expect(lateness).toBeLessThan(2_000)
    expect(after.mayLook).toEqual([ada, 'bob@audit.example'])
    expect(after.uids).toEqual(before.uids)
    expect(before.status).toMatchObject({ nextExpiry: written(end) })
    expect(before.status).not.toHaveProperty('expired')
    expect(after.status).toMatchObject({ nextExpiry: expect.not.stringMatching(written(end)) as string, expired: [{ role: 'viewer', ...until(end) }] })
    expect(after.status).not.toHaveProperty('corrected')
  })

  test.each(states)('$state costs no write while it lies ahead, and then one of the binding beside the status', ({ reason }) => {
    const { before, after } = endings.get(reason) ?? expect.unreachable()
    expect(before.writes).toEqual([])
    // The group of the same name has the binding tenant-viewer.
    expect(after.writes.filter(write => write !== 'tenants/status TENANT')).toEqual([expect.stringMatching(/^rolebindings tenant-viewer-\w+$/)])
    expect(after.writes.length).toBeLessThanOrEqual(4)
  })
})

test('a right that has ended comes back with a later end, and goes when that is brought forward', async () => {
  const tenant = await readyTenant({ viewers: [until(inSeconds(-60))] })
  expect(await mayLook(tenant)).toBe(false)
  await changeTenant(tenant, { viewers: [until(inSeconds(3600))] })
  await eventually(async () => expect(await mayLook(tenant)).toBe(true))
  await waitForReady(tenant)
  expect(await statusOf(tenant)).not.toHaveProperty('expired')
  const end = inSeconds(3)
  await changeTenant(tenant, { viewers: [until(end)] })
  expect(await lateness(tenant, end)).toBeGreaterThanOrEqual(0)
})

test('a right that has ended goes again when somebody puts it back by hand', async () => {
  const tenant = await readyTenant({ viewers: [until(inSeconds(-60))] })
  const binding = refIn(tenant, 'RoleBinding', 'tenant-viewer')
  await breakGlass().patch(binding, { subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: eve }] })
  await eventually(async () => expect(await client().get(binding)).not.toHaveProperty('subjects'))
  await waitForReady(tenant)
  expect((await statusOf(tenant)).corrected).toMatchObject([{ object: 'RoleBinding/tenant-viewer', what: 'subjects' }])
})
