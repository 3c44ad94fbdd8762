import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Guard } from '../guard.ts'
import { probe } from '../http.ts'
import { startProcess, type ManagedProcess } from '../process.ts'
import { socket } from './containerd.ts'
import { addresses, dnsAddress } from './network.ts'

export interface KubeletOptions {
  guard: Guard
  /** For its data. */
  folder: string
  binary: string
  kubeconfig: string
  nodeName: string
  /** The cgroup for all pods, such as /name. */
  cgroup: string
  /** The authority of the certificates that it accepts, as a file. */
  clientCaFile: string
  env: NodeJS.ProcessEnv
}

export async function startKubelet ({ guard, folder, binary, kubeconfig, nodeName, cgroup, clientCaFile, env }: KubeletOptions): Promise<ManagedProcess> {
  const file = (name: string): string => join(folder, name)
  // Pods with the DNS of the node have no server: there is nothing outside.
  writeFileSync(file('resolv.conf'), '')
  writeFileSync(file('kubelet.yaml'), stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: clientCaFile } },
    authorization: { mode: 'Webhook' },
    cgroupDriver: 'cgroupfs',
    cgroupRoot: cgroup,
    cgroupsPerQOS: false,
    enforceNodeAllocatable: [],
    failCgroupV1: false,
    failSwapOn: false,
    // It must not set what belongs to the whole kernel: see namespace.sh.
    protectKernelDefaults: true,
    containerRuntimeEndpoint: `unix://${socket}`,
    clusterDNS: [dnsAddress],
    clusterDomain: 'cluster.local',
    resolvConf: file('resolv.conf'),
    // A full disk or little memory of the machine is not what is tested.
    evictionHard: { 'memory.available': '0%', 'nodefs.available': '0%', 'nodefs.inodesFree': '0%', 'imagefs.available': '0%' },
    imageGCHighThresholdPercent: 100,
    volumePluginDir: file('volume-plugins'),
    podLogsDir: file('pod-logs'),
    syncFrequency: '10s'
  }))
  return await startProcess({
    name: 'kubelet',
    command: binary,
    args: [
      `--config=${file('kubelet.yaml')}`,
      `--kubeconfig=${kubeconfig}`,
      `--root-dir=${file('kubelet')}`,
      `--cert-dir=${file('kubelet-certificates')}`,
      `--hostname-override=${nodeName}`,
      `--node-ip=${addresses.node}`
    ],
    env,
    logFile: join(guard.folder, 'kubelet.log'),
    guard,
    ready: async () => (await probe('http://127.0.0.1:10248/healthz')).ok
  })
}
