import { packageVersion } from '../../src/version.ts'
import { resolveAllBinaries, type Binaries } from '../cluster/binaries.ts'
import { startControlPlane, type ControlPlane } from '../cluster/control-plane.ts'
import { applyStrategy, resolveEngine, startEngine, type Engine } from '../cluster/engine.ts'
import { createGuard } from '../cluster/guard.ts'
import { applyManifests } from '../cluster/install.ts'
import { readManifests } from '../cluster/manifests.ts'
import { startNode, type TestNode } from '../cluster/node/node.ts'
import { startProxy } from '../cluster/node/proxy.ts'
import { serviceAddress, startForwarder } from '../cluster/node/service.ts'
import { withServiceNames, type World } from '../cluster/node/world.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { etcdRelease, kubernetesRelease } from '../cluster/releases.ts'

/** A cluster with a node and Metacontroller, and without k8s-mtp. */
export interface ChartPlatform {
  controlPlane: ControlPlane
  node: TestNode
  engine: Engine
  /** Folder for all files of the run, removed at the end. */
  folder: string
  /** `name.namespace.svc:port` to the local port. */
  services: World['services']
  /** Images that the node can pull. */
  images: World['images']
  stop (): Promise<void>
}

/** The Service of the chart in a release k8s-mtp. */
export const hookService = { namespace: 'k8s-mtp-system', name: 'k8s-mtp', port: 8080 }

/**
 * Starts the platform. The engine has the permissions of the Metacontroller chart with our values: none until our chart is
 * installed. It finds the hook by the name of its Service.
 */
export async function startChartPlatform (env: NodeJS.ProcessEnv = process.env): Promise<ChartPlatform> {
  const guard = createGuard()
  const toStop: { stop: () => Promise<void> }[] = []
  const started = <T extends { stop: () => Promise<void> }>(part: T): T => { toStop.push(part); return part }
  const stop = async (): Promise<void> => {
    for (const part of toStop.splice(0).reverse()) await part.stop()
    await guard.close()
  }
  try {
    const resolve = { env, log: () => {} }
    const binaries: Binaries = Object.assign({}, ...await resolveAllBinaries([etcdRelease(env), kubernetesRelease(env)], resolve))
    const program = await resolveEngine(resolve)
    const controlPlane = started(await startControlPlane({
      guard,
      binaries,
      install: async client => { await applyManifests(client, readManifests(repositoryPath('test/cluster/metacontroller-install'))) }
    }))
    const { client, connection } = controlPlane
    const address = await serviceAddress(hookService)
    const services = { [address.name]: address.port }
    const images = { [packageVersion]: repositoryPath('') }
    const node = started(await startNode({ client, connection, guard, services, images }))
    started(await startForwarder(address, { client, node }))
    const proxy = started(await startProxy(services))
    const engine = started(await startEngine({
      guard,
      program,
      kubeconfig: controlPlane.engineKubeconfig,
      strategy: applyStrategy(env),
      env: { ...env, ...proxy.env, ...withServiceNames(services) }
    }))
    return { controlPlane, node, engine, services, images, folder: guard.folder, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
