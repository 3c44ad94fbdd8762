import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeClient } from '../cluster/client.ts'
import { applyManifests, conditionsOf } from '../cluster/install.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { readManifests } from '../cluster/manifests.ts'
import { tenantKind } from './kinds.ts'

export interface ReadyTenant {
  tenant: KubeObject
  /** From the moment the Tenant was applied until it was seen Ready. */
  milliseconds: number
}

/** How long the Tenants together may take to become Ready, in milliseconds. */
const PATIENCE = 60_000

/**
 * Applies a folder of Tenants, and of classes should it hold any, and waits until every Tenant in it is Ready.
 * Rejects with what the status of each other one says.
 */
export async function applyTenants (client: KubeClient, folder: string): Promise<ReadyTenant[]> {
  const manifests = readManifests(folder)
  const isTenant = ({ kind }: KubeObject): boolean => kind === tenantKind.kind
  await applyManifests(client, manifests.filter(manifest => !isTenant(manifest)))
  const names = manifests.filter(isTenant).map(({ metadata }) => metadata.name)
  if (names.length === 0) throw new Error(`${folder} holds no Tenant`)
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
    if (milliseconds > PATIENCE) throw new Error(whyNotReady(items.filter(({ metadata }) => !ready.has(metadata.name))))
    await sleep(10)
  }
}

function isReady (tenant: KubeObject): boolean {
  return conditionsOf(tenant).some(({ type, status }) => type === 'Ready' && status === 'True')
}

function whyNotReady (tenants: KubeObject[]): string {
  const lines = tenants.map(tenant => {
    const ready = conditionsOf(tenant).find(({ type }) => type === 'Ready')
    const why = ready === undefined ? 'no status was written: the engine has not looked at it, or the hook refuses it' : `${ready.reason}: ${ready.message}`
    return `  ${tenant.metadata.name}  ${why}`
  })
  return [`these Tenants were not Ready after ${PATIENCE / 1000} s:`, ...lines].join('\n')
}
