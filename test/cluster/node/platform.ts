import { packageVersion } from '../../../src/version.ts'
import { resolveAllBinaries, type Binaries } from '../binaries.ts'
import { startControlPlane, type ControlPlane } from '../control-plane.ts'
import { applyStrategy, resolveEngine, startEngine, type Engine } from '../engine.ts'
import { createGuard, type Guard } from '../guard.ts'
import { applyManifests } from '../install.ts'
import { readManifests } from '../manifests.ts'
import { repositoryPath } from '../paths.ts'
import { etcdRelease, kubernetesRelease } from '../releases.ts'
import type { ContainerImage, Layer } from './images.ts'
import { readLayers, type Layers } from './layers.ts'
import { pauseImage } from './containerd.ts'
import { network } from './network.ts'
import { startNode, type ClusterNode } from './node.ts'
import { nodeReleases } from './releases.ts'

/** A cluster with a node and Metacontroller, and without k8s-mtp. */
export interface NodePlatform {
  controlPlane: ControlPlane
  node: ClusterNode
  engine: Engine
  /** Folder for all files of the run, removed at the end. */
  folder: string
  layers: Layers
  stop (): Promise<void>
}

export interface NodePlatformOptions {
  env?: NodeJS.ProcessEnv
  log?: (line: string) => void
  guard?: Guard
}

/**
 * Starts the platform. The engine is a program of the node, with the permissions of the Metacontroller chart with our values: none until our
 * chart is installed. It finds the hook by the name of its Service.
 */
export async function startNodePlatform ({ env = process.env, log = () => {}, guard = createGuard() }: NodePlatformOptions = {}): Promise<NodePlatform> {
  const { K8S_MTP_NODE_LAYERS: folderOfLayers } = env
  if (folderOfLayers === undefined) throw new Error('a node needs a machine of its own: run this with test/cluster/node/main.ts')
  const toStop: { stop: () => Promise<void> }[] = []
  const started = <T extends { stop: () => Promise<void> }>(part: T): T => { toStop.push(part); return part }
  const stop = async (): Promise<void> => {
    for (const part of toStop.splice(0).reverse()) await part.stop()
    await guard.close()
  }
  try {
    const resolve = { env, log }
    const binaries: Binaries = Object.assign({}, ...await resolveAllBinaries([etcdRelease(env), kubernetesRelease(env), ...nodeReleases(env)], resolve))
    const program = await resolveEngine(resolve)
    log('starting etcd, kube-apiserver and kube-controller-manager')
    const controlPlane = started(await startControlPlane({
      guard,
      binaries,
      apiserver: { nodes: network },
      install: async client => { await applyManifests(client, readManifests(repositoryPath('test/cluster/metacontroller-install'))) }
    }))
    log('starting a node: containerd, kubelet, kube-proxy, kube-scheduler, kube-router, CoreDNS')
    const layers = readLayers(folderOfLayers)
    const images = [...imagesOf(layers), hookImage(layers, packageVersion)]
    const node = started(await startNode({ guard, controlPlane, binaries, env, images }))
    log(`starting the engine: ${program.name} (${program.source})`)
    const { engineKubeconfig: kubeconfig } = controlPlane
    const engine = started(await startEngine({ guard, program, kubeconfig, strategy: applyStrategy(env), env }))
    return { controlPlane, node, engine, layers, folder: guard.folder, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** A pod with it answers on ports by TCP and UDP, and has a shell. */
export const agentImage = 'registry.example.com/agent:1'

/** Of pods, and of the node itself. */
export function imagesOf (layers: Layers): ContainerImage[] {
  return [
    { name: pauseImage, layers: [layers.shell], config: { Entrypoint: ['/bin/sleep', '2147483647'] } },
    { name: 'registry.example.com/coredns:1', layers: [layers.coredns], config: { Entrypoint: ['/coredns'] } },
    {
      name: agentImage,
      layers: [layers.node, layers.shell, layers.agent],
      config: { User: '65532:65532', Env: ['PATH=/bin:/nodejs/bin'], Entrypoint: ['/nodejs/bin/node', '/agent/listen.mjs'], Cmd: ['8080'] }
    }
  ]
}

/** Our image as the chart names it. Layers above it can change its files. */
export function hookImage ({ node, 'k8s-mtp': app, config }: Layers, version: string, above: Layer[] = []): ContainerImage {
  return { name: `ghcr.io/k8s-mtp/k8s-mtp:${version}`, layers: [node, app, ...above], config }
}
