import { Type, type Static } from '@sinclair/typebox'
import ipaddr from 'ipaddr.js'
import { dnsLabel, keysAreQualifiedNames, valuesAreLabelValues } from './validation/label-syntax.ts'
import { withValidations, type Validation } from './validation/cel-rule.ts'

/** True for a CIDR without host bits, in IPv4 or IPv6: 10.0.0.0/8, not 10.1.2.3/8. The API server refuses the latter. */
function isNetworkCidr (text: string): boolean {
  if (!isStrictCidr(text)) return false
  const [address, bits] = ipaddr.parseCIDR(text)
  const network = address.kind() === 'ipv4'
    ? ipaddr.IPv4.networkAddressFromCIDR(text)
    : ipaddr.IPv6.networkAddressFromCIDR(text)
  return `${address.toNormalizedString()}/${bits}` === `${network.toNormalizedString()}/${bits}`
}

/** Without what ipaddr.js reads and the API server does not: 10/8, 010.0.0.0/8, 0x0a.0.0.0/8, ::ffff:10.0.0.0/104, zones. */
function isStrictCidr (text: string): boolean {
  if (!ipaddr.isValidCIDR(text) || /\/0\d|%/.test(text)) return false
  const [address = ''] = text.split('/')
  if (!address.includes(':')) return ipaddr.IPv4.isValidFourPartDecimal(address) && !/\b0\d/.test(address)
  return !ipaddr.IPv6.parse(address).isIPv4MappedAddress()
}

/** True where the first network lies in the second one and is not all of it. */
function isWithin (inner: string, outer: string): boolean {
  const [[address, bits], [network, shorter]] = [ipaddr.parseCIDR(inner), ipaddr.parseCIDR(outer)]
  return address.kind() === network.kind() && bits > shorter && address.match(network, shorter)
}

const networkCidr: Validation<string> = {
  rule: 'isCIDR(self) && cidr(self) == cidr(self).masked()',
  message: 'write the first address of the network and its length, for example 10.0.0.0/8 or 2001:db8::/32',
  holds: isNetworkCidr
}

export const Cidr = withValidations(Type.String({ maxLength: 43, description: 'A network, for example 10.0.0.0/8.' }), [networkCidr])

export const Peer = withValidations(
  Type.Object({
    namespace: Type.Optional(Type.String({
      maxLength: 63,
      pattern: dnsLabel.source,
      description: 'Name of a namespace. It is matched by kubernetes.io/metadata.name, which the API server sets and nobody can forge.'
    })),
    podLabels: Type.Optional(withValidations(Type.Record(Type.String(), Type.String({ maxLength: 63 }), {
      minProperties: 1,
      maxProperties: 8,
      description: 'Only pods with these labels in that namespace. Without it, all of its pods.'
    }), [keysAreQualifiedNames, valuesAreLabelValues])),
    cidr: Type.Optional(Cidr),
    except: Type.Optional(Type.Array(Cidr, { minItems: 1, maxItems: 16, description: 'Networks within cidr that stay closed.' }))
  }, { description: 'The other end of a connection: a namespace, or a network.' }),
  [
    {
      rule: 'has(self.namespace) != has(self.cidr)',
      message: 'a peer is either a namespace or a cidr: give exactly one of them',
      holds: self => (self.namespace !== undefined) !== (self.cidr !== undefined)
    },
    {
      rule: '!has(self.podLabels) || has(self.namespace)',
      message: 'podLabels narrow a namespace: give namespace too, or remove podLabels',
      holds: self => self.podLabels === undefined || self.namespace !== undefined
    },
    {
      rule: '!has(self.except) || has(self.cidr)',
      message: 'except narrows a cidr: give cidr too, or remove except',
      holds: self => self.except === undefined || self.cidr !== undefined
    },
    {
      rule: '!has(self.except) || !has(self.cidr) || !isCIDR(self.cidr) || self.except.all(inner, !isCIDR(inner) || (cidr(self.cidr).containsCIDR(inner) && cidr(inner).prefixLength() > cidr(self.cidr).prefixLength()))',
      message: 'each network under except must lie within cidr and be smaller than it',
      holds: ({ except = [], cidr }) => cidr === undefined || !isNetworkCidr(cidr) || except.every(inner => !isNetworkCidr(inner) || isWithin(inner, cidr))
    }
  ]
)
export type Peer = Static<typeof Peer>

