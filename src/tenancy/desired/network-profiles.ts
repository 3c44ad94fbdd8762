import ipaddr from 'ipaddr.js'
import { containsNetwork } from '../../api/cidr.ts'
import { networkProfiles, profilePolicyName, type NetworkProfile } from '../../api/network-profiles.ts'
import type { AdditionalPolicy, ClusterRanges, Network, Peer, TrafficRule } from '../../api/network.ts'
import { memoize } from '../../kubernetes/memoize.ts'

/** Networks that are not the internet, and metadata services of clouds. The profile internet leads to none of them. */
const notInternet = {
  // Source: https://www.iana.org/assignments/iana-ipv4-special-registry
  // 168.63.129.16 is the host of a node on Azure, and gives out secrets.
  '0.0.0.0/0': [
    '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '168.63.129.16/32', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16',
    '224.0.0.0/3'
  ],
  // Source: https://www.iana.org/assignments/ipv6-address-space. ::/8 has loopback, and IPv4 addresses by mapping and NAT64.
  '::/0': ['::/8', 'fc00::/7', 'fe80::/10', 'ff00::/8']
}

/** Where a node-local cache of DNS listens. Source: https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/ */
const nodeLocalDns = '169.254.20.10/32'

/** The place of the DNS Service among the addresses of Services, by kubeadm and most installers. */
const placeOfDns = 10

export interface AllowedTraffic {
  /** Egress to name servers. */
  dns: TrafficRule[]
  /** Of profiles, then of the class. */
  policies: AdditionalPolicy[]
}

/** Returns the traffic of a class, with that of its profiles. */
export const allowedTraffic = memoize((network: Network): AllowedTraffic => {
  const { dns, profiles, clusterRanges, policies = [] } = network
  if (profiles === undefined) return { dns: [dns], policies }
  const used = networkProfiles.filter(profile => profiles.includes(profile))
  return {
    dns: [dns, dnsInNetworkOfNode(clusterRanges)],
    policies: [...used.map(profile => ({ name: profilePolicyName(profile), ...trafficOf[profile](network) })), ...policies]
  }
})

/**
 * A cache in the network of its node is no pod to a NetworkPolicy. It may also answer at the address of the DNS Service, which is not
 * translated then.
 */
function dnsInNetworkOfNode (ranges: ClusterRanges | undefined): TrafficRule {
  const services = (ranges?.services ?? []).flatMap(network => addressIn(network, placeOfDns))
  return {
    peers: [nodeLocalDns, ...services].map(cidr => ({ cidr })),
    ports: [{ port: 53, protocol: 'UDP' }, { port: 53, protocol: 'TCP' }]
  }
}

/** None where the network is too small. */
function addressIn (network: string, place: number): string[] {
  const [first, bits] = ipaddr.parseCIDR(network)
  const bytes = first.toByteArray()
  const size = bytes.length * 8
  if (2 ** (size - bits) <= place) return []
  return [`${ipaddr.fromByteArray(bytes.with(-1, (bytes.at(-1) ?? 0) + place)).toString()}/${size}`]
}

type Traffic = Pick<AdditionalPolicy, 'ingress' | 'egress'>

const trafficOf: Record<NetworkProfile, (network: Network) => Traffic> = {
  internet: ({ clusterRanges }) => ({ egress: [{ peers: internet(clusterRanges) }] }),
  'ingress-controllers': ({ ingressControllers = [{ namespace: 'ingress-nginx' }] }) => ({ ingress: [{ peers: ingressControllers }] }),
  monitoring: ({ monitoring = [{ namespace: 'monitoring' }] }) => ({ ingress: [{ peers: monitoring }] }),
  'api-server': ({ apiServer: { addresses, port } = { addresses: [], port: 0 } }) => addresses.length === 0
    ? {}
    : { egress: [{ peers: addresses.map(cidr => ({ cidr })), ports: [{ port, protocol: 'TCP' }] }] }
}

function internet (ranges: ClusterRanges | undefined): Peer[] {
  const cluster = ranges === undefined ? [] : [...ranges.pods, ...ranges.services, ...ranges.nodes]
  return Object.entries(notInternet).map(([cidr, networks]) => {
    const others = cluster.filter(network => containsNetwork(cidr, network) && !networks.some(known => containsNetwork(known, network)))
    return { cidr, except: [...networks, ...new Set(others)] }
  })
}
