import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolveAllBinaries, type Binaries } from '../cluster/binaries.ts'
import type { Guard } from '../cluster/guard.ts'
import { readLayers } from '../cluster/node/layers.ts'
import { startNode, type ClusterNode } from '../cluster/node/node.ts'
import { imagesOf } from '../cluster/node/platform.ts'
import { nodeReleases } from '../cluster/node/releases.ts'
import { whyNoNode } from '../cluster/node/requirements.ts'
import { repositoryPath } from '../cluster/paths.ts'
import type { Platform } from '../cluster/platform.ts'

/** True where a node can be started: in the namespaces that test/cluster/node/main.ts makes. */
export function isOnNode ({ K8S_MTP_NODE_LAYERS: layers }: NodeJS.ProcessEnv): boolean {
  return layers !== undefined
}

/** Runs this program again in namespaces of its own. Returns its exit code. Rejects where this machine cannot have them. */
export async function runOnNode (program: string[]): Promise<number> {
  const missing = await whyNoNode()
  if (missing !== undefined) throw new Error(`--node is not possible here: ${missing}. Run it without --node`)
  const tsx = ['--import', 'tsx']
  const child = spawn(process.execPath, [...tsx, repositoryPath('test/cluster/node/main.ts'), process.execPath, ...tsx, ...program], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill('SIGTERM'))
  const [code] = await once(child, 'exit') as [number | null]
  return code ?? 1
}

export async function startDemoNode ({ controlPlane }: Platform, guard: Guard, log: (line: string) => void): Promise<ClusterNode> {
  const { env } = process
  log('starting a node: containerd, kubelet, kube-proxy, kube-scheduler, kube-router, CoreDNS')
  const binaries: Binaries = Object.assign({}, ...await resolveAllBinaries(nodeReleases(env), { env, log }))
  return await startNode({ guard, controlPlane, binaries, env, images: imagesOf(readLayers(env.K8S_MTP_NODE_LAYERS ?? '')) })
}

/** Enters the namespaces from a shell of this machine. */
export function enterCommand ({ K8S_MTP_NODE_PID: file = '' }: NodeJS.ProcessEnv): string {
  return `nsenter --target $(cat ${file}) --net --mount`
}
