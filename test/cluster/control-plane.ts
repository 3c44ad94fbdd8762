import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRecord } from './api-error.ts'
import type { Binaries } from './binaries.ts'
import { createKubeClient, type KubeClient } from './client.ts'
import { readServingCertificate, startApiserver, startControllerManager, startEtcd, type NodeNetwork } from './components.ts'
import { engineAccount, ENGINE_USER, writeCredentials, type Credentials } from './credentials.ts'
import type { Guard } from './guard.ts'
import { probe } from './http.ts'
import { writeKubeconfig } from './kubeconfig.ts'
import { freePorts } from './ports.ts'
import { StartError, type ManagedProcess } from './process.ts'
import { requestToken } from './token.ts'
import type { Connection } from './transport.ts'

export interface ControlPlane {
  /** As cluster admin, a member of system:masters. */
  connection: Connection
  client: KubeClient
  /** Files for kubectl: as cluster admin, and as the engine. */
  kubeconfig: string
  engineKubeconfig: string
  /** The certificate authority of the API server, as a file. */
  caFile: string
  credentials: Credentials
  auditLog: string
  etcd: ManagedProcess
  apiserver: ManagedProcess
  controllerManager: ManagedProcess
  /** As the servers report them. */
  versions: { kubernetes: string, etcd: string }
  /** Ends its processes in reverse order; the guard removes the folder. */
  stop (): Promise<void>
}

export interface ControlPlaneOptions {
  guard: Guard
  binaries: Binaries
  /**
   * Called once the API server is ready, and before the controller manager starts. Installs CRDs: the garbage collector
   * discovers new kinds every 30 s only, and until then it does not cascade from owners of such a kind.
   */
  install?: (client: KubeClient) => Promise<void>
  /** Settings of the API server that differ from the defaults. */
  apiserver?: ApiserverSettings
  /** True: kube-controller-manager runs without --use-service-account-credentials. By default each controller is a ServiceAccount. */
  sharedControllerUser?: boolean
}

export interface ApiserverSettings {
  /** An audit policy file; by default one that logs writes only. */
  auditPolicy?: string
  /** In addition to the default ones. */
  admissionPlugins?: string[]
  /** The maximum of CPUs that it uses at a time; by default all of the machine. */
  cpus?: number
  /** How often it counts objects, by which it estimates the cost of lists; by default every minute. */
  countPeriod?: string
  /** For nodes with pods; by default there are none. */
  nodes?: NodeNetwork
}

