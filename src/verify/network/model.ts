import { containsAddress, isNetworkCidr } from '../../api/cidr.ts'
import { fieldsAt, isFields, listAt, textAt, type Fields } from '../../kubernetes/json.ts'
import { selects, type Labels } from './selectors.ts'

/**
 * What NetworkPolicies allow, by their semantics: policies that select a pod isolate it in a direction, and add up.
 * Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */

export type Direction = 'Ingress' | 'Egress'

/** A NetworkPolicy, of any shape that the API server admits. */
export interface PolicyObject { metadata: { name: string, namespace?: string }, spec?: unknown }

export interface NamespaceOfModel {
  name: string
  labels: Labels
  policies: readonly PolicyObject[]
}

/** A pod, real or representative. Addresses are known of real ones only. */
export interface PodEnd {
  namespace: NamespaceOfModel
  labels: Labels
  addresses: readonly string[]
  /** Container ports by name; undefined where any pod may be behind it. */
  ports?: Readonly<Record<string, number>>
}

/** The other end: a pod, or an address outside of the pod network. */
export type End = PodEnd | { address: string }

export interface Port {
  protocol: 'TCP' | 'UDP' | 'SCTP'
  port: number
}

/** What one rule opens. */
export interface Opening {
  /** Undefined where no policy isolates the pod in this direction. */
  policy: string | undefined
  /** All if undefined. */
  ports: readonly Fields[] | undefined
}

const isPod = (end: End): end is PodEnd => 'namespace' in end

export const specOf = (policy: PolicyObject): Fields => fieldsAt({ ...policy }, 'spec')

/** Source: the default of policyTypes in the API reference. */
function isOfDirection (spec: Fields, direction: Direction): boolean {
  const { policyTypes } = spec
  if (Array.isArray(policyTypes) && policyTypes.length > 0) return policyTypes.includes(direction)
  return direction === 'Ingress' || listAt(spec, 'egress').length > 0
}

/** The policies that isolate a pod in a direction. */
export function isolating (direction: Direction, { namespace, labels }: Pick<PodEnd, 'namespace' | 'labels'>): PolicyObject[] {
  return namespace.policies.filter(policy => {
    const spec = specOf(policy)
    return isOfDirection(spec, direction) && selects(fieldsAt(spec, 'podSelector'), labels)
  })
}

/** Everything that lets the pod connect with the other end in a direction; empty where nothing does. */
export function openings (direction: Direction, pod: PodEnd, other: End): Opening[] {
  const policies = isolating(direction, pod)
  if (policies.length === 0) return [{ policy: undefined, ports: undefined }]
  const [rules, peers] = direction === 'Ingress' ? ['ingress', 'from'] : ['egress', 'to']
  return policies.flatMap(policy => listAt(specOf(policy), rules).filter(rule => {
    const list = listAt(rule, peers)
    return list.length === 0 || list.some(peer => matches(peer, pod.namespace.name, other))
  }).map(rule => ({ policy: policy.metadata.name, ports: listAt(rule, 'ports').length === 0 ? undefined : listAt(rule, 'ports') })))
}

/** @param own the namespace of the policy */
export function matches (peer: Fields, own: string, other: End): boolean {
  if (isFields(peer['ipBlock'])) return addressesOf(other).some(address => isInBlock(address, fieldsAt(peer, 'ipBlock')))
  if (!isPod(other)) return false
  const isOfNamespace = isFields(peer['namespaceSelector'])
    ? selects(fieldsAt(peer, 'namespaceSelector'), other.namespace.labels)
    : other.namespace.name === own
  return isOfNamespace && selects(fieldsAt(peer, 'podSelector'), other.labels)
}

const addressesOf = (end: End): readonly string[] => isPod(end) ? end.addresses : [end.address]

function isInBlock (address: string, block: Fields): boolean {
  const except = Array.isArray(block['except']) ? block['except'].map(String) : []
  return isIn(textAt(block, 'cidr'), address) && !except.some(network => isIn(network, address))
}

/** The API server admits other spellings of networks with a warning. A network that cannot be read has no address. */
function isIn (network: string, address: string): boolean {
  try {
    return (isNetworkCidr(network) || network.includes('/')) && containsAddress(network, address)
  } catch {
    return false
  }
}

/** True where one of the openings has the port of the receiving end. */
export function isOpen (found: readonly Opening[], receiver: End, port: Port): boolean {
  return found.some(({ ports }) => ports === undefined || ports.some(each => hasPort(each, receiver, port)))
}

function hasPort (allowed: Fields, receiver: End, { protocol, port }: Port): boolean {
  if ((textAt(allowed, 'protocol') || 'TCP') !== protocol) return false
  const first = allowed['port']
  if (first === undefined) return true
  // A named port can have any number on a pod that is not known.
  if (typeof first === 'string') return isPod(receiver) && (receiver.ports === undefined || receiver.ports[first] === port)
  const last = typeof allowed['endPort'] === 'number' ? allowed['endPort'] : Number(first)
  return port >= Number(first) && port <= last
}

/** True where the policies of one pod allow a connection with the other end, whatever those of the other say. */
export function allows (direction: Direction, pod: PodEnd, other: End, port: Port): boolean {
  return isOpen(openings(direction, pod, other), direction === 'Ingress' ? pod : other, port)
}

/** True where both ends allow a connection from one to the other. */
export function connects (from: PodEnd, to: End, port: Port): boolean {
  return allows('Egress', from, to, port) && (!isPod(to) || allows('Ingress', to, from, port))
}

/** `TCP 8080`, `all ports`. */
export function describePorts (ports: Opening['ports']): string {
  if (ports === undefined) return 'all ports'
  return ports.map(each => {
    const [protocol, port, end] = [textAt(each, 'protocol') || 'TCP', textAt(each, 'port'), textAt(each, 'endPort')]
    return [protocol, ...(port === '' ? [] : [end === '' ? port : `${port}-${end}`])].join(' ')
  }).join(', ')
}

/** A port in each of the openings, for connections to try. */
export function portsIn (found: readonly Opening[]): Port[] {
  return found.flatMap(({ ports = [] }) => ports.map(each => ({
    protocol: protocolOf(textAt(each, 'protocol')), port: typeof each['port'] === 'number' ? each['port'] : anyPort
  })))
}

const protocolOf = (text: string): Port['protocol'] => text === 'UDP' || text === 'SCTP' ? text : 'TCP'

/** A port that no rule names on purpose. */
export const anyPort = 47_999
