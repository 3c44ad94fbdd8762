import type { AuditWrite } from '../../cluster/audit.ts'
import { ENGINE_USER } from '../../cluster/credentials.ts'

/** Seconds of CPU. The last two are undefined where there is no hook and no engine. */
export interface Cpu { apiserver: number, etcd: number, controllerManager: number, hook?: number, engine?: number }

/** What all processes did in some time. */
export interface Usage {
  seconds: number
  cpuSeconds: Cpu
  writes: Writes
  /** By user and resource: `engine create roles`. */
  writesBy: Record<string, number>
  /** Writes that the API server refused. */
  refused: number
  /** Calls of /sync and /customize of the hook. */
  syncs: number
  customizes: number
  /** Reads of one Tenant or TenantNamespace by its name. */
  getsOfParents: number
}

/** Without events, leases and tokens. */
export interface Writes {
  all: number
  /** Of the status of Tenants and TenantNamespaces. */
  status: number
  /** Of their objects. */
  children: number
  /** By Kubernetes itself: ServiceAccounts, ConfigMaps and the status of quotas. */
  controllers: number
}

const uncounted = ['events', 'leases', 'serviceaccounts/token']
const ofStatus = ['tenants/status', 'tenantnamespaces/status']

export function writesOf (writes: AuditWrite[]): Pick<Usage, 'writes' | 'writesBy' | 'refused'> {
  const counted = writes.filter(({ resource }) => !uncounted.includes(resource))
  const ofKubernetes = counted.filter(({ user }) => partyOf(user) === 'Kubernetes')
  const others = counted.filter(write => !ofKubernetes.includes(write))
  const status = others.filter(({ resource }) => ofStatus.includes(resource))
  const children = others.filter(write => !status.includes(write) && write.resource !== 'tenants')
  return {
    writes: { all: counted.length, status: status.length, children: children.length, controllers: ofKubernetes.length },
    writesBy: countBy(counted, ({ user, verb, resource }) => `${partyOf(user)} ${verb} ${resource}`),
    refused: counted.filter(({ code }) => code >= 400).length
  }
}

function partyOf (user: string): string {
  if (user === ENGINE_USER) return 'engine'
  return user.startsWith('system:serviceaccount:kube-system:') || user === 'system:kube-controller-manager' || user === 'system:apiserver'
    ? 'Kubernetes'
    : 'client'
}

function countBy<T> (items: T[], keyOf: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const key of items.map(keyOf).sort()) counts[key] = (counts[key] ?? 0) + 1
  return counts
}

/** The sum of the series of a metric whose labels include all of these, in the text format of Prometheus. */
export function sumOf (metrics: string, name: string, labels: Record<string, string>): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  return metrics.split('\n')
    .filter(line => line.startsWith(`${name}{`) && wanted.every(label => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
}
