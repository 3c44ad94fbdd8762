import type { PodManifest } from '../context.ts'
import type { Control } from './control.ts'
import { withContainer, withContext, withPodContext, withSpec } from './pod-trial.ts'

const rootOnNode = 'It leads to root on the node, and so to the pods of all teams on it.'

export const baseline: readonly Control[] = [
  {
    id: 'pod-privileged',
    title: 'Privileged containers are refused',
    why: rootOnNode,
    benchmarks: ['MTB-PL1-BC-CPI-5'],
    what: 'privileged: true',
    control: /privileged/,
    change: pod => withContext(pod, { privileged: true, allowPrivilegeEscalation: true })
  },
  ...(['hostNetwork', 'hostPID', 'hostIPC'] as const).map((field, index) => ({
    id: ['pod-host-network', 'pod-host-pid', 'pod-host-ipc'][index] ?? '',
    title: `Pods with ${field} are refused`,
    why: [
      'Such a pod has the addresses of its node: NetworkPolicies do not apply, and it reaches the kubelet and metadata services.',
      'Such a pod sees all processes of its node, with their environment.',
      'Such a pod shares memory with all processes of its node that do so.'
    ][index] ?? '',
    benchmarks: [['MTB-PL1-BC-HI-3', 'MTB-PL1-BC-HI-4', 'MTB-PL1-BC-HI-5'][index] ?? ''],
    what: `${field}: true`,
    control: new RegExp(field),
    change: (pod: PodManifest) => withSpec(pod, { [field]: true })
  })),
  {
    id: 'pod-host-path',
    title: 'Volumes with paths of the node are refused',
    why: rootOnNode,
    benchmarks: ['MTB-PL1-BC-HI-1'],
    what: 'a hostPath volume',
    control: /hostPath/,
    change: pod => withSpec(pod, { volumes: [{ name: 'host', hostPath: { path: '/' } }] })
  },
  {
    id: 'pod-host-ports',
    title: 'Ports of the node are refused',
    why: 'The port is open on the address of the node, past the Services and quotas of the team.',
    benchmarks: ['MTB-PL1-BC-HI-3'],
    what: 'a hostPort',
    control: /hostPort/,
    change: pod => withContainer(pod, { ports: [{ containerPort: 8080, hostPort: 8080 }] })
  },
  {
    id: 'pod-host-probes',
    title: 'Probes of other hosts are refused',
    why: 'The kubelet connects to the host of a probe, past the NetworkPolicies of the pod.',
    what: 'a probe with a host',
    control: /probe/i,
    change: pod => withContainer(pod, { livenessProbe: { httpGet: { host: '127.0.0.1', port: 10250 } } })
  },
  {
    id: 'pod-capabilities',
    title: 'Additional capabilities are refused',
    why: 'NET_ADMIN, SYS_PTRACE and the like lead out of the container.',
    benchmarks: ['MTB-PL1-BC-CPI-3'],
    what: 'capability NET_ADMIN',
    control: /capabilities/,
    change: pod => withContext(pod, { capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } })
  },
  {
    id: 'pod-apparmor',
    title: 'Switching off AppArmor is refused',
    why: 'The profile of the container runtime is a second barrier around containers.',
    what: 'appArmorProfile Unconfined',
    control: /apparmor/i,
    change: pod => withContext(pod, { appArmorProfile: { type: 'Unconfined' } })
  },
  {
    id: 'pod-selinux',
    title: 'Other users and roles of SELinux are refused',
    why: 'Labels of SELinux keep the files and processes of containers apart.',
    what: 'seLinuxOptions.user',
    control: /selinux/i,
    change: pod => withContext(pod, { seLinuxOptions: { user: 'system_u' } })
  },
  {
    id: 'pod-proc-mount',
    title: 'An unmasked /proc is refused',
    why: 'Parts of /proc change the kernel of the node.',
    what: 'procMount Unmasked',
    control: /procMount/,
    change: pod => withContext(withSpec(pod, { hostUsers: false }), { procMount: 'Unmasked' })
  },
  {
    id: 'pod-seccomp-unconfined',
    title: 'Switching off seccomp is refused',
    why: 'The filter of system calls keeps most flaws of the kernel out of reach.',
    what: 'seccompProfile Unconfined',
    control: /seccompProfile/,
    change: pod => withContext(pod, { seccompProfile: { type: 'Unconfined' } })
  },
  {
    id: 'pod-sysctls',
    title: 'Unsafe sysctls are refused',
    why: 'They change the kernel for all pods of the node.',
    what: 'sysctl kernel.msgmax',
    control: /sysctl/,
    change: pod => withPodContext(pod, { sysctls: [{ name: 'kernel.msgmax', value: '65536' }] })
  },
  {
    id: 'pod-windows-host-process',
    title: 'HostProcess containers of Windows are refused',
    why: rootOnNode,
    what: 'hostProcess: true',
    control: /hostProcess/,
    change: pod => withContext(withSpec(pod, { hostNetwork: true }), { windowsOptions: { hostProcess: true } })
  }
]
