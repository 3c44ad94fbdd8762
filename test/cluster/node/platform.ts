import { packageVersion } from '../../../src/version.ts'
import { resolveAllBinaries, type Binaries } from '../binaries.ts'
import { startControlPlane, type ControlPlane } from '../control-plane.ts'
import { applyStrategy, resolveEngine, type Engine } from '../engine.ts'
import { createGuard, type Guard } from '../guard.ts'
import { etcdRelease, kubernetesRelease } from '../releases.ts'
import { engineImage } from './engine-image.ts'
import type { ContainerImage, Layer } from './images.ts'
import { readLayers, type Layers } from './layers.ts'
import { pauseImage } from './containerd.ts'
import { network } from './network.ts'
import { startNode, type ClusterNode } from './node.ts'
import { nodeReleases } from './releases.ts'

/** A cluster with a node, and without k8s-mtp and Metacontroller, whose images are on the node. */
export interface NodePlatform {
  controlPlane: ControlPlane
  node: ClusterNode
  engine: NodeEngine
  /** Folder for all files of the run, removed at the end. */
  folder: string
  layers: Layers
  stop (): Promise<void>
}

/** The engine in the image of Metacontroller, and the strategy of this run: its pods need the flag --apply-strategy with it. */
export type NodeEngine = Pick<Engine, 'name' | 'version' | 'strategy'>

export interface NodePlatformOptions {
  env?: NodeJS.ProcessEnv
  log?: (line: string) => void
  guard?: Guard
}

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
      apiserver: { nodes: network }
    }))
    log('starting a node: containerd, kubelet, kube-proxy, kube-scheduler, kube-router, CoreDNS')
    const layers = readLayers(folderOfLayers)
    const images = [...imagesOf(layers), hookImage(layers, packageVersion), engineImage(program, layers, guard.folder)]
    const node = started(await startNode({ guard, controlPlane, binaries, env, images }))
    const { name, version } = program
    return { controlPlane, node, engine: { name, version, strategy: applyStrategy(env) }, layers, folder: guard.folder, stop }
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
