import type { Tenant } from '../../src/api/tenant.ts'
import type { TenantClass } from '../../src/api/tenant-class.ts'
import { kindKey } from '../../src/hook/read-request.ts'
import { childKindsOf } from '../../src/tenancy/desired/child-kinds.ts'
import { sync, type SyncResult } from '../../src/hook/sync.ts'
import type { SyncRequest } from '../../src/hook/schema.ts'
import type { KubernetesObject, ObservedObject } from '../../src/kubernetes/object.ts'

export type Strategy = 'dynamic-apply' | 'server-side-apply'
export const uid = '413c3af3-480b-480f-8a37-2ca60037afb5'
export const now = new Date('2026-11-22T12:00:00Z')

/** The object that is observed once the engine has applied a manifest. */
export function applied (manifest: KubernetesObject, strategy: Strategy = 'dynamic-apply'): ObservedObject {
  const labels = { ...manifest.metadata.labels, 'controller-uid': uid }
  const declared = { ...structuredClone(manifest), metadata: { ...manifest.metadata, labels } }
  const annotations = {
    ...manifest.metadata.annotations,
    ...(strategy === 'dynamic-apply' && { 'metacontroller.k8s.io/last-applied-configuration': sortedJson(declared) })
  }
  return {
    ...declared,
    metadata: {
      ...declared.metadata,
      ...(Object.keys(annotations).length > 0 && { annotations }),
      uid: `uid-of-${manifest.kind}-${manifest.metadata.name}`,
      ownerReferences: [{ uid }],
      managedFields: [
        {
          manager: 'metacontroller',
          operation: strategy === 'dynamic-apply' ? 'Update' : 'Apply',
          fieldsV1: fieldsOf(declared)
        }
      ]
    },
    ...(manifest.kind === 'ResourceQuota' && { status: { hard: (manifest as ObservedObject & { spec: { hard: object } }).spec.hard } }),
    ...(manifest.kind === 'Namespace' && { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } })
  }
}

/** `fieldsV1` of an object whose lists are atomic. */
function fieldsOf (object: KubernetesObject): Record<string, unknown> {
  const { apiVersion, kind, metadata: { name, namespace, ...metadata }, ...content } = object
  return ownedFields({ ...content, metadata })
}

function ownedFields (value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([field, below]: [string, unknown]) =>
    [`f:${field}`, typeof below === 'object' && below !== null && !Array.isArray(below) ? ownedFields(below) : {}]))
}

/** JSON with sorted keys, as Metacontroller (Go) writes it. */
export function sortedJson (value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => typeof item === 'object' && item !== null && !Array.isArray(item)
    ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => a < b ? -1 : 1))
    : item)
}

export interface World {
  tenant: Tenant | object
  children?: ObservedObject[]
  classes?: Array<TenantClass | object>
  /** Existing namespaces besides the children. */
  namespaces?: ObservedObject[]
  status?: unknown
  generation?: number
  metadata?: object
}

/** Builds the request that Metacontroller sends for a state of the cluster. */
export function syncRequest (world: World): SyncRequest {
  const { tenant, children = [], classes = [], namespaces = [], status, generation = 1, metadata = {} } = world
  const base = tenant as Tenant
  const byKind: SyncRequest['children'] = Object.fromEntries(childKindsOf[base.kind as keyof typeof childKindsOf].map(kind => [kindKey(kind), {}]))
  for (const child of children) {
    (byKind[kindKey(child)] ??= {})[[child.metadata.namespace, child.metadata.name].filter(Boolean).join('/')] = child
  }
  const relatedNamespaces = [...namespaces, ...children.filter(({ kind }) => kind === 'Namespace')]
  return {
    parent: {
      ...base,
      metadata: { ...base.metadata, uid, generation, ...metadata },
      ...(status !== undefined && { status })
    },
    children: byKind,
    related: {
      'TenantClass.k8s-mtp.dev/v1': Object.fromEntries((classes as TenantClass[]).map(item => [item.metadata.name, item])),
      'Namespace.v1': Object.fromEntries(relatedNamespaces.map(item => [item.metadata.name, item]))
    },
    finalizing: false
  }
}

/** Applies responses as an engine does, until they no longer change: the namespace first, then its objects. */
export function settled (world: World, strategy: Strategy = 'dynamic-apply'): { world: World, response: SyncResult['response'], rounds: number } {
  let current = world
  for (let rounds = 1; rounds <= 10; rounds++) {
    const { response } = sync(syncRequest(current), now)
    const next = {
      ...current,
      children: response.children.map(child => applied(child, strategy)),
      status: response.status
    }
    if (JSON.stringify(next) === JSON.stringify(current)) return { world: current, response, rounds }
    current = next
  }
  throw new Error('the responses reach no steady state')
}
