import { setTimeout as sleep } from 'node:timers/promises'
import type { NamespaceStatus, TenantStatus } from '../../../src/api/tenant-status.ts'
import type { KubeClient } from '../../cluster/client.ts'
import type { KubeObject, ObjectRef } from '../../cluster/kube-object.ts'
import type { Platform } from '../../cluster/platform.ts'
import { pollFor } from '../../support/poll-for.ts'
import { measure, settle } from './meter.ts'
import { breakGlass, namespaceOf, tenantRef } from './tenants.ts'
import type { Usage } from './usage.ts'

/** One namespace of a Tenant that fails, and what the others see of it. */
export interface Failure {
  name: string
  /** Milliseconds until a deleted Role in another namespace was recreated. */
  corrections: number[]
  /** While Roles were deleted, and in the 30 s after. */
  correcting: Usage
  waiting: Usage
  /** The parents that were in backoff, with the count of the event. */
  syncErrors: string[]
  status: { phase: unknown, ready: string, failing: NamespaceStatus | undefined, unready: number }
}

interface Cause {
  name: string
  start (client: KubeClient): Promise<unknown>
  end (client: KubeClient): Promise<unknown>
}

/** The entry that fails, and the ones in which Roles are deleted. */
const failing = 0
const others = [1, 2, 3, 4, 5]
const tenant = tenantRef(0)
const configMap = { apiVersion: 'v1', kind: 'ConfigMap', name: 'kept', namespace: namespaceOf(failing) }

const causes: Cause[] = [
  { name: 'none', start: async () => {}, end: async () => {} },
  {
    name: 'unknown class',
    start: client => client.patch(tenant, [{ op: 'add', path: `/spec/namespaces/${failing}/className`, value: 'unknown' }], { type: 'json' }),
    end: client => client.patch(tenant, [{ op: 'remove', path: `/spec/namespaces/${failing}/className` }], { type: 'json' })
  },
  {
    name: 'terminating namespace',
    async start (client) {
      const { name, namespace, ...kind } = configMap
      await client.create({ ...kind, metadata: { name, namespace, finalizers: ['scale.example.com/kept'] } })
      await client.delete({ apiVersion: 'v1', kind: 'Namespace', name: namespace })
    },
    end: client => client.patch(configMap, { metadata: { finalizers: null } })
  }
]

/** Measures corrections in other namespaces without a failure, and during each. */
export async function tryFailures (platform: Platform): Promise<Failure[]> {
  const failures: Failure[] = []
  for (const cause of causes) failures.push(await tryFailure(platform, cause))
  return failures
}

async function tryFailure (platform: Platform, { name, start, end }: Cause): Promise<Failure> {
  const client = breakGlass(platform.client)
  const since = new Date()
  await start(client)
  await pollFor('the Tenant did not report the failure', async () => (await readStatus(client)).failing?.ready === (name === 'none') ? true : undefined)
  const corrections: number[] = []
  const correcting = await measure(platform, async () => {
    for (const entry of others) corrections.push(await correctionOf(client, namespaceOf(entry)))
    // The status follows.
    await sleep(5_000)
  })
  const waiting = await measure(platform, () => sleep(30_000))
  const status = await readStatus(client)
  const errors = await syncErrors(client, since)
  await end(client)
  await settle(platform)
  return { name, corrections, correcting, waiting, syncErrors: errors, status }
}

async function correctionOf (client: KubeClient, namespace: string): Promise<number> {
  const role: ObjectRef = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', name: 'tenant-admin', namespace }
  const { metadata: { uid } } = await client.get(role)
  const start = performance.now()
  await client.delete(role)
  await pollFor(`the Role in ${namespace} was not recreated`, async () => {
    const found = await client.find(role)
    return found !== undefined && found.metadata.uid !== uid ? true : undefined
  })
  return Math.round(performance.now() - start)
}

async function readStatus (client: KubeClient): Promise<Failure['status']> {
  const { status } = await client.get(tenant) as KubeObject & { status: TenantStatus }
  const { phase, conditions = [], namespaces = [] } = status
  const [ready] = conditions.filter(({ type }) => type === 'Ready')
  return {
    phase,
    ready: `${ready?.status} ${ready?.reason}: ${ready?.message}`,
    failing: namespaces.find(namespace => namespace.name === namespaceOf(failing)),
    unready: namespaces.filter(namespace => !namespace.ready).length
  }
}

/** Kind and name of the parents that Metacontroller could not sync since a time. */
async function syncErrors (client: KubeClient, since: Date): Promise<string[]> {
  const { items } = await client.list({ apiVersion: 'v1', kind: 'Event' }, { fieldSelector: 'reason=SyncError' })
  return (items as Array<KubeObject & { involvedObject: ObjectRef, lastTimestamp: string, count: number }>)
    .filter(({ lastTimestamp }) => new Date(lastTimestamp) >= since)
    .map(({ involvedObject: { kind, name }, count }) => `${kind} ${name} (${count})`)
}
