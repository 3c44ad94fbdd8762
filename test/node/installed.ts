import { openHelm } from '../chart-lifecycle/helm.ts'
import { hookService } from '../chart-lifecycle/hook-service.ts'
import { engineValues } from '../chart-lifecycle/metacontroller.ts'
import { valuesFile } from '../chart-lifecycle/values.ts'
import { startNodePlatform, type NodePlatform } from '../cluster/node/platform.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { useClient } from '../e2e/context.ts'
import { createTenants, runPods, type Pods } from './tenants.ts'

/** A node with k8s-mtp installed by its chart, Tenants, and pods in their namespaces. */
export type Installed = NodePlatform & { pods: Pods }

export async function installRelease (): Promise<Installed> {
  const platform = await startNodePlatform()
  const { folder, engine, controlPlane: { kubeconfig, versions } } = platform
  console.log(`[node] ${engine.name} ${engine.version}, ${engine.strategy}, Kubernetes ${versions.kubernetes}`)
  useClient(platform.controlPlane.client)
  try {
    const helm = await openHelm('helm-4', { kubeconfig, folder })
    await helm.run('install', 'k8s-mtp', repositoryPath('chart'), '--namespace', hookService.namespace, '--create-namespace', '--wait', '--timeout', '120s',
      // Metacontroller gets the permissions that classes with self-service grant.
      '--set', 'classPresets={standard}', ...valuesFile(folder, 'engine', engineValues(engine)))
    await createTenants(Number(new URL(platform.controlPlane.connection.server).port), kubeconfig)
    return { ...platform, pods: await runPods() }
  } catch (error) {
    await platform.stop()
    throw error
  }
}
