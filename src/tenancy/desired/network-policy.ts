import type { NetworkPolicyEgressRule, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec } from 'kubernetes-types/networking/v1.js'
import { namespaceNameLabel } from '../../api/group.ts'
import type { AdditionalPolicy, Network, Peer, Port, TrafficRule } from '../../api/network.ts'
import { defaultDenyName } from './child-kinds.ts'
import { placedMetadata, type NetworkPolicyManifest, type Placement } from './manifest.ts'
import { allowedTraffic } from './network-profiles.ts'

export type Traffic = Omit<NetworkPolicySpec, 'podSelector'>

/** The policies of every Tenant, then those of its class. Policies add up: each one only allows more. */
export function networkPolicies (network: Network, placement: Placement): NetworkPolicyManifest[] {
  const { dns, policies } = allowedTraffic(network)
  return [
    networkPolicy(defaultDenyName, { policyTypes: ['Ingress', 'Egress'] }, placement),
    networkPolicy('allow-dns', { egress: dns.map(rule => egressRule(rule)), policyTypes: ['Egress'] }, placement),
    networkPolicy('allow-same-namespace', {
      ingress: [{ from: [peer({ namespace: placement.namespace })] }],
      egress: [{ to: [peer({ namespace: placement.namespace })] }],
      policyTypes: ['Ingress', 'Egress']
    }, placement),
    ...policies.map(policy => networkPolicy(policy.name, additionalTraffic(policy), placement))
  ]
}

/** A policy for all pods of the namespace. */
export function networkPolicy (name: string, traffic: Traffic, placement: Placement): NetworkPolicyManifest {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: placedMetadata(name, placement),
    spec: { podSelector: {}, ...traffic }
  }
}

export function additionalTraffic ({ ingress, egress }: Pick<AdditionalPolicy, 'ingress' | 'egress'>, peerOf = peer): Traffic {
  return {
    ...(ingress !== undefined && { ingress: ingress.map(rule => ({ from: rule.peers.map(peerOf), ...portsOf(rule) })) }),
    ...(egress !== undefined && { egress: egress.map(rule => egressRule(rule, peerOf)) }),
    policyTypes: [...(ingress === undefined ? [] : ['Ingress']), ...(egress === undefined ? [] : ['Egress'])]
  }
}

function egressRule (rule: TrafficRule, peerOf = peer): NetworkPolicyEgressRule {
  return { to: rule.peers.map(peerOf), ...portsOf(rule) }
}

function portsOf ({ ports }: TrafficRule): { ports?: NetworkPolicyPort[] } {
  return ports === undefined ? {} : { ports: ports.map(port) }
}

export function peer ({ namespace, podLabels, cidr, except }: Peer): NetworkPolicyPeer {
  if (cidr !== undefined) return { ipBlock: { cidr, ...(except !== undefined && { except }) } }
  return {
    // The API server sets this label; a tenant might be able to set any other one.
    namespaceSelector: { matchLabels: { [namespaceNameLabel]: namespace ?? '' } },
    ...(podLabels !== undefined && { podSelector: { matchLabels: podLabels } })
  }
}

function port ({ port, endPort, protocol }: Port): NetworkPolicyPort {
  return { port, protocol, ...(endPort !== undefined && { endPort }) }
}
