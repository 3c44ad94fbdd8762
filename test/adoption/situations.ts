import type { Situation } from '../../src/adoption/situation.ts'
import { desiredFor } from '../../src/tenancy/desired/desired-state.ts'
import type { ObservedTenant } from '../../src/tenancy/observed/loose-tenant.ts'
import type { ObservedObject } from '../../src/kubernetes/object.ts'
import type { TenantSpec } from '../../src/api/tenant.ts'
import { defaultClass, tenant } from '../support/objects.ts'
import { applied, now, uid } from '../support/requests.ts'

export const namespaceName = 'tenant-acme-shop'
export const earlierUid = '00000000-0000-0000-0000-000000000001'

export const keeper = { apiVersion: 'v1', kind: 'Namespace', name: 'kube-system', uid: 'uid-of-kube-system' }

/** A Tenant as the API server stores it. */
export function storedTenant (spec: Partial<TenantSpec> = {}, metadata: object = {}, status?: unknown): ObservedTenant {
  const plain = tenant(spec)
  return {
    ...plain,
    metadata: { ...plain.metadata, uid, generation: 1, ...metadata },
    ...(status !== undefined && { status })
  }
}

/** The objects of a Tenant, owned by this uid; without one, as `--cascade=orphan` leaves them. */
export function objectsOf (spec: Partial<TenantSpec> = {}, owner?: string): { namespace: ObservedObject, contents: ObservedObject[] } {
  const { desired } = desiredFor(tenant(spec), defaultClass(), now)
  if (desired === undefined) throw new Error('the Tenant or its class is invalid')
  const { namespace, contents } = desired
  const owned = (object: ObservedObject): ObservedObject => {
    const { ownerReferences, ...metadata } = object.metadata
    const reference = { apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', name: 'acme', controller: true }
    return {
      ...object,
      metadata: {
        ...metadata,
        labels: { ...metadata.labels, 'controller-uid': owner ?? earlierUid },
        ...(owner !== undefined && { ownerReferences: [{ ...reference, uid: owner }] })
      }
    }
  }
  return { namespace: owned(applied(namespace)), contents: contents.map(manifest => owned(applied(manifest))) }
}

export function unmanaged (apiVersion: string, kind: string, name: string, content: object = {}, metadata: object = {}): ObservedObject {
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      uid: `uid-of-${name}`,
      resourceVersion: '7',
      ...(kind !== 'Namespace' && { namespace: namespaceName }),
      ...metadata
    },
    ...content
  }
}

export function situation (change: Partial<Situation> = {}): Situation {
  const tenantClass = defaultClass()
  return {
    now,
    tenant: storedTenant(),
    namespaceName,
    namespace: unmanaged('v1', 'Namespace', namespaceName),
    contents: [],
    classes: new Map<string, ObservedObject>([['default', tenantClass]]),
    owners: new Map([[uid, 'Tenant/acme']]),
    keeper,
    pods: [],
    ...change
  }
}
