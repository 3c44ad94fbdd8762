import type { TestProject } from 'vitest/node'
import { startPlatform } from '../cluster/platform.ts'
import { strategies } from '../strategies.ts'
import type {} from './context.ts'

/** Starts one platform for all end-to-end tests of an apply strategy, provides its addresses, and stops it. */
export default async function setup (project: TestProject): Promise<() => Promise<void>> {
  const wanted = project.getProvidedContext().applyStrategy
  const strategy = strategies.find(strategy => strategy === wanted)
  if (strategy === undefined) throw new Error(`unknown apply strategy ${wanted}. Use one of ${strategies.join(', ')}`)
  const platform = await startPlatform({ strategy, log: line => console.log(`[${strategy}] ${line}`) })
  const { controlPlane, engine, hook, versions, kubeconfig } = platform
  project.provide('platform', {
    server: controlPlane.connection.server,
    caFile: controlPlane.caFile,
    authentication: controlPlane.connection.authentication,
    kubeconfig,
    engineKubeconfig: controlPlane.engineKubeconfig,
    auditLog: controlPlane.auditLog,
    logs: [controlPlane.apiserver, controlPlane.controllerManager, hook, engine].map(({ name, logFile }) => ({ name, logFile })),
    hookUrl: hook.url,
    hookPid: hook.pid ?? 0,
    engine: { name: engine.name, version: engine.version, strategy, pid: engine.pid ?? 0, metricsUrl: engine.metricsUrl },
    versions
  })
  return platform.stop
}
