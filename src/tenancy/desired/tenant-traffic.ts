import type { NetworkPolicyPeer } from 'kubernetes-types/networking/v1.js'
import { labels } from '../../api/group.ts'
import { tenantPolicyNames, type Peer } from '../../api/network.ts'
import type { Policy } from '../policy/effective-policy.ts'
import type { NetworkPolicyManifest, Placement } from './manifest.ts'
import { additionalTraffic, networkPolicy, peer, type Traffic } from './network-policy.ts'

/** The policies for traffic with other Tenants, with other namespaces of this one, and by which it adds to the network of its class. */
export function tenantTraffic (
  { ownNetwork: { allow, peers = [] }, network: { betweenNamespaces = false } }: Pick<Policy, 'ownNetwork' | 'network'>,
  placement: Placement
): NetworkPolicyManifest[] {
  const own = [{ tenant: placement.labels[labels.tenant] ?? '' }]
  const isEmpty = allow?.ingress === undefined && allow?.egress === undefined
  return [
    ...(isEmpty ? [] : [networkPolicy(tenantPolicyNames.allow, additionalTraffic(allow, peerWithoutTenant), placement)]),
    ...(peers.length === 0 ? [] : [networkPolicy(tenantPolicyNames.peers, trafficWithTenants(peers), placement)]),
    ...(betweenNamespaces ? [networkPolicy(tenantPolicyNames.betweenNamespaces, trafficWithTenants(own), placement)] : [])
  ]
}

/**
 * Opens this side only. The other Tenant denies all that its own policies do not allow, so traffic flows where both name each other. The
 * policies of namespaces know nothing of each other, and need no lookup.
 */
function trafficWithTenants (peers: ReadonlyArray<{ tenant: string }>): Traffic {
  const selectors = peers.map(({ tenant }) => ({ namespaceSelector: { matchLabels: { [labels.tenant]: tenant } } }))
  return { ingress: [{ from: selectors }], egress: [{ to: selectors }], policyTypes: ['Ingress', 'Egress'] }
}

/** Whatever its name is, the namespace of a Tenant is none of these peers. Only k8s-mtp sets the label. */
function peerWithoutTenant (written: Peer): NetworkPolicyPeer {
  const { namespaceSelector, ...rest } = peer(written)
  if (namespaceSelector === undefined) return rest
  return { namespaceSelector: { ...namespaceSelector, matchExpressions: [{ key: labels.tenant, operator: 'DoesNotExist' }] }, ...rest }
}
