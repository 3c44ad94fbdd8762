import type { Network, TrafficRule } from '../../api/network.ts'
import type { SelfService } from '../../api/self-service.ts'
import type { WorkloadPolicySpec } from '../../api/workload-policy.ts'
import { allowedTraffic } from './network-profiles.ts'

type Bounds = WorkloadPolicySpec['networkPolicies']

/** Returns the traffic that the class allows anyway: NetworkPolicies of members may name it, and add nothing to it. */
export function networkPolicyBounds (network: Network, { networkPolicies }: SelfService): Bounds {
  if (networkPolicies === undefined) return { narrow: false, ingress: [], egress: [] }
  const { dns, policies } = allowedTraffic(network)
  return {
    narrow: networkPolicies.ruleWithoutPeers === 'Narrow',
    ingress: policies.flatMap(({ ingress = [] }) => ingress).map(traffic),
    egress: [...dns, ...policies.flatMap(({ egress = [] }) => egress)].map(traffic)
  }
}

function traffic ({ peers, ports = [] }: TrafficRule): Bounds['ingress'][number] {
  return {
    peers: peers.map(({ namespace = '', podLabels = {}, cidr = '', except = [] }) => ({ namespace, podLabels, cidr, except })),
    ports: ports.map(({ port, endPort = port, protocol }) => ({ protocol, port, endPort }))
  }
}
