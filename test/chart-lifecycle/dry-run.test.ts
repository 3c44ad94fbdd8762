import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { resolveAllBinaries, type Binaries } from '../cluster/binaries.ts'
import { startControlPlane, type ControlPlane } from '../cluster/control-plane.ts'
import { createGuard, type Guard } from '../cluster/guard.ts'
import { installCrds } from '../cluster/install.ts'
import { isRecord } from '../cluster/api-error.ts'
import { describe as nameOf, refOf, type KubeObject } from '../cluster/kube-object.ts'
import { parseManifests } from '../cluster/manifests.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { etcdRelease, kubernetesRelease, supportedKubernetes } from '../cluster/releases.ts'
import { k8sMtpAt } from '../e2e/cli.ts'
import { eventually } from '../e2e/context.ts'
import { extentOfRun } from '../suites.ts'
import { run } from '../support/run.ts'
import { tool } from '../tools/tools.ts'
import { halfInQuickRuns } from '../support/cases-of-run.ts'
import { openHelm, type Helm } from './helm.ts'

const cases = readdirSync(repositoryPath('chart/ci')).map(file => file.replace(/-values\.yaml$/, ''))

/** Objects of kinds that the test cluster does not serve, by file of values. */
const external: Record<string, string[]> = {
  'own-metacontroller': ['ServiceMonitor k8s-mtp', 'ServiceMonitor k8s-mtp-metacontroller'],
  monitoring: ['PrometheusRule k8s-mtp', 'ServiceMonitor k8s-mtp', 'ServiceMonitor k8s-mtp-metacontroller'],
  production: ['Certificate k8s-mtp-tls']
}
const externalKinds = ['Certificate', 'PrometheusRule', 'ServiceMonitor']

describe.each(extentOfRun === 'all' ? supportedKubernetes() : [kubernetesRelease(process.env).version])('Kubernetes %s', version => {
  let guard: Guard
  let controlPlane: ControlPlane
  let helm: Helm

  beforeAll(async () => {
    guard = createGuard()
    const env = { ...process.env, K8S_MTP_KUBERNETES: version }
    const binaries: Binaries = Object.assign(
      {},
      ...await resolveAllBinaries([etcdRelease(env), kubernetesRelease(env)], { env, log: () => {} })
    )
    controlPlane = await startControlPlane({ guard, binaries })
    helm = await openHelm('helm-4', { kubeconfig: controlPlane.kubeconfig, folder: guard.folder })
  })
  afterAll(async () => {
    await controlPlane.stop()
    await guard.close()
  })

  const apply = async (...args: string[]) =>
    await k8sMtpAt(
      controlPlane.kubeconfig,
      ['apply', '--filename', repositoryPath('examples/classes/default.yaml'), ...args],
      []
    )

  test('k8s-mtp apply waits for the TenantClass CRD, and reports a timeout', async () => {
    const waiting = 'waiting for the API server to serve TenantClass in k8s-mtp.dev/v1\n'
    expect(await apply('--timeout', '1s')).toEqual({
      code: 1,
      stdout: waiting,
      stderr: expect.stringContaining('TenantClass/default: the API server does not serve TenantClass in k8s-mtp.dev/v1')
    })
    const applied = apply('--timeout', '30s')
    await installCrds(controlPlane.client)
    // No Metacontroller is installed here.
    const stderr = expect.stringMatching(/: not Metacontroller, or not installed yet, .*\n$/)
    expect(await applied).toEqual({ code: 0, stdout: expect.stringMatching(/TenantClass\/default created\n$/), stderr })
  })

  /** Sets the namespace of the release on objects without one, as helm does. */
  async function namespaced (objects: KubeObject[]): Promise<void> {
    for (const object of objects) {
      if ((await controlPlane.client.discovery.resolve(object)).namespaced) object.metadata.namespace ??= 'k8s-mtp-system'
    }
  }

  test.each(halfInQuickRuns(cases))('accepts the objects of chart/ci/%s-values.yaml, except external kinds', async name => {
    const { client } = controlPlane
    const options = ['--namespace', 'k8s-mtp-system', '--kube-version', version]
    const values = repositoryPath(`chart/ci/${name}-values.yaml`)
    const { stdout } = await helm.run('template', 'k8s-mtp', repositoryPath('chart'), ...options, '--values', values)
    const objects = parseManifests(stdout, name)
    const ours = objects.filter(({ kind }) => !externalKinds.includes(kind))
    expect(
      objects
        .filter(object => !ours.includes(object))
        .map(({ kind, metadata }) => `${kind} ${metadata.name}`)
        .sort()
    ).toEqual(external[name] ?? [])

    await namespaced(ours)
    await Promise.all([...new Set(ours.flatMap(({ metadata: { namespace } }) => namespace ?? []))].map(async namespace => {
      await client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, { fieldManager: 'test' })
      // Pods cannot be created without it.
      await eventually(() => client.get({ apiVersion: 'v1', kind: 'ServiceAccount', namespace, name: 'default' }))
    }))
    // Nor those with a ServiceAccount that does not exist.
    await Promise.all(ours.filter(({ kind }) => kind === 'ServiceAccount').map(async object => await client.apply(object, { fieldManager: 'test' })))
    const refusals = await Promise.all(
      [...ours, ...ours.flatMap(classesIn)].map(
        async object =>
          await client.apply(object, { fieldManager: 'helm', force: true, dryRun: true }).then(
            () => [],
            (error: unknown) => [`${nameOf(refOf(object))}: ${String(error)}`]
          )
      )
    )
    expect(refusals.flat()).toEqual([])
  })

  // install.yaml has MutatingAdmissionPolicies of v1.
  if (!version.startsWith('1.35.')) {
    test('kubectl applies crds.yaml and install.yaml of a release', async () => {
      const assets = join(guard.folder, 'assets')
      await run(repositoryPath('release/assets.sh'), [assets])
      const kubectl = async (...args: string[]): Promise<string> => await run(await tool('kubectl'), ['--kubeconfig', controlPlane.kubeconfig, ...args])
      const apply = async (file: string): Promise<string> => await kubectl('apply', '--server-side', '--force-conflicts', '--filename', join(assets, file))
      await apply('crds.yaml')
      await kubectl('wait', '--for=condition=Established', '--filename', join(assets, 'crds.yaml'), '--timeout=30s')
      expect(await apply('install.yaml')).toContain('tenantclass.k8s-mtp.dev/default serverside-applied\n')
    })
  }
})

/** Returns the classes that the Job applies. */
function classesIn ({ kind, metadata, data }: KubeObject): KubeObject[] {
  if (kind !== 'ConfigMap' || !metadata.name.endsWith('-classes') || !isRecord(data)) return []
  return Object.entries(data).flatMap(([file, content]) => parseManifests(String(content), file))
}
