import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { AuditWrite } from '../cluster/audit.ts'
import type { KubeClient } from '../cluster/client.ts'
import { ENGINE_USER } from '../cluster/credentials.ts'
import { startPlatform, type Platform } from '../cluster/platform.ts'
import type { ManagedProcess } from '../cluster/process.ts'
import { eventually } from '../e2e/context.ts'
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts'
import { webhookTimeout } from './hook-faults.ts'
import { namespaceOf } from './tenants.ts'

/** A platform whose parts a test can stop, pause and restart. */
export interface FaultyCluster {
  platform: Platform
  proxy: FaultProxy
  client: KubeClient
  /** The start of the test, in milliseconds since 1970. */
  began: number
  stop (): Promise<void>
}

/** Starts a platform behind a fault proxy. Rejects on failure, and leaves nothing running then. */
export async function startFaultyCluster (): Promise<FaultyCluster> {
  let proxy: FaultProxy | undefined
  try {
    const platform = await startPlatform({
      route: async hookUrl => {
        proxy = await startFaultProxy(hookUrl)
        return { url: proxy.url, timeout: `${webhookTimeout}ms` }
      }
    })
    if (proxy === undefined) throw new Error('the platform has no route to the hook')
    const started = proxy
    return {
      platform,
      proxy: started,
      client: platform.client,
      began: Date.now(),
      stop: async () => {
        await platform.stop()
        await started.close()
      }
    }
  } catch (error) {
    await proxy?.close()
    throw error
  }
}

/**
 * Restarts processes that have ended by themselves, as a kubelet does: Metacontroller and the controller manager may end
 * when they lose the API server. Returns their names.
 */
export async function restartEnded (processes: ManagedProcess[]): Promise<string[]> {
  const ended = processes.filter(({ pid }) => pid === undefined)
  for (const process of ended) await process.restart()
  return ended.map(({ name }) => name)
}

const ourResources = [
  'tenants',
  'tenantclasses',
  'namespaces',
  'limitranges',
  'resourcequotas',
  'networkpolicies',
  'roles',
  'rolebindings'
]

/** Lists the writes of the engine since a moment to Tenants, their namespaces and the objects in them, even without a change. */
export async function engineWrites ({ platform }: FaultyCluster, since: number, tenants: string[]): Promise<AuditWrite[]> {
  // An event is logged just after the response.
  await sleep(100)
  const namespaces = tenants.map(namespaceOf)
  const isRelevant = ({ namespace = '', name = '' }: AuditWrite) =>
    namespaces.includes(namespace) || [...namespaces, ...tenants].includes(name)
  return platform.auditWrites(since).filter(write => isByEngine(write) && isRelevant(write))
}

function isByEngine ({ user }: AuditWrite): boolean {
  return user === ENGINE_USER
}

/** Writes of the engine, and writes of any user to our kinds and child kinds, including their status. */
function isRelevantWrite (write: AuditWrite): boolean {
  return isByEngine(write) || ourResources.includes(write.resource.split('/')[0] ?? '')
}

/** Expects no delete by the engine, and none of our kinds or child kinds by any user. */
export async function expectNoDeletes ({ platform, began }: FaultyCluster): Promise<void> {
  await sleep(100)
  const deletes = platform.auditWrites(began).filter(({ verb }) => verb.startsWith('delete'))
  expect(deletes.filter(isRelevantWrite)).toEqual([])
}

/** Waits for two seconds without a write. */
export async function expectSteadyState ({ platform }: FaultyCluster): Promise<void> {
  await eventually(async () => {
    const since = Date.now()
    await sleep(2_100)
    expect(platform.auditWrites(since).filter(isRelevantWrite)).toEqual([])
  }, { timeout: 60_000 })
}
