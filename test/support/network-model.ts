import ipaddr from 'ipaddr.js'
import type { LabelSelector } from 'kubernetes-types/meta/v1.js'
import type { NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec } from 'kubernetes-types/networking/v1.js'

/**
 * What NetworkPolicies allow, as a network plugin has to decide it.
 * Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export interface Pod {
  namespace: string
  labels: Record<string, string>
  ip: string
  /** Container ports by name. */
  ports?: Record<string, number>
}

/** A pod, or an address outside of the cluster. */
export type Endpoint = Pod | { ip: string }

export interface Connection {
  protocol: 'TCP' | 'UDP' | 'SCTP'
  port: number
}

export interface World {
  /** The labels of each namespace. */
  namespaces: Record<string, Record<string, string>>
  /** The policies of each namespace. */
  policies: Record<string, NetworkPolicySpec[]>
}

type Direction = 'Ingress' | 'Egress'

/** True if the policies of a pod allow a connection with another endpoint, whatever those of the other say. */
export function allows (world: World, direction: Direction, pod: Pod, other: Endpoint, connection: Connection): boolean {
  const policies = (world.policies[pod.namespace] ?? [])
    .filter(policy => typesOf(policy).includes(direction) && selects(policy.podSelector, pod.labels))
  const receiver = direction === 'Ingress' ? pod : other
  return policies.length === 0 || policies.flatMap(policy => rulesOf(policy, direction)).some(({ peers, ports }) =>
    (peers.length === 0 || peers.some(peer => matchesPeer(world, peer, pod.namespace, other))) &&
    (ports.length === 0 || ports.some(port => matchesPort(port, receiver, connection))))
}

const isPod = (endpoint: Endpoint): endpoint is Pod => 'namespace' in endpoint

function typesOf ({ policyTypes, egress }: NetworkPolicySpec): string[] {
  return policyTypes ?? ['Ingress', ...(egress === undefined ? [] : ['Egress'])]
}

function rulesOf ({ ingress = [], egress = [] }: NetworkPolicySpec, direction: Direction) {
  return direction === 'Ingress'
    ? ingress.map(({ from = [], ports = [] }) => ({ peers: from, ports }))
    : egress.map(({ to = [], ports = [] }) => ({ peers: to, ports }))
}

function matchesPeer ({ namespaces }: World, { ipBlock, namespaceSelector, podSelector }: NetworkPolicyPeer, own: string, other: Endpoint): boolean {
  if (ipBlock !== undefined) {
    return isIn(other.ip, ipBlock.cidr) && !(ipBlock.except ?? []).some(network => isIn(other.ip, network))
  }
  if (!isPod(other)) return false
  const isOfNamespace = namespaceSelector === undefined ? other.namespace === own : selects(namespaceSelector, namespaces[other.namespace] ?? {})
  return isOfNamespace && (podSelector === undefined || selects(podSelector, other.labels))
}

function isIn (ip: string, network: string): boolean {
  const [address, [first, bits]] = [ipaddr.parse(ip), ipaddr.parseCIDR(network)]
  return address.kind() === first.kind() && address.match(first, bits)
}

function matchesPort ({ protocol = 'TCP', port, endPort }: NetworkPolicyPort, receiver: Endpoint, connection: Connection): boolean {
  if (protocol !== connection.protocol) return false
  if (port === undefined) return true
  if (typeof port === 'string') return isPod(receiver) && receiver.ports?.[port] === connection.port
  return connection.port >= port && connection.port <= (endPort ?? port)
}

function selects ({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Record<string, string>): boolean {
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key]
      if (operator === 'Exists') return value !== undefined
      if (operator === 'DoesNotExist') return value === undefined
      return operator === 'In' ? value !== undefined && values.includes(value) : value === undefined || !values.includes(value)
    })
}
