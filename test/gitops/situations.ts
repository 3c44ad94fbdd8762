import type { Condition, Reason } from '../../src/api/condition.ts'
import { sync } from '../../src/hook/sync.ts'
import { defaultClass, tenant, tenantNamespace } from '../support/objects.ts'
import { now, settled, syncRequest, uid, type World } from '../support/requests.ts'

/** How a tool that waits for a Tenant must read its status. */
export type Reading = 'current' | 'in progress' | 'failed' | 'paused' | 'terminating'

/** A state of a Tenant. */
export interface Situation {
  name: string
  /** The reason of the condition Ready, or of another condition. */
  reason: Reason
  reading: Reading
  world: () => World
  /** Seconds in this state. */
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
const unmanaged: Child = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'theirs', labels: { 'controller-uid': uid } } }
const overQuota = { spec: { hard: { pods: '999' } } }
const terminating = { metadata: { name: namespace, labels: { 'k8s-mtp.dev/tenant': 'acme', 'controller-uid': uid }, deletionTimestamp: '2026-11-22T11:59:00Z' } }

/** A class that was changed since the last sync. */
function withClass (change: Parameters<typeof defaultClass>[0]): () => World {
  return () => ({ ...running(), classes: [{ ...defaultClass(change), metadata: { name: 'default', generation: 2 } }] })
}

const raisedQuota: Parameters<typeof defaultClass>[0] = spec => {
  spec.quotas['tenant-quota'] = { ...spec.quotas['tenant-quota'], pods: '40' }
}
const newPermission: Parameters<typeof defaultClass>[0] = spec => {
  spec.roles.admin.rules.push({ apiGroups: ['widgets.example'], resources: ['widgets'], verbs: ['get'] })
}

const withDev = () => settled({ ...fresh, tenant: tenant({ namespaces: [{ name: 'dev' }] }) })

/** Its own sync has reported that its class does not exist. */
function withDevOnHold (): World {
  const { world } = withDev()
  const { status } = settled({ tenant: tenantNamespace() }).response
  const children = (world.children ?? []).map(child =>
    child.kind === 'TenantNamespace' ? { ...child, metadata: { ...child.metadata, generation: 1 }, status } : child)
  return { ...world, children }
}

const existing = () => tenantNamespace({}, 'acme.existing.legacy')
const kept: Child = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'legacy', labels: { 'controller-uid': uid }, ownerReferences: [{ uid, controller: true }, { apiVersion: 'v1', kind: 'Namespace', name: 'kube-system', uid: 'uid-of-kube-system' }] }
}

