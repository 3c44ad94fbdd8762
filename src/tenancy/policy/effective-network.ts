import { areDisjoint, containsNetwork } from '../../api/cidr.ts'
import type { NamespaceOverrides } from '../../api/namespace-overrides.ts'
import type { Peer, Port, TrafficRule } from '../../api/network.ts'
import type { TenantClass } from '../../api/tenant-class.ts'
import { overrideNotAllowed } from './override-refusal.ts'
import type { FieldProblem } from './problem.ts'

type Own = Pick<NamespaceOverrides, 'network'>

/** Lists traffic of the Tenant that its class does not allow. */
export function networkProblems (own: Own, tenantClass: TenantClass, tenantName: string): FieldProblem[] {
  return [...trafficProblems(own, tenantClass), ...peerProblems(own, tenantClass, tenantName)]
}

function peerProblems ({ network = {} }: Own, { metadata, spec }: TenantClass, tenantName: string): FieldProblem[] {
  const peers = network.peers ?? []
  const bound = 'spec.overrides.network.peers'
  if (peers.length > 0 && spec.overrides?.network?.peers !== true) {
    const path = ['spec', 'network', 'peers']
    return [overrideNotAllowed(path, `cannot be set under TenantClass ${metadata.name}, where ${bound} is not true`, bound)]
  }
  return peers.flatMap(({ tenant }, index): FieldProblem[] => tenant !== tenantName
    ? []
    : [{
        reason: 'SpecInvalid',
        path: ['spec', 'network', 'peers', index, 'tenant'],
        message: `${tenant} is this Tenant: pods within it may connect anyway. Remove this peer, or name another Tenant`
      }])
}

function trafficProblems ({ network = {} }: Own, tenantClass: TenantClass): FieldProblem[] {
  return (['ingress', 'egress'] as const).flatMap(direction => {
    const bounds = tenantClass.spec.overrides?.network?.allow?.[direction] ?? []
    const bound = `spec.overrides.network.allow.${direction}`
    const listed = bounds.length === 0 ? 'none' : bounds.map(describe).join(', ')
    return (network.allow?.[direction] ?? []).flatMap(({ peers, ports }, index) => peers.flatMap((peer, place) => {
      if (isAllowed(peer, ports, bounds)) return []
      const what = describe({ peers: [peer], ...(ports !== undefined && { ports }) })
      return [overrideNotAllowed(
        ['spec', 'network', 'allow', direction, index, 'peers', place],
        `${what} cannot be allowed under TenantClass ${tenantClass.metadata.name}: ${bound} lists ${listed}`, bound
      )]
    }))
  })
}

/** True where for each port there is a rule with it and with the peer. */
function isAllowed (peer: Peer, ports: Port[] | undefined, bounds: readonly TrafficRule[]): boolean {
  const ofPeer = bounds.filter(({ peers }) => peers.some(bound => isWithinPeer(peer, bound)))
  return ports === undefined
    ? ofPeer.some(bound => bound.ports === undefined)
    : ports.every(port => ofPeer.some(bound => bound.ports === undefined || bound.ports.some(range => isWithinRange(port, range))))
}

function isWithinPeer (peer: Peer, bound: Peer): boolean {
  if (peer.namespace !== undefined) {
    return peer.namespace === bound.namespace &&
      Object.entries(bound.podLabels ?? {}).every(([key, value]) => peer.podLabels?.[key] === value)
  }
  const { cidr, except = [] } = peer
  return cidr !== undefined && bound.cidr !== undefined && containsNetwork(bound.cidr, cidr) &&
    (bound.except ?? []).every(inner => areDisjoint(inner, cidr) || except.some(own => containsNetwork(own, inner)))
}

function isWithinRange ({ port, endPort = port, protocol }: Port, range: Port): boolean {
  return protocol === range.protocol && port >= range.port && endPort <= (range.endPort ?? range.port)
}

/** `namespace monitoring (app=prometheus) or 10.0.0.0/8 except 10.1.0.0/16 on TCP 443` */
function describe ({ peers, ports = [] }: TrafficRule): string {
  const on = ports.map(({ port, endPort, protocol }) => `${protocol} ${port}${endPort === undefined ? '' : `-${endPort}`}`)
  return `${peers.map(describePeer).join(' or ')}${on.length === 0 ? '' : ` on ${on.join(' ')}`}`
}

function describePeer ({ namespace, podLabels = {}, cidr, except = [] }: Peer): string {
  if (cidr !== undefined) return [cidr, ...(except.length === 0 ? [] : ['except']), ...except].join(' ')
  const labels = Object.entries(podLabels).map(([key, value]) => `${key}=${value}`).join(' ')
  return `namespace ${namespace}${labels === '' ? '' : ` (${labels})`}`
}