export const Port = withValidations(
  Type.Object({
    port: Type.Integer({ format: 'int32', minimum: 1, maximum: 65535, description: 'Port number, or the first of a range.' }),
    endPort: Type.Optional(Type.Integer({ format: 'int32', minimum: 1, maximum: 65535, description: 'Last port of a range.' })),
    protocol: Type.Union([Type.Literal('TCP'), Type.Literal('UDP'), Type.Literal('SCTP')], { default: 'TCP', description: 'TCP, UDP or SCTP.' })
  }, { description: 'A port, or a range of ports, of one protocol.' }),
  [{
    rule: '!has(self.endPort) || self.endPort >= self.port',
    message: 'endPort is the last port of the range and cannot lie before port',
    holds: self => self.endPort === undefined || self.endPort >= self.port
  }]
)
export type Port = Static<typeof Port>

const peers = (description: string) => Type.Array(Peer, { minItems: 1, maxItems: 16, description })
const ports = (description: string) => Type.Array(Port, { minItems: 1, maxItems: 16, description })

export const TrafficRule = Type.Object({
  peers: peers('The other ends. There is no way to write "everybody": name the networks or namespaces.'),
  ports: Type.Optional(ports('The ports of the receiving side. Without it, all ports.'))
}, { description: 'Connections that are let through.' })
export type TrafficRule = Static<typeof TrafficRule>

export const AdditionalPolicy = withValidations(
  Type.Object({
    name: Type.String({
      maxLength: 63,
      pattern: dnsLabel.source,
      description: 'Name of the NetworkPolicy. The names default-deny, allow-dns and allow-same-namespace are taken.'
    }),
    ingress: Type.Optional(Type.Array(TrafficRule, { minItems: 1, maxItems: 8, description: 'Who may connect to the pods of the tenant.' })),
    egress: Type.Optional(Type.Array(TrafficRule, { minItems: 1, maxItems: 8, description: 'What the pods of the tenant may connect to.' }))
  }, { description: 'A NetworkPolicy for all pods of the tenant, beside the ones that every tenant has.' }),
  [
    {
      rule: "!(self.name in ['default-deny', 'allow-dns', 'allow-same-namespace'])",
      message: 'default-deny, allow-dns and allow-same-namespace are there for every tenant: choose another name',
      holds: self => !['default-deny', 'allow-dns', 'allow-same-namespace'].includes(self.name)
    },
    {
      rule: 'has(self.ingress) || has(self.egress)',
      message: 'a policy without ingress and egress rules lets nothing through: give one of them, or remove the policy',
      holds: self => self.ingress !== undefined || self.egress !== undefined
    }
  ]
)
export type AdditionalPolicy = Static<typeof AdditionalPolicy>

const defaultDns = {
  peers: [{ namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' } }],
  ports: [{ port: 53, protocol: 'UDP' as const }, { port: 53, protocol: 'TCP' as const }]
}

export const Network = Type.Object({
  dns: Type.Object({
    peers: Type.Array(Peer, {
      default: defaultDns.peers,
      minItems: 1,
      maxItems: 16,
      description: 'Where name servers listen. Add {cidr: 169.254.20.10/32} for a node-local cache.'
    }),
    ports: Type.Array(Port, { default: defaultDns.ports, minItems: 1, maxItems: 16, description: 'The ports that name servers listen on, 5353 with some distributions.' })
  }, { default: defaultDns, description: 'Egress to name servers, which every pod needs.' }),
  policies: Type.Optional(Type.Array(AdditionalPolicy, {
    maxItems: 16,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    description: 'What is let through beside DNS and traffic within the namespace, for example from the ingress controller.'
  }))
}, {
  default: { dns: defaultDns },
  description: 'Every tenant has default-deny in both directions, DNS, and traffic within its namespace. This says where DNS is and what else is let through.'
})
export type Network = Static<typeof Network>
