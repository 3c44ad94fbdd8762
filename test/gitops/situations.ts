import type { Condition, Reason } from '../../src/api/condition.ts'
import { sync } from '../../src/hook/sync.ts'
import { defaultClass, tenant } from '../support/objects.ts'
import { now, settled, syncRequest, uid, type World } from '../support/requests.ts'

/** How who waits for a Tenant is to take it: as reached, to be waited for, in need of somebody, halted as asked, or going. */
export type Reading = 'done' | 'under way' | 'failed' | 'paused' | 'ending'

/** Something that happens to a Tenant. */
export interface Situation {
  name: string
  /** Of the condition that tells it: Ready, or the one that stands beside it. */
  reason: Reason
  reading: Reading
  world: () => World
  /** How long it has been so, in seconds. */
  seconds?: number
}

const fresh: World = { tenant: tenant(), classes: [defaultClass()] }
const running = (): World => settled(fresh).world
const of = (spec: Parameters<typeof tenant>[0]) => (): World => ({ ...running(), tenant: tenant(spec), generation: 2 })
const without = (name: string) => (): World => keeping(running(), child => child.metadata.name !== name)

type Child = NonNullable<World['children']>[number]

function keeping (world: World, isKept: (child: Child) => boolean): World {
  return { ...world, children: (world.children ?? []).filter(isKept) }
}

function changing (name: string, change: object): () => World {
  return () => {
    const world = running()
    return { ...world, children: (world.children ?? []).map(child => child.metadata.name === name ? { ...child, ...change } : child) }
  }
}

const namespace = 'tenant-acme-shop'
const foreign: Child = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'theirs', labels: { 'controller-uid': uid } } }
const overQuota = { spec: { hard: { pods: '999' } } }
const terminating = { metadata: { name: namespace, labels: { 'k8s-mtp.dev/tenant': 'acme', 'controller-uid': uid }, deletionTimestamp: '2026-11-22T11:59:00Z' } }

/** Each state that a Tenant can be in, for everybody who reads its status. */
export const situations: Situation[] = [
  { name: 'all is as declared', reason: 'UpToDate', reading: 'done', world: running },
  { name: 'its namespace is asked for', reason: 'NamespacePending', reading: 'under way', world: () => fresh },
  { name: 'its namespace stays away', reason: 'NamespacePending', reading: 'failed', world: () => fresh, seconds: 60 },
  { name: 'its namespace is adopted and not seen as such yet', reason: 'NamespacePending', reading: 'under way', world: () => ({ ...fresh, namespaces: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, ownerReferences: [{ uid, controller: true }] } }] }) },
  { name: 'objects are asked for', reason: 'ObjectsPending', reading: 'under way', world: without('allow-dns') },
  { name: 'objects stay away', reason: 'ObjectsMissing', reading: 'failed', world: without('allow-dns'), seconds: 60 },
  { name: 'an object was changed by hand and is put right', reason: 'DriftDetected', reading: 'under way', world: changing('tenant-quota', overQuota) },
  { name: 'drift stays', reason: 'DriftDetected', reading: 'failed', world: changing('tenant-quota', overQuota), seconds: 60 },
  { name: 'its namespace is being deleted', reason: 'NamespaceTerminating', reading: 'under way', world: changing(namespace, terminating) },
  { name: 'it is being deleted', reason: 'TenantTerminating', reading: 'ending', world: () => ({ ...running(), metadata: { deletionTimestamp: '2026-11-22T11:59:00Z' } }) },
  { name: 'it is paused', reason: 'Paused', reading: 'paused', world: of({ paused: true }) },
  { name: 'its namespace belongs to somebody else', reason: 'NamespaceConflict', reading: 'failed', world: () => ({ ...fresh, namespaces: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }] }) },
  { name: 'it names a class that is not there', reason: 'ClassNotFound', reading: 'failed', world: of({ className: 'gold' }) },
  { name: 'its class holds what cannot be declared', reason: 'ClassInvalid', reading: 'failed', world: () => ({ ...running(), classes: [defaultClass(spec => { spec.quotas['tenant-quota'] = { pods: 'many' } })] }) },
  { name: 'it holds what cannot be declared', reason: 'SpecInvalid', reading: 'failed', world: of({ viewers: [{ kind: 'Group', name: 'system:authenticated' }] }) },
  { name: 'it asks for more than its class allows', reason: 'OverrideNotAllowed', reading: 'failed', world: of({ quotas: { 'tenant-quota': { pods: '101' } } }) },
  { name: 'the CompositeController is of another version', reason: 'EngineMisconfigured', reading: 'failed', world: running },
  { name: 'objects of others bear its label', reason: 'UnmanagedObjects', reading: 'done', world: () => ({ ...running(), children: [...running().children ?? [], foreign] }) },
  { name: 'it is cordoned', reason: 'Cordoned', reading: 'done', world: () => settled({ ...fresh, tenant: tenant({ cordoned: true }) }).world }
]

/** A Tenant as the API server has it, as far as anybody reads it for its state. */
export interface TenantObject {
  apiVersion: string
  kind: string
  metadata: { name: string, uid: string, generation: number, deletionTimestamp?: string }
  spec: unknown
  status: { observedGeneration: number, conditions?: Condition[] }
}

/** The Tenant with the status that the hook responses with. */
export function observed ({ reason, world, seconds = 0 }: Pick<Situation, 'reason' | 'world' | 'seconds'>): TenantObject {
  const request = requestOf(reason, world())
  const before = sync(request, now, '1.0.0').response.status
  const { status } = sync({ ...request, parent: { ...request.parent, ...(seconds > 0 && { status: before }) } }, new Date(now.getTime() + seconds * 1000), '1.0.0').response
  const { apiVersion, kind, metadata: { name, generation, deletionTimestamp }, spec } = request.parent as typeof request.parent & { spec: unknown }
  return { apiVersion, kind, metadata: { name, uid, generation, ...(deletionTimestamp !== undefined && { deletionTimestamp }) }, spec, status }
}

function requestOf (reason: Reason, world: World): ReturnType<typeof syncRequest> {
  const request = syncRequest(world)
  return reason === 'EngineMisconfigured' ? { ...request, related: {} } : request
}

const ready = observed({ reason: 'UpToDate', world: running })

/** States in which nobody has said anything yet of what stands in the spec. */
export const unseen: Array<{ name: string, reading: Reading, object: TenantObject }> = [
  { name: 'nobody has looked at it, as k8s-mtp or Metacontroller is down', reading: 'under way', object: { ...ready, status: { observedGeneration: -1 } } },
  { name: 'it was changed, and nobody has looked at it since', reading: 'under way', object: { ...ready, metadata: { ...ready.metadata, generation: 2 } } }
]