/** Each state that a Tenant can have. */
export const situations: Situation[] = [
  { name: 'up to date', reason: 'UpToDate', reading: 'current', world: running },
  { name: 'the namespace is being created', reason: 'NamespacePending', reading: 'in progress', world: () => fresh },
  { name: 'the namespace is not created in time', reason: 'NamespacePending', reading: 'failed', world: () => fresh, seconds: 60 },
  {
    name: 'the adopted namespace is not observed yet',
    reason: 'NamespacePending',
    reading: 'in progress',
    world: () => ({ ...fresh, namespaces: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, ownerReferences: [{ uid, controller: true }] } }] })
  },
  { name: 'objects are being created', reason: 'ObjectsPending', reading: 'in progress', world: without('allow-dns') },
  { name: 'objects are not created in time', reason: 'ObjectsMissing', reading: 'failed', world: without('allow-dns'), seconds: 60 },
  { name: 'drift is being corrected', reason: 'DriftDetected', reading: 'in progress', world: changing('tenant-quota', overQuota) },
  {
    name: 'drift is not corrected in time',
    reason: 'DriftDetected',
    reading: 'failed',
    world: changing('tenant-quota', overQuota),
    seconds: 60
  },
  { name: 'a change of the class is rolling out', reason: 'RollingOut', reading: 'in progress', world: withClass(raisedQuota) },
  {
    name: 'a change of the class is not applied in time',
    reason: 'RollingOut',
    reading: 'failed',
    world: withClass(raisedQuota),
    seconds: 60
  },
  {
    name: 'Metacontroller lacks a permission of the class',
    reason: 'PermissionsNotGranted',
    reading: 'failed',
    world: withClass(newPermission),
    seconds: 10
  },
  {
    name: 'the namespace is being deleted',
    reason: 'NamespaceTerminating',
    reading: 'in progress',
    world: changing(namespace, terminating)
  },
  {
    name: 'the Tenant is being deleted',
    reason: 'TenantTerminating',
    reading: 'terminating',
    world: () => ({ ...running(), metadata: { deletionTimestamp: '2026-11-22T11:59:00Z' } })
  },
  { name: 'the Tenant is paused', reason: 'Paused', reading: 'paused', world: of({ paused: true }) },
  {
    name: 'the namespace has another owner or none',
    reason: 'NamespaceConflict',
    reading: 'failed',
    world: () => ({ ...fresh, namespaces: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }] })
  },
  { name: 'the class does not exist', reason: 'ClassNotFound', reading: 'failed', world: of({ className: 'gold' }) },
  {
    name: 'the class is invalid',
    reason: 'ClassInvalid',
    reading: 'failed',
    world: () => ({ ...running(), classes: [defaultClass(spec => { spec.quotas['tenant-quota'] = { pods: 'many' } })] })
  },
  {
    name: 'the spec is invalid',
    reason: 'SpecInvalid',
    reading: 'failed',
    world: of({ viewers: [{ kind: 'Group', name: 'system:authenticated' }] })
  },
  {
    name: 'an override exceeds its maximum',
    reason: 'OverrideNotAllowed',
    reading: 'failed',
    world: of({ quotas: { 'tenant-quota': { pods: '101' } } })
  },
  { name: 'the CompositeController has another version', reason: 'EngineMisconfigured', reading: 'failed', world: running },
  {
    name: 'unmanaged objects have the label of the Tenant',
    reason: 'UnmanagedObjects',
    reading: 'current',
    world: () => ({ ...running(), children: [...running().children ?? [], unmanaged] })
  },
  {
    name: 'more is used than a quota allows',
    reason: 'QuotaExceeded',
    reading: 'current',
    world: changing('tenant-quota', { status: { hard: { cpu: '500m', pods: '20' }, used: { cpu: '500m', pods: '31' } } })
  },
  {
    name: 'the Tenant is cordoned',
    reason: 'Cordoned',
    reading: 'current',
    world: () => settled({ ...fresh, tenant: tenant({ cordoned: true }) }).world
  },
  // The first status says so for some seconds, as that of its home namespace.
  { name: 'a further namespace is being created', reason: 'NamespacesNotReady', reading: 'in progress', world: () => withDev().world, seconds: 20 },
  { name: 'a further namespace is on hold', reason: 'NamespacesNotReady', reading: 'failed', world: withDevOnHold },
  {
    name: 'a further namespace is no longer listed',
    reason: 'NamespaceUnlisted',
    reading: 'current',
    world: () => ({ ...withDev().world, tenant: tenant() })
  },
  {
    name: 'the Tenant of a further namespace was deleted',
    reason: 'TenantMissing',
    reading: 'failed',
    world: () => ({ ...fresh, tenant: { ...tenantNamespace(), metadata: { name: 'acme.dev' } } })
  },
  { name: 'an existing namespace does not exist', reason: 'NamespaceMissing', reading: 'failed', world: () => ({ ...fresh, tenant: existing() }) },
  {
    name: 'an existing namespace was adopted to outlive the Tenant, against its entry',
    reason: 'NamespaceKept',
    reading: 'failed',
    world: () => ({ ...fresh, tenant: existing(), children: [kept] })
  },
  {
    name: 'an existing namespace lacks the owner that keeps it',
    reason: 'NamespaceNotKept',
    reading: 'failed',
    world: () => settled({ ...fresh, tenant: tenantNamespace({ deletionPolicy: 'Retain' }, 'acme.existing.legacy'), children: [{ ...kept, metadata: { ...kept.metadata, ownerReferences: [{ uid, controller: true }] } }] }).world
  }
]

/** The fields of a Tenant that tools read for its state. */
export interface TenantObject {
  apiVersion: string
  kind: string
  metadata: { name: string, uid: string, generation: number, deletionTimestamp?: string }
  spec: unknown
  status: { observedGeneration: number, conditions?: Condition[] }
}

/** The Tenant with the status of the hook response. */
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

/** States in which the status is not about the current spec. */
export const notReconciled: Array<{ name: string, reading: Reading, object: TenantObject }> = [
  { name: 'the Tenant was never reconciled', reading: 'in progress', object: { ...ready, status: { observedGeneration: -1 } } },
  {
    name: 'the spec changed since the last reconcile',
    reading: 'in progress',
    object: { ...ready, metadata: { ...ready.metadata, generation: 2 } }
  }
]
