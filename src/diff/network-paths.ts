import ipaddr from 'ipaddr.js'
import type { NetworkPolicyPeer, NetworkPolicyPort } from 'kubernetes-types/networking/v1.js'
import { labels, namespaceNameLabel } from '../api/group.ts'
import type { Manifest, NetworkPolicyManifest } from '../tenancy/desired/manifest.ts'
import { cacheByKey } from './cache-by-key.ts'
import type { Path, Peer, Port } from './report.ts'

/** Names that paths have in every namespace, so that those of one class are equal. */
interface Own { name: string, tenantName: string }

/** Lists what the NetworkPolicies of a namespace allow. They add up, so that their names do not matter. */
export function pathsIn (contents: readonly Manifest[], own: Own): Path[] {
  return contents.filter(manifest => manifest.kind === 'NetworkPolicy').flatMap(policy => pathsOf(policy, own))
}

function pathsOf ({ spec: { ingress = [], egress = [] } }: NetworkPolicyManifest, own: Own): Path[] {
  const rules = [
    ...ingress.map(({ from = [], ports }) => ({ direction: 'ingress' as const, peers: from, ports })),
    ...egress.map(({ to = [], ports }) => ({ direction: 'egress' as const, peers: to, ports }))
  ]
  return rules.flatMap(({ direction, peers, ports = [] }) =>
    peers.map(peer => ({ direction, peer: peerOf(peer, own), ports: ports.map(portOf) })))
}

function peerOf (peer: NetworkPolicyPeer, own: Own): Peer {
  const { ipBlock, namespaceSelector } = peer
  if (ipBlock !== undefined) return { cidr: ipBlock.cidr, ...(ipBlock.except !== undefined && { except: ipBlock.except }) }
  const tenant = namespaceSelector?.matchLabels?.[labels.tenant]
  if (tenant !== undefined) return tenant === own.tenantName ? { own: 'tenant' } : { tenant }
  const namespace = namespaceSelector?.matchLabels?.[namespaceNameLabel]
  return namespace === undefined ? { other: JSON.stringify(peer) } : namespacePeer(peer, namespace, own)
}

function namespacePeer ({ podSelector, namespaceSelector }: NetworkPolicyPeer, namespace: string, own: Own): Peer {
  if (namespace === own.name) return { own: 'namespace' }
  return {
    namespace,
    ...(podSelector?.matchLabels !== undefined && { podLabels: podSelector.matchLabels }),
    ...(namespaceSelector?.matchExpressions !== undefined && { withoutTenant: true as const })
  }
}

function portOf ({ protocol = 'TCP', port, endPort }: NetworkPolicyPort): Port {
  const first = Number(port)
  return { protocol, port: first, endPort: endPort ?? first }
}

const known = cacheByKey<Path[]>()

/** Lists the paths that are not covered by others, with the ports that are not. */
export function pathsBeyond (paths: readonly Path[], others: readonly Path[]): Path[] {
  return known(JSON.stringify([paths, others]), () => {
    const merged = new Map<string, Path>()
    for (const path of paths) {
      const uncovered = path.ports.length === 0
        ? isCovered(path, undefined, others) ? undefined : []
        : path.ports.filter(port => !isCovered(path, port, others))
      if (uncovered === undefined || (path.ports.length > 0 && uncovered.length === 0)) continue
      const key = JSON.stringify([path.direction, path.peer])
      merged.set(key, { ...path, ports: union(merged.get(key)?.ports, uncovered) })
    }
    return [...merged.values()]
  })
}

/** No ports are all ports. */
function union (a: Port[] | undefined, b: Port[]): Port[] {
  if (a === undefined) return b
  if (a.length === 0 || b.length === 0) return []
  return [...new Map([...a, ...b].map(port => [JSON.stringify(port), port])).values()]
}

/** True where others allow all of it together, for each part of the range of ports. Undefined: all protocols and ports. */
function isCovered ({ direction, peer }: Path, range: Port | undefined, others: readonly Path[]): boolean {
  const beside = others.filter(other => other.direction === direction && mayCover(other.peer, peer))
  if (range === undefined) return coversPeer(beside.filter(({ ports }) => ports.length === 0), peer)
  const starts = beside.flatMap(({ ports }) => ports).filter(({ protocol }) => protocol === range.protocol)
    .flatMap(({ port, endPort }) => [port, endPort + 1]).filter(start => start > range.port && start <= range.endPort)
  const isOpen = ({ ports }: Path, start: number) => ports.length === 0 ||
    ports.some(({ protocol, port, endPort }) => protocol === range.protocol && port <= start && start <= endPort)
  return [...new Set([range.port, ...starts])].every(start => coversPeer(beside.filter(path => isOpen(path, start)), peer))
}

/** Networks cover another one together, and all other peers only alone. */
function coversPeer (paths: readonly Path[], peer: Peer): boolean {
  return peer.cidr === undefined ? paths.length > 0 : coversRanges(paths.flatMap(path => rangesOf(path.peer)), rangesOf(peer))
}

function mayCover (outer: Peer, inner: Peer): boolean {
  if (inner.cidr !== undefined) return outer.cidr !== undefined
  if (inner.namespace === undefined || outer.namespace === undefined) return JSON.stringify(outer) === JSON.stringify(inner)
  return outer.namespace === inner.namespace && (outer.withoutTenant === undefined || inner.withoutTenant === true) &&
    Object.entries(outer.podLabels ?? {}).every(([key, value]) => inner.podLabels?.[key] === value)
}

/** Addresses from first to last, as numbers. */
interface Range { family: string, first: bigint, last: bigint }

/** The addresses of a network without its exceptions. */
function rangesOf ({ cidr = '', except = [] }: Peer): Range[] {
  return except.map(rangeOf).reduce((ranges, hole) => ranges.flatMap(range => without(range, hole)), [rangeOf(cidr)])
}

function rangeOf (cidr: string): Range {
  const [address, bits] = ipaddr.parseCIDR(cidr)
  const bytes = address.toByteArray()
  const first = BigInt(`0x${bytes.map(byte => byte.toString(16).padStart(2, '0')).join('')}`)
  return { family: address.kind(), first, last: first + (1n << BigInt(bytes.length * 8 - bits)) - 1n }
}

function without (range: Range, hole: Range): Range[] {
  if (range.family !== hole.family || hole.last < range.first || hole.first > range.last) return [range]
  return [
    ...(hole.first > range.first ? [{ ...range, last: hole.first - 1n }] : []),
    ...(hole.last < range.last ? [{ ...range, first: hole.last + 1n }] : [])
  ]
}

function coversRanges (outer: readonly Range[], inner: readonly Range[]): boolean {
  return outer.reduce((left, range) => left.flatMap(each => without(each, range)), [...inner]).length === 0
}

/** True where all addresses of one network are in others together. */
export function coversNetwork (networks: readonly string[], network: string): boolean {
  return coversRanges(networks.map(rangeOf), [rangeOf(network)])
}
