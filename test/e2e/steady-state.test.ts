import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { AuditWrite } from '../cluster/audit.ts'
import { ENGINE_USER } from '../cluster/credentials.ts'
import { applyManifests } from '../cluster/install.ts'
import { readManifests } from '../cluster/manifests.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { auditWrites, breakGlass, client, eventually, platform } from './context.ts'
import {
  changeTenant, createTenant, objectsOf, readyTenant, remove, removeTenant, statusOf, uniqueName, waitForReady,
  waitForReason
} from './tenants.ts'

const ourResources = ['tenants', 'tenantclasses', 'namespaces', 'limitranges', 'resourcequotas', 'networkpolicies', 'roles', 'rolebindings']

/** Any write of the engine; and any write of managed kinds and of ours, status included. */
function isRelevant ({ user, resource }: AuditWrite): boolean {
  return user === ENGINE_USER || ourResources.includes(resource.split('/')[0] ?? '')
}

const writesSince = async (since: number) => (await auditWrites(since)).filter(isRelevant)

/** Waits until the namespaces of other tests are gone, and until no write happens for a second. */
async function waitUntilIdle (): Promise<void> {
  await eventually(async () => {
    const namespaces = await client().list({ apiVersion: 'v1', kind: 'Namespace' })
    expect(namespaces.items.filter(({ metadata }) => metadata.deletionTimestamp !== undefined)).toEqual([])
    const since = Date.now()
    await sleep(1_000)
    expect(await writesSince(since)).toEqual([])
  }, { timeout: 50_000 })
}

/** The requests that the hook has responded to, by its own metric. */
async function syncs (): Promise<number> {
  const metrics = await (await fetch(`${platform().hookUrl}/metrics`)).text()
  const counts = [...metrics.matchAll(/^k8s_mtp_sync_requests_total\{hook="sync",.*\} (\d+)$/gm)]
  return counts.reduce((sum, [, count]) => sum + Number(count), 0)
}

const controller = { apiVersion: 'metacontroller.k8s.io/v1alpha1', kind: 'CompositeController', name: 'k8s-mtp' }

async function resyncEvery (seconds: number): Promise<void> {
  await client().patch(controller, { spec: { resyncPeriodSeconds: seconds } })
}

/** Creates a Tenant in each stable state. */
async function createTenantsInAllStates (): Promise<void> {
  const ends = ['2001-01-01T00:00:00Z', '2099-01-01T00:00:00Z'].map(
    (expiresAt, index) => ({ kind: 'User', name: `auditor-${index}`, expiresAt })
  )
  await readyTenant({
    admins: [{ kind: 'User', name: 'ada@acme.example' }],
    operators: ['ci', 'ci-preview'].map(namespace => ({ kind: 'ServiceAccount', name: 'deployer', namespace })),
    viewers: ends
  })
  const onHold = await readyTenant({ viewers: [{ kind: 'User', name: 'eve@audit.example' }, ...ends] })
  await changeTenant(onHold, { className: 'unheard-of' })
  await waitForReason(onHold, 'ClassNotFound')
  const paused = await readyTenant()
  await changeTenant(paused, { paused: true })
  await waitForReason(paused, 'Paused')
  const name = uniqueName()
  onTestFinished(() => remove({ apiVersion: 'v1', kind: 'Namespace', name: `tenant-${name}-shop` }))
  await breakGlass().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: `tenant-${name}-shop`, labels: { team: 'others' } } })
  await waitForReason(await createTenant({}, name), 'NamespaceConflict')
  const owner = await readyTenant()
  const victim = uniqueName('victim')
  onTestFinished(() => remove({ apiVersion: 'v1', kind: 'Namespace', name: victim }))
  await breakGlass().create({
    apiVersion: 'v1', kind: 'Namespace', metadata: { name: victim, labels: { 'controller-uid': owner.uid, team: 'others' } }
  })
  await eventually(async () => expect((await statusOf(owner)).conditions.map(({ type }) => type)).toContain('UnmanagedObjects'))
}

describe('Tenants that are ready, on hold, paused, with a namespace conflict, and with unmanaged objects', () => {
  test('cause no writes in steady state, also during resyncs', async () => {
    await createTenantsInAllStates()
    await waitUntilIdle()
    const start = Date.now()
    await sleep(10_000)
    expect(await writesSince(start)).toEqual([])

    const { resyncPeriodSeconds } = (await client().get(controller)).spec as { resyncPeriodSeconds: number }
    onTestFinished(() => resyncEvery(resyncPeriodSeconds))
    await resyncEvery(1)
    await waitUntilIdle()
    const [since, before] = [Date.now(), await syncs()]
    await eventually(async () => expect(await syncs() - before).toBeGreaterThanOrEqual(10))
    const tenants = 5
    console.log(`${await syncs() - before} syncs of ${tenants} Tenants in ${Date.now() - since} ms wrote nothing`)
    expect(await writesSince(since)).toEqual([])
  })
})

test('applying a folder again changes nothing', async () => {
  const examples = ['examples/classes', 'examples/tenants'].flatMap(folder => readManifests(repositoryPath(folder)))
  const tenants = examples.filter(({ kind }) => kind === 'Tenant').map(({ metadata: { name } }) => name)
  for (const name of tenants) onTestFinished(() => removeTenant(name))
  const applied = await applyManifests(client(), examples)
  for (const name of tenants) await waitForReady({ name })
  await waitUntilIdle()
  const namespaces = (await client().list(
    { apiVersion: 'v1', kind: 'Namespace' }, { labelSelector: `k8s-mtp.dev/tenant in (${tenants.join(',')})` }
  )).items.map(({ metadata }) => metadata.name)
  expect(namespaces).toHaveLength(3)
  const everything = async () => Promise.all(namespaces.map(async namespace => objectsOf({ namespace })))
  const before = await everything()

  const since = Date.now()
  const again = await applyManifests(client(), examples)
  expect(again.map(({ metadata }) => metadata.generation)).toEqual(applied.map(({ metadata }) => metadata.generation))
  await sleep(2_000)
  expect(await everything()).toEqual(before)
  // The only writes are those of the apply.
  const writes = (await writesSince(since)).map(({ user, verb, resource, name }) => `${user} ${verb} ${resource} ${name}`).sort()
  expect(writes).toEqual(examples.map(({ kind, metadata: { name } }) => `admin patch ${kind === 'Tenant' ? 'tenants' : 'tenantclasses'} ${name}`).sort())
}, 90_000)
