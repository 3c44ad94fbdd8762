import type { BoundChange, LimitChange, Path, Peer, Port } from '../report.ts'

/** `egress to 10.0.0.0/8 except 10.1.0.0/16 on TCP 443`. */
export function pathText ({ direction, peer, ports }: Path): string {
  const end = `${direction} ${direction === 'ingress' ? 'from' : 'to'} ${peerText(peer)}`
  return ports.length === 0 ? `${end} on all ports` : `${end} on ${ports.map(portText).join(', ')}`
}

function peerText (peer: Peer): string {
  const { namespace, tenant, own, cidr, except = [], other = 'all' } = peer
  if (cidr !== undefined) return except.length === 0 ? cidr : `${cidr} except ${except.join(', ')}`
  if (tenant !== undefined) return `Tenant ${tenant} (if it allows it too)`
  if (own !== undefined) return own === 'namespace' ? 'the same namespace' : 'other namespaces of the Tenant'
  return namespace === undefined ? other : namespaceText(namespace, peer)
}

function namespaceText (namespace: string, { podLabels = {}, withoutTenant }: Peer): string {
  const only = Object.entries(podLabels).map(([key, value]) => `${key}=${value}`)
  return `namespace ${namespace}${only.length === 0 ? '' : ` (pods ${only.join(', ')})`}${withoutTenant === true ? ' (of no Tenant)' : ''}`
}

function portText ({ protocol, port, endPort }: Port): string {
  return `${protocol} ${port}${endPort === port ? '' : `-${endPort}`}`
}

/** `services.types: adds LoadBalancer`, `pods.maxContainers: 32 -> 64`. All entries of a loosened bound, since each one matters. */
export function boundText ({ field, direction, added, removed, before, after }: BoundChange): string {
  const list = direction === 'loosened' ? all : few
  if (added !== undefined) return `${field}: adds ${list(added)}`
  if (removed !== undefined) return `${field}: removes ${list(removed)}`
  return `${field}: ${quoted(before)} -> ${quoted(after)}`
}

/** `limit max.cpu of Container: 1 -> 2`. */
export function limitText ({ type, field, resource, before, after }: LimitChange): string {
  return `limit ${field}.${resource} of ${type}: ${before ?? 'none'} -> ${after ?? 'none'}`
}

/** The widest entries first, so that a reader of the first ones misses none of these. */
function all (entries: readonly string[]): string {
  const ranked = entries.map(entry => ({ entry, rank: narrowness(entry) })).sort((a, b) => a.rank - b.rank)
  return ranked.map(({ entry }) => quoted(entry)).join(', ')
}

/** The length of the prefix of a network, or the number of labels below a wildcard. Other entries follow. */
function narrowness (entry: string): number {
  if (entry === '*') return -1
  const [, prefix] = /^[0-9a-f.:]+\/(\d{1,3})$/i.exec(entry) ?? []
  if (prefix !== undefined) return Number(prefix)
  return entry.startsWith('*.') ? entry.split('.').length : 1_000
}

const maxEntries = 10

function few (entries: readonly string[]): string {
  const shown = entries.slice(0, maxEntries).map(quoted).join(', ')
  return entries.length > maxEntries ? `${shown} and ${entries.length - maxEntries} more` : shown
}

const quoted = (text: string | undefined): string => text === undefined ? '(none)' : text === '' ? '""' : text === '*' ? 'any' : text
