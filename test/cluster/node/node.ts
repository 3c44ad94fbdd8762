import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KeyAndCertificate } from '../../support/certificates.ts'
import type { Binaries } from '../binaries.ts'
import type { ControlPlane } from '../control-plane.ts'
import type { Guard } from '../guard.ts'
import { probe } from '../http.ts'
import { applyManifests, conditionsOf } from '../install.ts'
import { writeKubeconfig } from '../kubeconfig.ts'
import { parseManifests } from '../manifests.ts'
import { startProcess } from '../process.ts'
import { startContainerd, type Containerd } from './containerd.ts'
import type { ContainerImage } from './images.ts'
import { startKubelet } from './kubelet.ts'
import { unmountBelow } from './mounts.ts'
import { network, resetNetwork, writeCni } from './network.ts'
import { programPath } from './system-programs.ts'

export const nodeName = 'node'

export type ClusterNode = Pick<Containerd, 'load' | 'pidOf'> & {
  /** Ends all pods and processes, and removes their mounts, interfaces and packet filters. */
  stop (): Promise<void>
}

export interface NodeOptions {
  guard: Guard
  /** Started for the network of ./network.ts. */
  controlPlane: ControlPlane
  binaries: Binaries
  /** With PATH for the programs of the distribution. */
  env: NodeJS.ProcessEnv
  images: ContainerImage[]
}

/**
 * Starts a real node: containerd, kubelet, a bridge for the network of pods, kube-proxy, kube-scheduler, kube-router for network policies,
 * and CoreDNS. Resolves when the node is ready. Must run in the namespaces that namespace.sh sets up.
 */
export async function startNode ({ guard, controlPlane, binaries, env, images }: NodeOptions): Promise<ClusterNode> {
  const { client, credentials } = controlPlane
  const folder = join(guard.folder, 'node')
  const toStop: { stop: () => Promise<void> }[] = []
  const started = <T extends { stop: () => Promise<void> }>(part: T): T => { toStop.push(part); return part }
  const pathOf = (name: string): string => binaries[name]?.path ?? programPath(name, env)
  const stop = async (): Promise<void> => {
    for (const part of toStop.splice(0).reverse()) await part.stop()
    await unmountBelow(folder)
    await resetNetwork(env)
  }
  function kubeconfig (name: string, authentication: KeyAndCertificate): string {
    const file = join(folder, `${name}.kubeconfig`)
    writeKubeconfig(file, { ...controlPlane.connection, authentication }, name)
    return file
  }
  async function start (name: string, args: string[], ready: () => Promise<boolean>, more: NodeJS.ProcessEnv = {}): Promise<void> {
    started(await startProcess({
      name, command: pathOf(name), args, env: { ...env, ...more }, logFile: join(guard.folder, `${name}.log`), guard, ready
    }))
  }

  mkdirSync(folder)
  try {
    await resetNetwork(env)
    const containerd = started(await startContainerd({
      guard,
      folder: join(folder, 'containerd'),
      cni: { configurations: writeCni(folder), plugins: dirname(pathOf('bridge')) },
      programs: { containerd: pathOf('containerd'), shim: pathOf('containerd-shim-runc-v2'), ctr: pathOf('ctr'), runc: pathOf('runc') },
      env
    }))
    await containerd.load(images)
    const addons = new URL('addons.yaml', import.meta.url)
    await applyManifests(client, parseManifests(readFileSync(addons, 'utf8'), addons.pathname))
    started(await startKubelet({
      guard,
      folder,
      binary: pathOf('kubelet'),
      kubeconfig: kubeconfig('kubelet', credentials.kubelet.of(nodeName)),
      nodeName,
      cgroup: env.K8S_MTP_CGROUP ?? '/k8s-mtp',
      clientCaFile: credentials.clientCaFile,
      env
    }))
    await start('kube-proxy', [
      '--proxy-mode=nftables',
      `--kubeconfig=${kubeconfig('kube-proxy', credentials.kubeProxy)}`,
      `--hostname-override=${nodeName}`,
      `--cluster-cidr=${network.pods}`,
      // These belong to the whole kernel.
      '--conntrack-max-per-core=0', '--conntrack-min=0', '--conntrack-tcp-timeout-established=0', '--conntrack-tcp-timeout-close-wait=0'
    ], async () => (await probe('http://127.0.0.1:10256/livez')).ok)
    await start('kube-scheduler', [
      `--kubeconfig=${kubeconfig('kube-scheduler', credentials.scheduler)}`, '--leader-elect=false', '--secure-port=0'
    ], async () => true)
    await start('kube-router', [
      `--kubeconfig=${kubeconfig('kube-router', credentials.admin)}`,
      `--hostname-override=${nodeName}`,
      '--run-firewall=true', '--run-router=false', '--run-service-proxy=false',
      `--service-cluster-ip-range=${network.services}`,
      '--metrics-port=0'
    ], async () => (await probe('http://127.0.0.1:20244/healthz')).ok, { NODE_NAME: nodeName })
    await nodeReady(controlPlane)
    return { load: containerd.load, pidOf: containerd.pidOf, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Its taints go with the first report; pods are scheduled then. */
async function nodeReady ({ client }: ControlPlane): Promise<void> {
  const deadline = Date.now() + 60_000
  for (;;) {
    const node = await client.find({ apiVersion: 'v1', kind: 'Node', name: nodeName })
    const { taints = [] } = (node?.spec ?? {}) as { taints?: unknown[] }
    const conditions = node === undefined ? [] : conditionsOf(node)
    if (taints.length === 0 && conditions.some(({ type, status }) => type === 'Ready' && status === 'True')) return
    if (Date.now() > deadline) throw new Error(`the node is not ready: ${JSON.stringify({ taints, conditions })}`)
    await sleep(200)
  }
}
