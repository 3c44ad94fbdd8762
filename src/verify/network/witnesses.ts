import ipaddr from 'ipaddr.js'
import { containsAddress } from '../../api/cidr.ts'
import { fieldsAt, isFields, textAt, type Fields } from '../../kubernetes/json.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'
import type { NamespaceOfModel, PodEnd, PolicyObject } from './model.ts'
import { counterexampleOf, witnessOf, type Labels } from './selectors.ts'

/** Pods with the same labels are alike to NetworkPolicies. */
const maxRealPods = 16

const listAt = (fields: Fields, field: string): Fields[] => Array.isArray(fields[field]) ? fields[field].filter(isFields) : []
const specOf = ({ spec }: PolicyObject): Fields => isFields(spec) ? spec : {}

/**
 * The pods that represent a namespace: real ones, one without labels, and for each selector of its own policies one that it selects and
 * one that it does not. Members choose the labels of their pods, so pods that do not exist yet count.
 */
export function podsOf (namespace: NamespaceOfModel, pods: readonly ObservedObject[]): PodEnd[] {
  const selectors = namespace.policies.map(policy => fieldsAt(specOf(policy), 'podSelector'))
  const chosen = selectors.flatMap(selector => [witnessOf(selector), counterexampleOf(selector)])
  return [...realPods(namespace, pods), ...unique([{}, ...chosen]).map(labels => ({ namespace, labels, addresses: [] }))]
}

/** The pods of another namespace that the peers of these policies could mean: authors there choose labels that fit. */
export function peersIn (namespace: NamespaceOfModel, pods: readonly ObservedObject[], policies: readonly PolicyObject[]): PodEnd[] {
  const chosen = peersOf(policies).map(peer => witnessOf(fieldsAt(peer, 'podSelector')))
  const real = realPods(namespace, pods).filter(({ addresses }) => addresses.length > 0)
  return [...unique([{}, ...chosen]).map(labels => ({ namespace, labels, addresses: [] })), ...real]
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
  const byLabels = new Map(own.map(pod => [JSON.stringify(Object.entries(pod.metadata.labels ?? {}).sort()), pod]))
  return [...byLabels.values()].slice(0, maxRealPods).map(pod => {
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

function unique (all: ReadonlyArray<Labels | undefined>): Labels[] {
  const found = new Map(all.filter(labels => labels !== undefined).map(labels => [JSON.stringify(Object.entries(labels).sort()), labels]))
  return [...found.values()]
}
