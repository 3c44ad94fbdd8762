import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Credentials } from './credentials.ts'
import type { Guard } from './guard.ts'
import { probe } from './http.ts'
import { startProcess, type ManagedProcess } from './process.ts'

/** The default audit policy logs writes only. */
const writesOnly = fileURLToPath(new URL('audit-policy.yaml', import.meta.url))

export interface EtcdOptions { binary: string, guard: Guard, clientPort: number, peerPort: number }

export function startEtcd ({ binary, guard, clientPort, peerPort }: EtcdOptions): Promise<ManagedProcess> {
  const url = `http://127.0.0.1:${clientPort}`
  const peer = `http://127.0.0.1:${peerPort}`
  return startProcess({
    name: 'etcd',
    command: binary,
    args: [
      `--data-dir=${join(guard.folder, 'etcd')}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      '--log-level=warn',
      // The data is deleted after the run, so it need not survive a power failure.
      '--unsafe-no-fsync'
    ],
    logFile: join(guard.folder, 'etcd.log'),
    guard,
    ready: async () => (await probe(`${url}/health`)).ok
  })
}

export interface ApiserverOptions {
  binary: string
  guard: Guard
  etcdPort: number
  port: number
  credentials: Credentials
  auditLog: string
  auditPolicy?: string
  admissionPlugins?: string[]
  cpus?: number
  countPeriod?: string
  nodes?: NodeNetwork
}

/** What the control plane knows about the network of nodes and pods. */
export interface NodeNetwork {
  /** Where nodes and pods reach the API server. */
  address: string
  /** CIDRs. */
  pods: string
  services: string
}

export function startApiserver (options: ApiserverOptions): Promise<ManagedProcess> {
  const { binary, guard, etcdPort, port, credentials, auditLog, auditPolicy = writesOnly, admissionPlugins = [] } = options
  const { cpus, countPeriod, nodes } = options
  const address = nodes?.address ?? '127.0.0.1'
  return startProcess({
    name: 'kube-apiserver',
    command: binary,
    args: [
      `--etcd-servers=http://127.0.0.1:${etcdPort}`,
      `--bind-address=${address}`,
      `--advertise-address=${address}`,
      ...(nodes === undefined ? withoutNodes : withNodes(guard, credentials)),
      `--secure-port=${port}`,
      `--cert-dir=${join(guard.folder, 'certificates')}`,
      `--client-ca-file=${credentials.clientCaFile}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${credentials.publicKeyFile}`,
      `--service-account-signing-key-file=${credentials.privateKeyFile}`,
      `--service-cluster-ip-range=${nodes?.services ?? '10.96.0.0/16,fd00:96::/112'}`,
      '--allow-privileged=true',
      ...enabledPlugins([...(nodes === undefined ? [] : ['NodeRestriction']), ...admissionPlugins]),
      ...(countPeriod !== undefined ? [`--etcd-count-metric-poll-period=${countPeriod}`] : []),
      `--audit-policy-file=${auditPolicy}`,
      `--audit-log-path=${auditLog}`,
      // In one file, which readAuditWrites reads on: 100 MiB are the writes of 3,000 Tenants.
      '--audit-log-maxsize=0'
    ],
    ...(cpus !== undefined && { env: { ...process.env, GOMAXPROCS: String(cpus) } }),
    logFile: join(guard.folder, 'kube-apiserver.log'),
    guard,
    ready: async () => {
      const ca = readServingCertificate(guard)
      return ca !== undefined && (await probe(`https://${address}:${port}/readyz`, { ca, ...credentials.admin })).ok
    }
  })
}

const withoutNodes = [
  '--authorization-mode=RBAC',
  // The service `kubernetes` would get a loopback endpoint, which is invalid and logged every second.
  '--endpoint-reconciler-type=none'
]

/** It proves to kubelets that it is the API server, and kubelets may do what their pods need. */
function withNodes ({ folder }: Guard, { kubelet }: Credentials): string[] {
  const [certificate, key] = [join(folder, 'kubelet-client.crt'), join(folder, 'kubelet-client.key')]
  writeFileSync(certificate, kubelet.client.cert)
  writeFileSync(key, kubelet.client.key, { mode: 0o600 })
  return [
    '--authorization-mode=Node,RBAC',
    `--kubelet-client-certificate=${certificate}`,
    `--kubelet-client-key=${key}`,
    '--kubelet-preferred-address-types=InternalIP'
  ]
}

function enabledPlugins (plugins: string[]): string[] {
  return plugins.length === 0 ? [] : [`--enable-admission-plugins=${plugins.join(',')}`]
}

/** Reads the certificate that kube-apiserver created, with its authority; undefined before that. */
export function readServingCertificate ({ folder }: Guard): string | undefined {
  const file = join(folder, 'certificates', 'apiserver.crt')
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

/** Without these, namespaces stay terminating, quotas do not count, and deletions do not cascade. */
const controllers = [
  'namespace-controller',
  'garbage-collector-controller',
  'resourcequota-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'root-ca-certificate-publisher-controller',
  'clusterrole-aggregation-controller',
  'deployment-controller',
  'replicaset-controller',
  'statefulset-controller',
  'daemonset-controller',
  'job-controller',
  'cronjob-controller',
  'disruption-controller',
  'validatingadmissionpolicy-status-controller'
]

/** Addresses for pods, endpoints for Services, taints of nodes, and the kinds that only make sense with nodes. */
const controllersOfNodes = [
  'node-ipam-controller',
  'node-lifecycle-controller',
  'taint-eviction-controller',
  'endpointslice-controller',
  'pod-garbage-collector-controller',
  'ephemeral-volume-controller'
]

export interface ControllerManagerOptions {
  binary: string
  guard: Guard
  kubeconfig: string
  credentials: Credentials
  /** True: its controllers share its user, instead of a ServiceAccount for each. */
  sharedUser: boolean
  nodes?: NodeNetwork
  ready: () => Promise<boolean>
}

export function startControllerManager (options: ControllerManagerOptions): Promise<ManagedProcess> {
  const { binary, guard, kubeconfig, credentials, sharedUser, nodes, ready } = options
  return startProcess({
    name: 'kube-controller-manager',
    command: binary,
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--controllers=${[...controllers, ...(nodes === undefined ? [] : controllersOfNodes)].join(',')}`,
      ...(nodes === undefined ? [] : ['--allocate-node-cidrs=true', `--cluster-cidr=${nodes.pods}`, `--service-cluster-ip-range=${nodes.services}`]),
      `--use-service-account-credentials=${!sharedUser}`,
      `--service-account-private-key-file=${credentials.privateKeyFile}`,
      `--root-ca-file=${join(guard.folder, 'certificates', 'apiserver.crt')}`,
      '--leader-elect=false',
      '--secure-port=0',
      // Its default of 20 a second would make the deletion of many namespaces the slowest part of the tests.
      '--kube-api-qps=300',
      '--kube-api-burst=600',
      // Each terminating namespace occupies a worker for seconds.
      '--concurrent-namespace-syncs=50'
    ],
    logFile: join(guard.folder, 'kube-controller-manager.log'),
    guard,
    ready
  })
}
