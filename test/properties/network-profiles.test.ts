import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { describe, expect, it } from 'vitest'
import { networkProfiles, type NetworkProfile } from '../../src/api/network-profiles.ts'
import type { ClusterRanges, Network, Peer } from '../../src/api/network.ts'
import { TenantClass } from '../../src/api/tenant-class.ts'
import { checker } from '../../src/api/validation/checker.ts'
import { networkPolicies } from '../../src/tenancy/desired/network-policy.ts'
import { casesOfRun } from '../support/cases-of-run.ts'
import { allows, type Connection, type Endpoint, type Pod, type World } from '../support/network-model.ts'
import { defaultClass } from '../support/objects.ts'

const cases = Number(process.env.K8S_MTP_CASES ?? casesOfRun(3_000))
const seed = Number(process.env.K8S_MTP_SEED ?? Date.now() % 2 ** 31)
console.log(`network profiles: ${cases} cases, K8S_MTP_SEED=${seed}`)
const own = 'tenant-acme-shop'
const names = [own, 'tenant-globex-web', 'kube-system', 'ingress-nginx', 'monitoring', 'observability', 'default']
const namespaces: World['namespaces'] = Object.fromEntries(names.map(name => [name, { 'kubernetes.io/metadata.name': name }]))

/** Networks of clusters: private, public, and dual-stack ones with public IPv6 addresses for pods. */
const ranges = fc.constantFrom<ClusterRanges[]>(
  { pods: ['10.244.0.0/16'], services: ['10.96.0.0/12'], nodes: ['192.168.64.0/20'] },
  { pods: ['100.64.0.0/16', '2600:1f13:1::/56'], services: ['172.20.0.0/16', 'fd00:10:96::/112'], nodes: ['198.51.100.0/24', '203.0.113.64/26', '2600:1f13:2::/64'] },
  { pods: ['33.0.0.0/11'], services: ['34.118.224.0/20'], nodes: ['35.0.0.0/24', '2a01:4f8:1::/48'] }
)
const apiServer = { addresses: ['192.168.64.2/32', '2600:1f13:2::2/128'], port: 6443 }
const networks = fc.record({
  profiles: fc.uniqueArray(fc.constantFrom(...networkProfiles)),
  clusterRanges: ranges,
  monitoring: fc.constantFrom<Peer[] | undefined>([{ namespace: 'observability', podLabels: { app: 'prometheus' } }], undefined)
}).map(({ monitoring, ...rest }): Network => ({ dns: defaultClass().spec.network.dns, apiServer, ...rest, ...(monitoring !== undefined && { monitoring }) }))

const octets = fc.array(fc.nat(255), { minLength: 16, maxLength: 16 })
const inNetwork = (cidr: string) => octets.map(random => {
  const [first, bits] = ipaddr.parseCIDR(cidr)
  const bytes = first.toByteArray().map((byte, index) => {
    const kept = Math.max(0, Math.min(8, bits - index * 8))
    const mask = (0xff << (8 - kept)) & 0xff
    return (byte & mask) | ((random[index] ?? 0) & ~mask & 0xff)
  })
  return ipaddr.fromByteArray(bytes).toString()
})
const notable = [
  '169.254.169.254', '169.254.170.2', '169.254.170.23', '168.63.129.16', '100.100.100.200', '192.0.0.192', 'fd00:ec2::254', 'fd20:ce::254', '127.0.0.1', '::1',
  '::ffff:10.0.0.1', '64:ff9b::a9fe:a9fe', '169.254.20.10', '10.96.0.10', '172.20.0.10', '34.118.224.10', 'fd00:10:96::a', '192.168.64.2', '2600:1f13:2::2',
  '1.1.1.1', '8.8.8.8', '203.0.113.1', '2606:4700:4700::1111', '255.255.255.255', '0.0.0.0', '10.255.255.255', '11.0.0.0', '172.15.255.255', '172.32.0.0'
]
/** At and beside the edges of each network, in it, and anywhere. */
const addresses = fc.oneof(
  fc.constantFrom(...notable),
  inNetwork('0.0.0.0/0'),
  inNetwork('::/0'),
  inNetwork('2000::/3'),
  ...['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '224.0.0.0/3', 'fc00::/7', 'fe80::/10', '198.51.100.0/24',
    '203.0.113.64/26', '33.0.0.0/11', '35.0.0.0/24', '2600:1f13:1::/56', '2600:1f13:2::/64', '2a01:4f8:1::/48'].map(inNetwork)
)
const pods = fc.record({
  namespace: fc.constantFrom(...names),
  labels: fc.constantFrom({}, { app: 'prometheus' }, { 'k8s-app': 'kube-dns' }),
  ip: fc.constant('10.244.3.7')
})
const endpoints: fc.Arbitrary<Endpoint> = fc.oneof(pods, addresses.map(ip => ({ ip })))
const connections: fc.Arbitrary<Connection> = fc.record({
  protocol: fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const),
  port: fc.oneof(fc.constantFrom(53, 80, 443, 6443, 8080, 10250), fc.integer({ min: 1, max: 65535 }))
})

const isIn = (ip: string, cidrs: string[]): boolean => cidrs.some(cidr => {
  const [address, [first, bits]] = [ipaddr.parse(ip), ipaddr.parseCIDR(cidr)]
  return address.kind() === first.kind() && address.match(first, bits)
})

