import type { TenantStatus } from '../../src/api/tenant-status.ts'
import type { KubeClient } from '../cluster/client.ts'
import { conditionsOf } from '../cluster/install.ts'
import type { KubeObject, ObjectRef } from '../cluster/kube-object.ts'
import { pollFor } from '../support/poll-for.ts'

const kind = { apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant' }

export const tenantRef = (index: number): ObjectRef => ({ ...kind, name: `tenant${index}` })

/** Of the first Tenant: its namespace for an entry, counted from 0. */
export const namespaceOf = (entry: number): string => `tenant-tenant0-ns${entry}`

/** A Tenant with two users in each role, and some entries in spec.namespaces. */
function tenant (index: number, entries: number): KubeObject {
  const { name } = tenantRef(index)
  const users = (role: string) => [1, 2].map(number => ({ kind: 'User', name: `${role}${number}@${name}.example` }))
  const namespaces = Array.from({ length: entries }, (_, entry) => ({ name: `ns${entry}` }))
  const spec = { name: 'home', admins: users('admin'), operators: users('operator'), viewers: users('viewer'), namespaces }
  return { ...kind, metadata: { name }, spec }
}

/** Creates Tenants, and waits until all are ready. Resolves with the seconds. */
export async function createTenants (client: KubeClient, count: number, entries: number): Promise<number> {
  const start = Date.now()
  await Promise.all(Array.from({ length: count }, (_, index) => client.create(tenant(index, entries))))
  await pollFor('not all Tenants were ready', async () => {
    const { items } = await client.list(kind)
    return items.every(isReady) ? true : undefined
  }, 600_000, 250)
  return (Date.now() - start) / 1000
}

function isReady (object: KubeObject): boolean {
  const { metadata, status } = object as KubeObject & { status?: TenantStatus }
  return status?.observedGeneration === metadata.generation && conditionsOf(object).some(({ type, status }) => type === 'Ready' && status === 'True')
}

/** A member of a break-glass group: guardrails do not apply. */
export function breakGlass (client: KubeClient): KubeClient {
  return client.as('break-glass', ['system:masters', 'k8s-mtp:break-glass', 'system:authenticated'])
}
