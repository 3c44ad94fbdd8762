import { expect } from 'vitest'
import type { TenantStatus } from '../../src/api/tenant-status.ts'
import { ApiError } from '../cluster/api-error.ts'
import type { KubeClient } from '../cluster/client.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { eventually } from '../e2e/context.ts'
import { contentKinds, declaredPart, tenantManifest, tenantRef } from '../e2e/tenants.ts'

/** The operator of all Tenants of these tests. */
export const operator = 'dev@acme.example'

export const namespaceOf = (name: string): string => `tenant-${name}-shop`

export const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`)

/** Creates a Tenant even during an outage of the API server: a create without a response may have succeeded. */
export async function createTenant (client: KubeClient, name: string, spec: object = {}): Promise<void> {
  await eventually(async () => {
    await client.create(tenantManifest(name, {
      operators: [{ kind: 'User', name: operator }],
      ...spec
    })).catch((error: unknown) => {
      if (!(error instanceof ApiError && error.reason === 'AlreadyExists')) throw error
    })
  }, { timeout: 60_000 })
}

export async function createTenants (client: KubeClient, tenants: string[], spec: object = {}): Promise<void> {
  await Promise.all(tenants.map(name => createTenant(client, name, spec)))
}

/** Changes the objects of a Tenant. */
export async function addViewer (client: KubeClient, tenant: string): Promise<void> {
  await client.patch(tenantRef(tenant), { spec: { viewers: [{ kind: 'User', name: 'eve@audit.example' }] } })
}

/** The reason of Ready; undefined while the status is about an older generation. */
export async function reasonOf (client: KubeClient, name: string): Promise<string | undefined> {
  return readyReasonOf(await client.get(tenantRef(name)))
}

export function readyReasonOf (tenant: KubeObject): string | undefined {
  const { metadata, status } = tenant as KubeObject & { status?: TenantStatus }
  if (status?.observedGeneration !== metadata.generation) return undefined
  return status?.conditions?.find(({ type }) => type === 'Ready')?.reason
}

/** The Tenants whose current generation is not ready. By one request: this is polled, and the engine shares the CPU. */
export async function unready (client: KubeClient, tenants: string[]): Promise<string[]> {
  const { items } = await client.list({ apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant' })
  const ready = items.filter(item => readyReasonOf(item) === 'UpToDate').map(({ metadata: { name } }) => name)
  return tenants.filter(name => !ready.includes(name))
}

/** Creates Tenants, and data in their home namespaces once they are ready. */
export async function tenantsWithData (client: KubeClient, tenants: string[], spec: object = {}): Promise<void> {
  await createTenants(client, tenants, spec)
  await eventually(async () => expect(await unready(client, tenants)).toEqual([]), { timeout: 60_000 })
  await Promise.all(tenants.map(name => client.create(configMap(namespaceOf(name), 'data'))))
}

export function configMap (namespace: string, name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { precious: 'yes' } }
}

function pod (namespace: string, name: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: {
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'app',
          image: 'registry.example/app:1',
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }
        }
      ]
    }
  }
}

/** Works as an operator of a Tenant; rejects if the cluster refuses it. */
export async function work (client: KubeClient, tenant: string, name: string): Promise<void> {
  const dev = client.as(operator, ['system:authenticated'])
  // Kubernetes admits pods once it has counted the quotas.
  await eventually(() => dev.create(pod(namespaceOf(tenant), name)))
  await dev.create(configMap(namespaceOf(tenant), name))
}

/** The namespace and all objects of a Tenant, and the ConfigMap `data`. */
async function objectsOf (client: KubeClient, tenant: string): Promise<KubeObject[]> {
  return objectsIn(client, namespaceOf(tenant))
}

export async function objectsIn (client: KubeClient, namespace: string): Promise<KubeObject[]> {
  const own = await client.find({ apiVersion: 'v1', kind: 'Namespace', name: namespace })
  const lists = await Promise.all([
    ...contentKinds,
    { apiVersion: 'v1', kind: 'ConfigMap' }
  ].map(kind => client.list(kind, { namespace })))
  return [...own === undefined ? [] : [own], ...lists.flatMap(({ items }) => items)]
    .filter(({ kind, metadata: { name } }) => kind !== 'ConfigMap' || name === 'data')
}

/** The state that must not change during a fault: the objects, their uids and their declared fields. */
export async function snapshot (client: KubeClient, tenants: string[]): Promise<Record<string, unknown>> {
  return Object.fromEntries(await Promise.all(tenants.map(async tenant => {
    const objects = await objectsOf(client, tenant)
    return [tenant, objects.map(object => ({ uid: object.metadata.uid, ...declaredPart(object) }))]
  })))
}

/** `Kind/name uid` of all objects of Tenants: an equal line is the same object. */
export async function uidsOf (client: KubeClient, tenants: string[]): Promise<string[]> {
  const objects = await Promise.all(tenants.map(tenant => objectsOf(client, tenant)))
  return objects.flat()
    .map(({ kind, metadata: { namespace, name, uid } }) => `${kind} ${namespace ?? ''}/${name} ${uid}`)
}

/** The objects of a Tenant without its name: equal for two Tenants with one spec. */
export async function shapeOf (client: KubeClient, tenant: string): Promise<unknown> {
  const objects = (await objectsOf(client, tenant)).filter(({ kind }) => kind !== 'ConfigMap').map(declaredPart)
  return JSON.parse(JSON.stringify(objects).replaceAll(tenant, 'NAME'))
}
