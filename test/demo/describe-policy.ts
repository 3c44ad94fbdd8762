import type { LabelSelector } from 'kubernetes-types/meta/v1.js'
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from 'kubernetes-types/networking/v1.js'

/** Allowed traffic by direction: `in  from this namespace`, `out  to kube-system, port 53/UDP`. */
export function describePolicy ({ metadata, spec }: NetworkPolicy): string[][] {
  if (spec === undefined) return []
  const own = metadata?.namespace ?? ''
  const types = spec.policyTypes ?? []
  const ingress = (spec.ingress ?? []).map(({ from, ports }) => ['in', 'from ' + traffic(from, ports, own)])
  const egress = (spec.egress ?? []).map(({ to, ports }) => ['out', 'to ' + traffic(to, ports, own)])
  return [
    ...(types.includes('Ingress') && ingress.length === 0 ? [['in', 'nothing']] : ingress),
    ...(types.includes('Egress') && egress.length === 0 ? [['out', 'nothing']] : egress)
  ]
}

function traffic (peers: NetworkPolicyPeer[] | undefined, ports: NetworkPolicyPort[] | undefined, own: string): string {
  const described = (peers ?? []).map(peer => describePeer(peer, own))
  const where = described.length === 0 ? 'everywhere' : described.join(' and ')
  if (ports === undefined || ports.length === 0) return where
  return `${where}, ${ports.length === 1 ? 'port' : 'ports'} ${ports.map(describePort).join(', ')}`
}

function describePeer ({ ipBlock, namespaceSelector, podSelector }: NetworkPolicyPeer, own: string): string {
  if (ipBlock !== undefined) {
    const except = ipBlock.except ?? []
    return ipBlock.cidr + (except.length === 0 ? '' : ` except ${except.join(', ')}`)
  }
  const name = namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name']
  const isOwn = namespaceSelector === undefined || name === own
  const namespace = isOwn ? 'this namespace' : name ?? describeSelector(namespaceSelector)
  return podSelector === undefined ? namespace : `${namespace} (${describeSelector(podSelector)})`
}

function describePort ({ port, endPort, protocol = 'TCP' }: NetworkPolicyPort): string {
  return `${port ?? 'any'}${endPort === undefined ? '' : `-${endPort}`}/${protocol}`
}

function describeSelector ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`)
  const expressions = matchExpressions.map(({ key, operator, values = [] }) =>
    `${key} ${operator} ${values.join(', ')}`.trimEnd())
  return [...labels, ...expressions].join(', ') || 'all'
}
