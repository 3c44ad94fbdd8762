import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeClient } from '../cluster/client.ts'
import { applyManifests, conditionsOf } from '../cluster/install.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { readManifests } from '../cluster/manifests.ts'
import { tenantKind } from './kinds.ts'

export interface ReadyTenant {
  tenant: KubeObject
  /** From applying the Tenant until it was Ready. */
  milliseconds: number
}

/** Milliseconds until all Tenants must be Ready. */
const TIMEOUT = 60_000

/** Applies the objects of a folder and waits until every Tenant is Ready; rejects with the status of the others. */
export async function applyTenants (client: KubeClient, folder: string): Promise<ReadyTenant[]> {
  const manifests = readManifests(folder)
  const isTenant = ({ kind }: KubeObject): boolean => kind === tenantKind.kind
  await applyManifests(client, manifests.filter(manifest => !isTenant(manifest)))
  const names = manifests.filter(isTenant).map(({ metadata }) => metadata.name)
  if (names.length === 0) throw new Error(`${folder} has no Tenant`)
  const start = performance.now()
  await applyManifests(client, manifests.filter(isTenant))
  return waitReady(client, names, start)
}

async function waitReady (client: KubeClient, names: string[], start: number): Promise<ReadyTenant[]> {
  const ready = new Map<string, ReadyTenant>()
  for (;;) {
    const { items } = await client.list(tenantKind)
    const milliseconds = Math.round(performance.now() - start)
    for (const tenant of items) {
      const { name } = tenant.metadata
      if (isReady(tenant) && !ready.has(name)) ready.set(name, { tenant, milliseconds })
    }
    const found = names.map(name => ready.get(name)).filter(entry => entry !== undefined)
    if (found.length === names.length) return found
    if (milliseconds > TIMEOUT) throw new Error(whyNotReady(items.filter(({ metadata }) => !ready.has(metadata.name))))
    await sleep(10)
  }
}

function isReady (tenant: KubeObject): boolean {
  return conditionsOf(tenant).some(({ type, status }) => type === 'Ready' && status === 'True')
}

function whyNotReady (tenants: KubeObject[]): string {
  const lines = tenants.map(tenant => {
    const ready = conditionsOf(tenant).find(({ type }) => type === 'Ready')
    const why = ready === undefined
      ? 'no status: the engine has not reconciled it, or the hook refuses the request'
      : `${ready.reason}: ${ready.message}`
    return `  ${tenant.metadata.name}  ${why}`
  })
  return [`these Tenants were not Ready after ${TIMEOUT / 1000} s:`, ...lines].join('\n')
}
