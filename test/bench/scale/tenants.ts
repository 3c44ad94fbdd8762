import type { TenantStatus } from '../../../src/api/tenant-status.ts'
import type { KubeClient } from '../../cluster/client.ts'
import { conditionsOf } from '../../cluster/install.ts'
import type { KubeObject, ObjectRef } from '../../cluster/kube-object.ts'
import { tenant } from '../../support/objects.ts'

const kind = { apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant' }

/** How many Tenants there are, each with how many namespaces, its home namespace included. */
export interface Size { tenants: number, namespaces: number }

export const tenantRef = (index: number): ObjectRef => ({ ...kind, name: `tenant${index}` })

/** Of the first Tenant: its namespace for an entry, counted from 0. */
export const namespaceOf = (entry: number): string => `tenant-tenant0-ns${entry}`

/** Tenants with two users in each role. */
export function tenantsOf ({ tenants, namespaces }: Size, prefix = ''): KubeObject[] {
  return Array.from({ length: tenants }, (_, index) => {
    const name = prefix + tenantRef(index).name
    const users = (role: string) => [1, 2].map(number => ({ kind: 'User' as const, name: `${role}${number}@${name}.example` }))
    const entries = Array.from({ length: namespaces - 1 }, (_, entry) => ({ name: `ns${entry}` }))
    const spec = { name: 'home', admins: users('admin'), operators: users('operator'), viewers: users('viewer') }
    return { ...tenant({ ...spec, ...(entries.length > 0 && { namespaces: entries }) }, name) }
  })
}

/** Creates Tenants by 20 connections, and waits until all are Ready. Resolves with the seconds. */
export async function createTenants (client: KubeClient, tenants: KubeObject[], limit: Limit): Promise<number> {
  const start = performance.now()
  const stopped = new AbortController()
  const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(600_000)])
  try {
    await Promise.all([allReady(client, tenants.length, signal), ...tenants.map(tenant => limit(() => client.create(tenant)))])
    return (performance.now() - start) / 1000
  } finally {
    stopped.abort()
  }
}

/** The API server ends a watch whose events are not read in time, as in a burst of writes: then it starts again with a list. */
async function allReady (client: KubeClient, count: number, signal: AbortSignal): Promise<void> {
  const ready = new Set<string>()
  while (!signal.aborted) {
    const { items, resourceVersion } = await client.list(kind)
    for (const object of items.filter(isReady)) ready.add(object.metadata.name)
    if (ready.size === count) return
    for await (const { object } of client.watch(kind, { resourceVersion, signal })) {
      if (isReady(object)) ready.add(object.metadata.name)
      if (ready.size === count) return
    }
  }
  throw new Error(`${ready.size} of ${count} Tenants became Ready`)
}

function isReady (object: KubeObject): boolean {
  const { metadata, status } = object as KubeObject & { status?: TenantStatus }
  return status?.observedGeneration === metadata.generation && conditionsOf(object).some(({ type, status }) => type === 'Ready' && status === 'True')
}

/** A member of a break-glass group: guardrails do not apply. */
export function breakGlass (client: KubeClient): KubeClient {
  return client.as('break-glass', ['system:masters', 'k8s-mtp:break-glass', 'system:authenticated'])
}

/** Runs work, no more than some at a time, in the order of the calls. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>

export function limitOf (concurrent: number): Limit {
  let running = 0
  const waiting: Array<() => void> = []
  return async work => {
    if (running >= concurrent) await new Promise<void>(resolve => { waiting.push(resolve) })
    else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}
