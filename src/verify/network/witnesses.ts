import ipaddr from 'ipaddr.js'
import { containsAddress } from '../../api/cidr.ts'
import { fieldsAt, listAt, textAt, type Fields } from '../../kubernetes/json.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'
import { matches, specOf, type NamespaceOfModel, type PodEnd, type PolicyObject } from './model.ts'
import { labelSetsFor, type LabelSets } from './label-sets.ts'
import type { Labels } from './selectors.ts'

export interface Pods {
  pods: PodEnd[]
  /** False where there are more combinations of labels than are tried. */
  isComplete: boolean
}

/**
 * The pods that represent a namespace: real ones, and those with all labels that its own policies tell apart. Members choose the labels
 * of their pods, so pods that do not exist yet count.
 */
export function podsOf (
  namespace: NamespaceOfModel, pods: readonly ObservedObject[], meant: readonly PolicyObject[] = []
): Pods {
  const selectors = [...namespace.policies, ...meant].map(policy => fieldsAt(specOf(policy), 'podSelector'))
  const { sets, isComplete } = labelSetsFor(selectors)
  return { pods: [...sets.map(labels => ({ namespace, labels, addresses: [] })), ...realPods(namespace, pods)], isComplete }
}

/** The labels that the peers of these policies tell apart. */
export function peerLabels (policies: readonly PolicyObject[]): LabelSets {
  return labelSetsFor(peersOf(policies).map(peer => fieldsAt(peer, 'podSelector')))
}

/** The pods of another namespace, real ones and those with these labels: authors there choose labels that fit. */
export function peersIn (
  namespace: NamespaceOfModel, pods: readonly ObservedObject[], sets: readonly Labels[], policies: readonly PolicyObject[]
): PodEnd[] {
  const real = realPods(namespace, pods).filter(({ addresses }) => addresses.length > 0)
  const possible: PodEnd[] = sets.map(labels => ({ namespace, labels, addresses: [] }))
  const peers = peersOf(policies)
  const byMatches = new Map<string, PodEnd>()
  for (const end of [...possible, ...real]) {
    // Outside of its own namespace, a peer without a namespaceSelector matches no pod.
    const key = JSON.stringify([peers.map(peer => matches(peer, '', end)), end.ports ?? null])
    if (!byMatches.has(key)) byMatches.set(key, end)
  }
  return [...byMatches.values()]
}

function peersOf (policies: readonly PolicyObject[]): Fields[] {
  return policies.flatMap(policy => ['ingress', 'egress'].flatMap(rules => listAt(specOf(policy), rules)))
    .flatMap(rule => [...listAt(rule, 'from'), ...listAt(rule, 'to')])
}

/** An address of each network that the peers of these policies name. */
export function addressesIn (policies: readonly PolicyObject[]): string[] {
  return [...new Set(peersOf(policies).map(peer => fieldsAt(peer, 'ipBlock')).flatMap(block => addressIn(block) ?? []))]
}

/** An address that the exceptions leave, if one is found at the edges of the network and of its exceptions. */
function addressIn (block: Fields): string | undefined {
  const except = (Array.isArray(block['except']) ? block['except'].map(String) : []).filter(isCidr)
  const cidr = textAt(block, 'cidr')
  if (!isCidr(cidr)) return undefined
  const edges = [edgesOf(cidr), ...except.map(edgesOf)]
  const candidates = edges.flatMap(({ first, last }) => [first, neighbour(first, 1), last, neighbour(last, 1), neighbour(first, -1)])
  return candidates.find(address => containsAddress(cidr, address) && !except.some(network => containsAddress(network, address)))
}

function isCidr (text: string): boolean {
  return ipaddr.isValidCIDR(text)
}

function edgesOf (cidr: string): { first: string, last: string } {
  const [address, bits] = ipaddr.parseCIDR(cidr)
  const bytes = address.toByteArray()
  const edge = (ones: boolean) => ipaddr.fromByteArray(bytes.map((byte, index) => {
    const kept = Math.max(0, Math.min(8, bits - index * 8))
    const free = 0xff >> kept
    return ones ? byte | free : byte & ~free & 0xff
  })).toString()
  return { first: edge(false), last: edge(true) }
}

/** The next address, or the one before, without passing the end of the family. */
function neighbour (address: string, step: 1 | -1): string {
  const bytes = ipaddr.parse(address).toByteArray()
  const overflow = step === 1 ? 0xff : 0
  let index = bytes.length - 1
  while (index > 0 && bytes[index] === overflow) index--
  const changed = bytes.map((byte, at) => at < index ? byte : at === index ? (byte + step) & 0xff : 0xff - overflow)
  return ipaddr.fromByteArray(changed).toString()
}

function realPods (namespace: NamespaceOfModel, pods: readonly ObservedObject[]): PodEnd[] {
  const own = pods.filter(({ metadata }) => metadata.namespace === namespace.name && metadata.deletionTimestamp === undefined)
  return own.map(pod => {
    const status = fieldsAt(pod, 'status')
    const addresses = listAt(status, 'podIPs').map(each => textAt(each, 'ip')).filter(ip => ip !== '')
    return { namespace, labels: pod.metadata.labels ?? {}, addresses, ports: portsOf(pod) }
  })
}

function portsOf (pod: ObservedObject): Record<string, number> {
  const containers = listAt(fieldsAt(pod, 'spec'), 'containers')
  return Object.fromEntries(containers.flatMap(container => listAt(container, 'ports'))
    .filter(port => typeof port['name'] === 'string' && typeof port['containerPort'] === 'number')
    .map(port => [String(port['name']), Number(port['containerPort'])]))
}