/** By the words of the reference, and not by ranges of the code: what ipaddr.js calls unicast is the internet. */
function isInternet (ip: string, { clusterRanges }: Network): boolean {
  const { pods = [], services = [], nodes = [] } = clusterRanges ?? {}
  const address = ipaddr.parse(ip)
  const reserved = ['168.63.129.16/32', '::/8']
  // Tunnels, documentation and benchmarks lead nowhere in a cluster.
  const isPublic = address.kind() === 'ipv4'
    ? !['unspecified', 'broadcast', 'multicast', 'linkLocal', 'loopback', 'private', 'carrierGradeNat'].includes(address.range()) && !isIn(ip, ['0.0.0.0/8', '240.0.0.0/4'])
    : !['multicast', 'linkLocal', 'loopback', 'uniqueLocal', 'ipv4Mapped', 'unspecified'].includes(address.range())
  return isPublic && !isIn(ip, [...reserved, ...pods, ...services, ...nodes])
}

const isPod = (endpoint: Endpoint): endpoint is Pod => 'namespace' in endpoint
const has = ({ profiles = [] }: Network, profile: NetworkProfile) => profiles.includes(profile)

function mayReach (network: Network, other: Endpoint, { protocol, port }: Connection): boolean {
  const isDns = port === 53 && protocol !== 'SCTP'
  if (isPod(other)) return other.namespace === own || (isDns && other.namespace === 'kube-system' && 'k8s-app' in other.labels)
  const services = network.clusterRanges?.services ?? []
  const serviceOfDns = { '10.96.0.10': '10.96.0.0/12', '172.20.0.10': '172.20.0.0/16', '34.118.224.10': '34.118.224.0/20', 'fd00:10:96::a': 'fd00:10:96::/112' }
  const isDnsService = Object.entries(serviceOfDns).some(([ip, range]) => ip === other.ip && services.includes(range))
  return (isDns && (other.ip === '169.254.20.10' || isDnsService)) ||
    (has(network, 'internet') && isInternet(other.ip, network)) ||
    (has(network, 'api-server') && ['192.168.64.2', '2600:1f13:2::2'].includes(other.ip) && port === 6443 && protocol === 'TCP')
}

function mayBeReached (network: Network, other: Endpoint): boolean {
  if (!isPod(other)) return false
  const isMonitoring = network.monitoring === undefined
    ? other.namespace === 'monitoring'
    : other.namespace === 'observability' && 'app' in other.labels
  return other.namespace === own || (has(network, 'ingress-controllers') && other.namespace === 'ingress-nginx') || (has(network, 'monitoring') && isMonitoring)
}

const pod: Pod = { namespace: own, labels: { app: 'web' }, ip: '10.244.1.5' }
const worldOf = (network: Network): World => ({ namespaces, policies: { [own]: networkPolicies(network, { namespace: own, labels: {} }).map(({ spec }) => spec) } })

describe('a pod under any profiles, by the model of what a network plugin does', () => {
  it('reaches exactly what they allow, in both address families', () => {
    let allowed = 0
    fc.assert(fc.property(networks, fc.array(fc.tuple(endpoints, connections), { minLength: 10, maxLength: 10 }), (network, attempts) => {
      const world = worldOf(network)
      for (const [other, connection] of attempts) {
        const isAllowed = allows(world, 'Egress', pod, other, connection)
        expect(isAllowed, JSON.stringify({ other, connection, profiles: network.profiles })).toBe(mayReach(network, other, connection))
        if (isAllowed) allowed++
      }
    }), { numRuns: cases, seed })
    expect(allowed).toBeGreaterThan(cases / 2)
  })

  it('is reached by exactly what they allow', () => {
    fc.assert(fc.property(networks, endpoints, connections, (network, other, connection) => {
      expect(allows(worldOf(network), 'Ingress', pod, other, connection)).toBe(mayBeReached(network, other))
    }), { numRuns: cases, seed })
  })

  it('resolves names by pods, by a node-local cache, and by one at the address of the DNS Service', () => {
    const servers: Endpoint[] = [{ namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' }, ip: '10.244.0.2' }, { ip: '169.254.20.10' }]
    fc.assert(fc.property(networks, fc.constantFrom('UDP' as const, 'TCP' as const), (network, protocol) => {
      const ofService: Record<string, string> = { '10.96.0.0/12': '10.96.0.10', '172.20.0.0/16': '172.20.0.10', '34.118.224.0/20': '34.118.224.10', 'fd00:10:96::/112': 'fd00:10:96::a' }
      for (const server of [...servers, ...(network.clusterRanges?.services ?? []).map(range => ({ ip: ofService[range] ?? expect.unreachable() }))]) {
        expect(allows(worldOf(network), 'Egress', pod, server, { protocol, port: 53 })).toBe(true)
        expect(allows(worldOf({ ...network, profiles: [] }), 'Egress', pod, server, { protocol, port: 54 })).toBe(false)
      }
    }), { numRuns: casesOfRun(100), seed })
  })

  it('is under a class that is valid', () => {
    const check = checker(TenantClass)
    fc.assert(fc.property(networks, network => {
      expect(check(defaultClass(spec => { spec.network = network }))).toMatchObject({ ok: true })
    }), { numRuns: casesOfRun(100), seed })
  })
})
