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

/** A platform in the hands of the test: its parts can be ended, frozen and started again. */
export interface FaultyCluster {
  platform: Platform
  proxy: FaultProxy
  client: KubeClient
  /** When it was up, in milliseconds since 1970. */
  began: number
  stop (): Promise<void>
}

/** Rejects with what went wrong, and then nothing is left. */
export async function startFaultyCluster (): Promise<FaultyCluster> {
  let proxy: FaultProxy | undefined
  try {
    const platform = await startPlatform({
      route: async hookUrl => {
        proxy = await startFaultProxy(hookUrl)
        return { url: proxy.url, timeout: `${webhookTimeout}ms` }
      }
    })
    if (proxy === undefined) throw new Error('the platform has asked for no route to the hook')
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
 * What a kubelet does: starts again what has ended by itself. Metacontroller and the controller manager may end when they
 * lose the API server. Gives the names of what it started.
 */
export async function revive (processes: ManagedProcess[]): Promise<string[]> {
  const ended = processes.filter(({ pid }) => pid === undefined)
  for (const process of ended) await process.restart()
  return ended.map(({ name }) => name)
}

const ourResources = ['tenants', 'tenantclasses', 'namespaces', 'limitranges', 'resourcequotas', 'networkpolicies', 'roles', 'rolebindings']

/** What the engine has written since a moment to some Tenants, to their namespaces and into them, whether it changed anything or not. */
export async function engineWrites ({ platform }: FaultyCluster, since: number, tenants: string[]): Promise<AuditWrite[]> {
  // An event is logged just after its request has been answered.
  await sleep(100)
  const namespaces = tenants.map(namespaceOf)
  const isAbout = ({ namespace = '', name = '' }: AuditWrite) => namespaces.includes(namespace) || [...namespaces, ...tenants].includes(name)
  return platform.auditWrites(since).filter(write => isByEngine(write) && isAbout(write))
}

function isByEngine ({ user }: AuditWrite): boolean {
  return user === ENGINE_USER
}

/** By the engine, whatever it is; and by anybody to the kinds that are ours or come out of a Tenant, status included. */
function isOfConcern (write: AuditWrite): boolean {
  return isByEngine(write) || ourResources.includes(write.resource.split('/')[0] ?? '')
}

/** Nobody has asked for anything of ours, or of a tenant, to be deleted; nor has the engine for anything at all. */
export async function expectNoDeletes ({ platform, began }: FaultyCluster): Promise<void> {
  await sleep(100)
  const deletes = platform.auditWrites(began).filter(({ verb }) => verb.startsWith('delete'))
  expect(deletes.filter(isOfConcern)).toEqual([])
}

/** Waits until for two seconds nobody writes anything. */
export async function expectRest ({ platform }: FaultyCluster): Promise<void> {
  await eventually(async () => {
    const since = Date.now()
    await sleep(2_100)
    expect(platform.auditWrites(since).filter(isOfConcern)).toEqual([])
  }, { timeout: 30_000 })
}
