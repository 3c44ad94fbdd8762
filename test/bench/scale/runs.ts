import { setTimeout as sleep } from 'node:timers/promises'
import { resolveAllBinaries, type Binaries } from '../../cluster/binaries.ts'
import { createKubeClient, type KubeClient } from '../../cluster/client.ts'
import { startControlPlane, type ControlPlane } from '../../cluster/control-plane.ts'
import { engineAccount } from '../../cluster/credentials.ts'
import { createGuard, type Guard } from '../../cluster/guard.ts'
import { installCrds, installPlatform } from '../../cluster/install.ts'
import { startPlatform, type Platform } from '../../cluster/platform.ts'
import { etcdRelease, kubernetesRelease } from '../../cluster/releases.ts'
import { requestToken } from '../../cluster/token.ts'
import { pollFor } from '../../support/poll-for.ts'
import { peakMemory } from '../processes.ts'
import { createDirectly } from './create-directly.ts'
import { measure, settle } from './meter.ts'
import { createTenants, limitOf, tenantsOf, type Size } from './tenants.ts'
import { treeOf } from './tree.ts'
import type { Usage } from './usage.ts'

/** The creation of all Tenants. */
export interface Creation extends Usage {
  /** Seconds until all Tenants were Ready, or all objects created; the usage lasts until there are no writes. */
  ready: number
}

export interface PlatformRun {
  creation: Creation
  atRest: Usage
  /** The most memory so far, in MiB. */
  peakMemory: { hook: number, engine: number, apiserver: number, etcd: number }
}

export type Log = (line: string) => void

const connections = 20

/** Not that of 5 requests a second: this measures work, not waiting. */
export const engineLimits = ['--client-go-qps=3000', '--client-go-burst=6000', '--workers=20']

/** The same objects, created by an administrator without guardrails. */
export function createRaw (size: Size, log: Log): Promise<Creation> {
  return onControlPlane(async controlPlane => {
    log('raw: creating the objects as an administrator, without guardrails')
    const { client } = controlPlane
    return await measureCreation(size, controlPlane, client, false)
  })
}

/** The same objects and two status writes by the identity of the engine, with all guardrails. */
export function createGuarded (size: Size, log: Log): Promise<Creation> {
  return onControlPlane(async controlPlane => {
    await installPlatform(controlPlane.client, { url: 'http://127.0.0.1:1' })
    await guardrailsInForce(controlPlane.client)
    const engine = await engineClient(controlPlane)
    log('guarded: creating the objects as the engine, with guardrails')
    return await measureCreation(size, controlPlane, engine, true).finally(() => engine.close())
  })
}

async function measureCreation (size: Size, controlPlane: ControlPlane, creator: KubeClient, writesStatus: boolean): Promise<Creation> {
  const trees = tenantsOf(size).map(treeOf)
  const direct = { admin: controlPlane.client, creator, writesStatus, limit: limitOf(connections) }
  let ready = 0
  const usage = await measure({ controlPlane }, async () => {
    ready = await createDirectly(trees, direct)
    await settle({ controlPlane })
  })
  return { ready, ...usage }
}

/** k8s-mtp with the engine that creates the objects of Tenants. */
export async function createByPlatform (platform: Platform, size: Size, restSeconds: number, log: Log): Promise<PlatformRun> {
  const { controlPlane: { client, apiserver, etcd }, hook, engine } = platform
  log(`k8s-mtp: creating the Tenants with ${engine.name} ${engine.version}`)
  let ready = 0
  const usage = await measure(platform, async () => {
    ready = await createTenants(client, tenantsOf(size), limitOf(connections))
    await settle(platform)
  })
  log(`k8s-mtp: all Ready after ${ready.toFixed(1)} s, measuring the steady state`)
  // The hook asks for another call after 20 s while a Tenant makes progress: the last of these calls are no part of the steady state.
  await sleep(Math.min(25, restSeconds) * 1000)
  const atRest = await measure(platform, () => sleep(restSeconds * 1000))
  const peak = { hook: peakMemory(hook), engine: peakMemory(engine), apiserver: peakMemory(apiserver), etcd: peakMemory(etcd) }
  return { creation: { ready, ...usage }, atRest, peakMemory: peak }
}

export async function startMeasuredPlatform (guard: Guard): Promise<Platform> {
  const platform = await startPlatform({ guard, engineArgs: engineLimits })
  await guardrailsInForce(platform.client)
  return platform
}

export async function onControlPlane<T> (use: (controlPlane: ControlPlane) => Promise<T>): Promise<T> {
  const guard = createGuard()
  try {
    const { env } = process
    const binaries: Binaries = Object.assign({}, ...await resolveAllBinaries([etcdRelease(env), kubernetesRelease(env)], { env, log: () => {} }))
    const controlPlane = await startControlPlane({ guard, binaries, install: installCrds })
    try {
      return await use(controlPlane)
    } finally {
      await controlPlane.stop()
    }
  } finally {
    await guard.close()
  }
}

/** With a token of its ServiceAccount: guardrails compare more than the name. */
export async function engineClient ({ client, connection }: ControlPlane): Promise<KubeClient> {
  const token = await requestToken(client, engineAccount.namespace, engineAccount.name, { expirationSeconds: 3600 })
  return createKubeClient({ ...connection, authentication: { token } })
}

/** A policy takes some seconds to be in force. */
export async function guardrailsInForce (client: KubeClient): Promise<void> {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tenant-of-none' } }
  await pollFor('the guardrails were not in force', () => client.create(namespace, { dryRun: true }).then(() => undefined, () => true), 60_000, 200)
  await sleep(1_000)
}
