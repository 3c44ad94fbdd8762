import { onTestFinished } from 'vitest'
import type { Condition } from '../../src/api/condition.ts'
import type { TenantStatus } from '../../src/api/tenant-status.ts'
import { isNotFound } from '../cluster/api-error.ts'
import type { KindRef, KubeObject, ObjectRef } from '../cluster/kube-object.ts'
import { contentKinds, declaredPart } from '../support/declared-part.ts'
import { breakGlass, client, eventually, type EventuallyOptions } from './context.ts'

export { contentKinds, declaredPart }

/** A Tenant of a test, and its namespace. */
export interface TestTenant {
  name: string
  namespace: string
  uid: string
  ref: ObjectRef
}

const tenantKind = { apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant' }

/** Differs in each run of a test: the namespace of the previous run may still be terminating. */
export function uniqueName (prefix = 'acme'): string {
  return `${prefix}-${Math.random().toString(36).slice(2, 8)}`
}

export function tenantManifest (name: string, spec: object = {}): KubeObject {
  return { ...tenantKind, metadata: { name }, spec: { name: 'shop', ...spec } }
}

/** Creates a Tenant, and deletes it after the test. The default of spec.name is `shop`. */
export async function createTenant (spec: object = {}, name = uniqueName()): Promise<TestTenant> {
  onTestFinished(() => removeTenant(name))
  const { metadata: { uid = '' }, spec: created } = await client().create(
    tenantManifest(name, spec)
  ) as KubeObject & { spec: { name: string } }
  return { name, namespace: `tenant-${name}-${created.name}`, uid, ref: tenantRef(name) }
}

export async function readyTenant (spec: object = {}, name = uniqueName()): Promise<TestTenant> {
  const tenant = await createTenant(spec, name)
  await waitForReady(tenant)
  return tenant
}

export function tenantRef (name: string): ObjectRef {
  return { ...tenantKind, name }
}

export async function removeTenant (name: string): Promise<void> {
  await remove(tenantRef(name))
}

/** Deletes an object, also one that no longer exists or that a guardrail protects. */
export async function remove (ref: ObjectRef): Promise<void> {
  await breakGlass().delete(ref).catch((error: unknown) => {
    if (!isNotFound(error)) throw error
  })
}

export async function changeTenant ({ ref }: TestTenant, spec: object): Promise<void> {
  await client().patch(ref, { spec })
}

/** Reads the status of a Tenant; rejects while it has an older generation. */
export async function statusOf ({ name }: { name: string }): Promise<TenantStatus & { conditions: Condition[] }> {
  const { metadata, status } = await client().get(tenantRef(name)) as KubeObject & { status: TenantStatus }
  if (status.observedGeneration !== metadata.generation) {
    throw new Error(`the status of Tenant ${name} has observedGeneration ${status.observedGeneration}, not ${metadata.generation}`)
  }
  return { ...status, conditions: status.conditions ?? [] }
}

/** Waits until Ready has this reason, and returns the condition. */
export async function waitForReason (tenant: { name: string }, reason: string, options?: EventuallyOptions): Promise<Condition> {
  return eventually(async () => {
    const { conditions } = await statusOf(tenant)
    const ready = conditions.find(({ type }) => type === 'Ready')
    if (ready?.reason !== reason) throw new Error(`Tenant ${tenant.name} has the reason ${ready?.reason}, not ${reason}: ${ready?.message}`)
    return ready
  }, options)
}

export async function waitForReady (tenant: { name: string }, options?: EventuallyOptions): Promise<void> {
  await waitForReason(tenant, 'UpToDate', options)
}

export async function conditionOf (tenant: TestTenant, type: string): Promise<Condition | undefined> {
  return (await statusOf(tenant)).conditions.find(condition => condition.type === type)
}

/** Refers to an object in the namespace of a Tenant, or to the namespace. */
export function refIn ({ namespace }: { namespace: string }, kind: string, name: string): ObjectRef {
  if (kind === 'Namespace') return { apiVersion: 'v1', kind, name: namespace }
  const known = [...contentKinds, ...otherKinds].find(candidate => candidate.kind === kind)
  if (known === undefined) throw new Error(`unknown kind ${kind}`)
  return { ...known, namespace, name }
}

const otherKinds: KindRef[] = [
  { apiVersion: 'v1', kind: 'ConfigMap' },
  { apiVersion: 'v1', kind: 'Pod' },
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: 'apps/v1', kind: 'Deployment' }
]

/** Reads the namespace of a Tenant and all objects in it of the managed kinds, ordered by kind and name. */
export async function objectsOf ({ namespace }: { namespace: string }): Promise<KubeObject[]> {
  const found = await client().get({ apiVersion: 'v1', kind: 'Namespace', name: namespace })
  const lists = await Promise.all(contentKinds.map(kind => client().list(kind, { namespace })))
  return [found, ...lists.flatMap(({ items }) => items)]
}

/** Creates data of the team in a namespace, to prove that no data is lost. */
export async function putData ({ namespace }: { namespace: string }): Promise<KubeObject> {
  return client().create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'data', namespace }, data: { precious: 'yes' } })
}

/** `Kind/name uid` of all objects, to prove that none was deleted or recreated. */
export async function uidsOf (tenant: { namespace: string }): Promise<string[]> {
  const { items } = await client().list({ apiVersion: 'v1', kind: 'ConfigMap' }, { namespace: tenant.namespace })
  const data = items.filter(({ metadata }) => metadata.name === 'data')
  return [...await objectsOf(tenant), ...data].map(({ kind, metadata }) => `${kind}/${metadata.name} ${metadata.uid}`).sort()
}