/** Starts a control plane. Rejects with a StartError, and ends all started processes then. */
export async function startControlPlane (options: ControlPlaneOptions): Promise<ControlPlane> {
  const { guard, binaries, install, apiserver: settings, sharedControllerUser = false } = options
  const started: ManagedProcess[] = []
  const clients: KubeClient[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(clients.map(client => client.close()))
    for (const process of started.reverse()) await process.stop()
  }
  try {
    mkdirSync(guard.folder, { recursive: true })
    const credentials = writeCredentials(guard.folder)
    const auditLog = join(guard.folder, 'audit.log')
    writeFileSync(auditLog, '')

    const [etcd, etcdPort] = await onFreePorts(2, async (clientPort, peerPort) => {
      const process = await startEtcd({ binary: pathOf(binaries, 'etcd'), guard, clientPort, peerPort })
      return [process, clientPort] as const
    })
    started.push(etcd)
    const [apiserver, port] = await onFreePorts(1, async port => {
      const process = await startApiserver({
        binary: pathOf(binaries, 'kube-apiserver'),
        guard,
        etcdPort,
        port,
        credentials,
        auditLog,
        ...settings
      })
      return [process, port] as const
    })
    started.push(apiserver)

    const access = writeAccess(guard, `https://${settings?.nodes?.address ?? '127.0.0.1'}:${port}`, credentials)
    const client = createKubeClient(access.connection)
    clients.push(client)
    await writeEngineAccess(access, client)
    await install?.(client)
    if (sharedControllerUser) await grantAllTo(client, 'system:kube-controller-manager')
    const controllerManager = await startControllerManager({
      binary: pathOf(binaries, 'kube-controller-manager'),
      guard,
      kubeconfig: access.controllerManagerKubeconfig,
      credentials,
      sharedUser: sharedControllerUser,
      ...(settings?.nodes !== undefined && { nodes: settings.nodes }),
      // It has no endpoint; a default service account shows that its controllers run.
      ready: async () => await client.find({
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        namespace: 'default',
        name: 'default'
      }) !== undefined
    })
    started.push(controllerManager)
    const versions = await readVersions(client, etcdPort)
    const { connection, kubeconfig, engineKubeconfig, caFile } = access
    return { connection, kubeconfig, engineKubeconfig, caFile, credentials, client, auditLog, etcd, apiserver, controllerManager, versions, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

type Access = Pick<ControlPlane, 'connection' | 'kubeconfig' | 'engineKubeconfig' | 'caFile'> & { controllerManagerKubeconfig: string }

function writeAccess (guard: Guard, server: string, credentials: Credentials): Access {
  const ca = readServingCertificate(guard)
  if (ca === undefined) throw new Error('kube-apiserver is ready, but has not written a certificate')
  const connection: Connection = { server, ca, authentication: credentials.admin }
  const file = (name: string): string => join(guard.folder, name)
  const [kubeconfig, controllerManagerKubeconfig, caFile] = [file('kubeconfig'), file('controller-manager.kubeconfig'), file('ca.crt')]
  writeFileSync(caFile, ca)
  writeKubeconfig(kubeconfig, connection, 'admin')
  writeKubeconfig(controllerManagerKubeconfig, { ...connection, authentication: credentials.controllerManager }, 'controller-manager')
  return { connection, kubeconfig, engineKubeconfig: file('engine.kubeconfig'), controllerManagerKubeconfig, caFile }
}

/** Creates the ServiceAccount of the engine, and a kubeconfig with a token of it that lasts for a day. */
async function writeEngineAccess ({ connection, engineKubeconfig }: Access, client: KubeClient): Promise<void> {
  const { namespace, name } = engineAccount
  await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  await client.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } })
  const token = await requestToken(client, namespace, name, { expirationSeconds: 24 * 60 * 60 })
  writeKubeconfig(engineKubeconfig, { ...connection, authentication: { token } }, ENGINE_USER)
}

/** Kubernetes grants its controllers their permissions as ServiceAccounts; a shared user has none of them. */
async function grantAllTo (client: KubeClient, user: string): Promise<void> {
  const apiGroup = 'rbac.authorization.k8s.io'
  await client.create({
    apiVersion: `${apiGroup}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'shared-controller-user' },
    roleRef: { apiGroup, kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ apiGroup, kind: 'User', name: user }]
  })
}

/** Another process may take a port before the start: this tries three times in all. */
async function onFreePorts<T> (count: number, start: (...ports: number[]) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(...await freePorts(count))
    } catch (error) {
      if (attempt === 3 || !(error instanceof StartError && error.portTaken)) throw error
    }
  }
}

async function readVersions (client: KubeClient, etcdPort: number): Promise<{ kubernetes: string, etcd: string }> {
  const kubernetes = await client.request('GET', '/version')
  const etcd: unknown = JSON.parse((await probe(`http://127.0.0.1:${etcdPort}/version`)).text)
  return {
    kubernetes: isRecord(kubernetes) ? String(kubernetes.gitVersion) : 'unknown',
    etcd: isRecord(etcd) ? `v${String(etcd.etcdserver)}` : 'unknown'
  }
}

function pathOf (binaries: Binaries, name: string): string {
  const binary = binaries[name]
  if (binary === undefined) throw new Error(`no ${name} among the binaries`)
  return binary.path
}
