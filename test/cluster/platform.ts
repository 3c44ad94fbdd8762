import { readAuditWrites, type AuditWrite } from './audit.ts'
import { resolveAllBinaries, type Binaries } from './binaries.ts'
import type { KubeClient } from './client.ts'
import { startControlPlane, type ApiserverSettings, type ControlPlane } from './control-plane.ts'
import { applyStrategy, resolveEngine, startEngine, type ApplyStrategy, type Engine } from './engine.ts'
import { createGuard, type Guard } from './guard.ts'
import { startHook, type Hook, type HookOptions } from './hook.ts'
import { installCrds, installPlatform, type Route } from './install.ts'
import { etcdRelease, kubernetesRelease } from './releases.ts'

export interface Platform {
  /** As cluster admin. */
  client: KubeClient
  /** A file for kubectl, as cluster admin. */
  kubeconfig: string
  versions: { kubernetes: string, etcd: string, node: string }
  controlPlane: ControlPlane
  hook: Hook
  engine: Engine
  /** The writes that arrived at or after a moment, in milliseconds since 1970. */
  auditWrites (since: number): AuditWrite[]
  /** Ends every process and removes the folder. */
  stop (): Promise<void>
}

export interface PlatformOptions {
  env?: NodeJS.ProcessEnv
  /** By default that of K8S_MTP_APPLY_STRATEGY. */
  strategy?: ApplyStrategy
  log?: (line: string) => void
  /** Owns the processes and the folder; the caller can close it during the start. */
  guard?: Guard
  hook?: HookOptions
  /** Further flags of the engine. */
  engineArgs?: string[]
  /** Returns the route of the engine to the hook; by default a direct one. */
  route?: (hookUrl: string) => Promise<Route>
  apiserver?: ApiserverSettings
  /** True: kube-controller-manager runs without --use-service-account-credentials. */
  sharedControllerUser?: boolean
}

/**
 * Starts a control plane with CRDs and the kustomize base, the hook and an engine, each as a process. Rejects on failure,
 * and leaves no process, port or folder then.
 */
export async function startPlatform (options: PlatformOptions = {}): Promise<Platform> {
  const { env = process.env, log = () => {}, strategy = applyStrategy(env), route = async url => ({ url }) } = options
  const { apiserver, engineArgs = [], sharedControllerUser = false } = options
  const toStop: { stop: () => Promise<void> }[] = []
  const guard = options.guard ?? createGuard()
  const stop = async (): Promise<void> => {
    for (const part of toStop.splice(0).reverse()) await part.stop()
    await guard.close()
  }
  try {
    const resolve = { env, log }
    const binaries: Binaries = Object.assign({}, ...await resolveAllBinaries([
      etcdRelease(env),
      kubernetesRelease(env)
    ], resolve))
    log(`starting etcd, kube-apiserver and kube-controller-manager (${sourcesOf(binaries)})`)
    const [controlPlane, hook, program] = await all(
      startControlPlane({
        guard,
        binaries,
        ...(apiserver !== undefined && { apiserver }),
        sharedControllerUser,
        install: client => {
          log('the API server is ready, installing the CRDs')
          return installCrds(client)
        }
      }).then(part => { toStop.push(part); return part }),
      startHook(guard, options.hook).then(part => { toStop.push(part); return part }),
      resolveEngine(resolve)
    )
    const { client, kubeconfig, engineKubeconfig } = controlPlane
    log('installing the kustomize base')
    await installPlatform(client, await route(hook.url))
    log(`starting the engine: ${program.name} (${program.source})`)
    const engine = await startEngine({ guard, program, kubeconfig: engineKubeconfig, strategy, args: engineArgs })
    toStop.push(engine)
    return {
      client,
      kubeconfig,
      versions: { ...controlPlane.versions, node: process.version },
      controlPlane,
      hook,
      engine,
      auditWrites: since => readAuditWrites(controlPlane.auditLog, since),
      stop
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Like Promise.all, but waits for the others when one fails: what they start must be stopped. */
async function all<T extends unknown[]> (...promises: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  await Promise.allSettled(promises)
  return Promise.all(promises) as Promise<T>
}

function sourcesOf (binaries: Record<string, { source: string }>): string {
  return `from ${[...new Set(Object.values(binaries).map(({ source }) => source))].join(', ')}`
}
