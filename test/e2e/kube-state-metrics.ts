import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { createGuard } from '../cluster/guard.ts'
import { probe } from '../cluster/http.ts'
import { writeKubeconfig } from '../cluster/kubeconfig.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { freePorts } from '../cluster/ports.ts'
import { startProcess } from '../cluster/process.ts'
import { requestToken } from '../cluster/token.ts'
import { tool } from '../tools/tools.ts'
import { client, platform } from './context.ts'
import { remove, uniqueName } from './tenants.ts'

interface Rule { apiGroups: string[], resources: string[], verbs: string[] }

/** Permissions that its chart grants by default: of the collectors in this test, and of customResourceState.enabled. */
const defaultRules: Rule[] = [
  { apiGroups: [''], resources: ['resourcequotas'], verbs: ['list', 'watch'] },
  { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: ['list', 'watch'] }
]

/** The permissions that docs/observability.md adds. */
function documentedRules (): Rule[] {
  const page = readFileSync(repositoryPath('docs/observability.md'), 'utf8')
  const [values] = [...page.matchAll(/```yaml\n([^`]*)```/g)].map(([, text = '']) => text).filter(text => text.includes('extraRules:'))
  const found: { 'kube-state-metrics': { rbac: { extraRules: Rule[] } } } = parse(values ?? '')
  return found['kube-state-metrics'].rbac.extraRules
}

export interface KubeStateMetrics {
  /** Returns what Prometheus would scrape. */
  scrape (): Promise<string>
  stop (): Promise<void>
}

/** Runs a real kube-state-metrics with the shipped configuration and only the documented permissions. */
export async function startKubeStateMetrics (): Promise<KubeStateMetrics> {
  const guard = createGuard()
  const account = await createAccount()
  const stop = async (): Promise<void> => {
    await guard.close()
    await account.remove()
  }
  try {
    const kubeconfig = join(guard.folder, 'kubeconfig')
    const { server, caFile } = platform()
    writeKubeconfig(kubeconfig, { server, ca: readFileSync(caFile, 'utf8'), authentication: { token: account.token } }, 'kube-state-metrics')
    const [port, telemetryPort] = await freePorts(2)
    const url = `http://127.0.0.1:${port}`
    await startProcess({
      name: 'kube-state-metrics',
      command: await tool('kube-state-metrics'),
      args: [
        `--kubeconfig=${kubeconfig}`,
        '--resources=resourcequotas',
        `--custom-resource-state-config-file=${repositoryPath('chart/files/kube-state-metrics.yaml')}`,
        '--host=127.0.0.1', `--port=${port}`,
        '--telemetry-host=127.0.0.1', `--telemetry-port=${telemetryPort}`
      ],
      logFile: join(guard.folder, 'kube-state-metrics.log'),
      guard,
      ready: async () => (await probe(`http://127.0.0.1:${telemetryPort}/readyz`)).ok
    })
    return { stop, scrape: async () => (await probe(`${url}/metrics`)).text }
  } catch (error) {
    await stop()
    throw error
  }
}

async function createAccount (): Promise<{ token: string, remove: () => Promise<void> }> {
  const name = uniqueName('kube-state-metrics')
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
  const role = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name },
    rules: [...defaultRules, ...documentedRules()]
  }
  const binding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace: name }]
  }
  for (const object of [
    namespace, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: name } }, role, binding
  ]) await client().create(object)
  return {
    token: await requestToken(client(), name, name),
    async remove () {
      for (const { apiVersion, kind } of [binding, role, namespace]) await remove({ apiVersion, kind, name })
    }
  }
}
