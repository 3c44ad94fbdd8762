import { readAuditWrites } from '../cluster/audit.ts'
import { resolveAllBinaries, type Binaries } from '../cluster/binaries.ts'
import type { KubeClient } from '../cluster/client.ts'
import { startControlPlane, type ControlPlane } from '../cluster/control-plane.ts'
import { engineAccount, ENGINE_USER } from '../cluster/credentials.ts'
import { resolveEngine, startEngine, type ApplyStrategy, type Engine } from '../cluster/engine.ts'
import type { Guard } from '../cluster/guard.ts'
import { startHook, type Hook } from '../cluster/hook.ts'
import { applyManifests, installCrds, installPlatform } from '../cluster/install.ts'
import { readManifests } from '../cluster/manifests.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { etcdRelease, kubernetesRelease } from '../cluster/releases.ts'

export interface SoakPlatform {
  client: KubeClient
  controlPlane: ControlPlane
  hook: Hook
  /** Two replicas of Metacontroller with a Lease; of the stand-in, one. */
  engines: Engine[]
  /** The writes of the engine since a time, without those of its Lease and its events. */
  engineWrites (since: number): number
  stop (): Promise<void>
}

export interface SoakPlatformOptions { guard: Guard, strategy: ApplyStrategy, env: NodeJS.ProcessEnv, log: (line: string) => void }

/** Starts a control plane, the hook, and one or two engines. */
export async function startSoakPlatform ({ guard, strategy, env, log }: SoakPlatformOptions): Promise<SoakPlatform> {
  const toStop: Array<{ stop: () => Promise<void> }> = []
  const started = <T extends { stop: () => Promise<void> }>(part: T): T => { toStop.push(part); return part }
  const stop = async (): Promise<void> => {
    for (const part of toStop.splice(0).reverse()) await part.stop()
    await guard.close()
  }
  try {
    const binaries: Binaries = Object.assign({}, ...await resolveAllBinaries([etcdRelease(env), kubernetesRelease(env)], { env, log }))
    const program = await resolveEngine({ env, log })
    const controlPlane = started(await startControlPlane({ guard, binaries, install: installCrds }))
    const { client, engineKubeconfig: kubeconfig } = controlPlane
    const hook = started(await startHook(guard))
    await applyManifests(client, readManifests(repositoryPath('rbac/leader-election.yaml')))
    await installPlatform(client, { url: hook.url })
    const [names, args] = program.name === 'metacontroller'
      ? [['engine-a', 'engine-b'], ['--leader-election', `--leader-election-namespace=${engineAccount.namespace}`]]
      : [['engine'], []]
    const engines: Engine[] = []
    for (const name of names) engines.push(started(await startEngine({ guard, program, kubeconfig, strategy, log: name, args })))
    log(`${engines.length} of ${program.name} ${program.version} (${program.source}), ${strategy}`)
    return {
      client,
      controlPlane,
      hook,
      engines,
      engineWrites: since => readAuditWrites(controlPlane.auditLog, since)
        .filter(({ user, resource }) => user === ENGINE_USER && !['leases', 'events'].includes(resource)).length,
      stop
    }
  } catch (error) {
    await stop()
    throw error
  }
}
