import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readAuditWrites, type AuditWrite } from '../cluster/audit.ts'
import { useClient } from '../e2e/context.ts'
import { valueAt } from '../support/value-at.ts'
import type { HelmVersion } from '../tools/tools.ts'
import { openHelm, type Helm, type HelmResult } from './helm.ts'
import { layerOf } from '../cluster/node/images.ts'
import { hookImage, startNodePlatform, type NodePlatform } from '../cluster/node/platform.ts'
import { hookService } from './hook-service.ts'
import { engineValues, ownEngineUser } from './metacontroller.ts'
import { stayingPodsOf } from './release-pods.ts'
import { previousRelease, thisRelease, type ChartRelease } from './releases.ts'
import { valuesFile } from './values.ts'

/** The release k8s-mtp in its own cluster, managed with helm. */
export interface Release {
  platform: NodePlatform
  helm: Helm
  previous: ChartRelease
  current: ChartRelease
  install (chart: ChartRelease, ...args: string[]): Promise<HelmResult>
  upgrade (chart: ChartRelease, ...args: string[]): Promise<HelmResult>
  rollback (revision: number): Promise<HelmResult>
  uninstall (): Promise<HelmResult>
  /** Runs helm test. Resolves even if it fails. */
  test (): Promise<HelmResult>
  /** Returns the image tags of the hook's pods, except terminating ones. */
  runningTags (): Promise<unknown[]>
  /** Arguments of each install and upgrade. */
  values: string[]
  /**
   * Waits, then returns attempted writes of the Metacontroller of the chart since a time, except events, which report missing
   * permissions, and its lease.
   */
  engineWrites (since: number): Promise<AuditWrite[]>
}

const inNamespace = ['--namespace', hookService.namespace]
const wait = ['--wait', '--timeout', '120s']

export async function openRelease (version: HelmVersion): Promise<Release> {
  const platform = await startNodePlatform()
  const { folder, layers, node, engine, controlPlane: { kubeconfig, auditLog, versions } } = platform
  console.log(`[${version}] ${engine.name} ${engine.version}, ${engine.strategy}, Kubernetes ${versions.kubernetes}`)
  useClient(platform.controlPlane.client)
  const helm = await openHelm(version, { kubeconfig, folder })
  const [previous, current] = [previousRelease(folder), thisRelease()]
  const values = valuesFile(folder, 'engine', engineValues(engine))
  await node.load([hookImage(layers, previous.version, [layerOf(previous.image, join(folder, 'previous.tar'))])])
  return {
    platform,
    helm,
    previous,
    current,
    values,
    install: async ({ chart }, ...args) =>
      await helm.run('install', 'k8s-mtp', chart, ...inNamespace, '--create-namespace', ...wait, ...values, ...args),
    upgrade: async ({ chart }, ...args) =>
      await helm.run('upgrade', 'k8s-mtp', chart, ...inNamespace, ...wait, ...values, ...args),
    rollback: async revision => await helm.run('rollback', 'k8s-mtp', String(revision), ...inNamespace, ...wait),
    uninstall: async () => await helm.run('uninstall', 'k8s-mtp', ...inNamespace, ...wait),
    test: async () => await helm.attempt('test', 'k8s-mtp', ...inNamespace, '--logs', '--timeout', '60s'),
    async runningTags () {
      return (await stayingPodsOf('hook')).map(pod => String(valueAt(pod, 'spec.containers.0.image')).split(':')[1])
    },
    async engineWrites (since) {
      await sleep(1_000)
      return readAuditWrites(auditLog, since).filter(
        ({ user, resource }) => user === ownEngineUser && resource !== 'events' && resource !== 'leases'
      )
    }
  }
}
