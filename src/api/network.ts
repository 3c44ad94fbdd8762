import { Type, type Static } from '@sinclair/typebox'
import { fewClusterRanges, networkProfiles, profilesAreComplete, profilesAreDifferent } from './network-profiles.ts'
import { containsAddress, isNetworkCidr, isSingleAddress, isWithin, lengthOf } from './cidr.ts'
import { OneOf } from './one-of.ts'
import { dnsLabel, keysAreQualifiedNames, valuesAreLabelValues } from './validation/label-syntax.ts'
import { withValidations, type Validation } from './validation/cel-rule.ts'

/**
 * Where clouds give a node its credentials, and pods on it too. Sources:
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
 * https://docs.cloud.google.com/compute/docs/metadata/querying-metadata (fd20:ce::254)
 */
const metadataAddresses = ['169.254.169.254', 'fd00:ec2::254', 'fd20:ce::254'] as const

interface Block { cidr?: string, except?: string[] }

const containsMetadata = `[${metadataAddresses.map(address => `'${address}'`).join(', ')}].exists(address, ` +
  'cidr(self.cidr).containsIP(address) && ' +
  '!(has(self.except) && self.except.exists(inner, isCIDR(inner) && cidr(inner).containsIP(address))))'
const hasMetadata = ({ cidr = '', except = [] }: Block): boolean => metadataAddresses.some(address =>
  containsAddress(cidr, address) && !except.some(inner => isNetworkCidr(inner) && containsAddress(inner, address)))
const metadataMessage = 'the network contains an address where clouds give pods the credentials of their node: ' +
  `${metadataAddresses.join(', ')}. Add 169.254.0.0/16, or fd00:ec2::254/128 and fd20:ce::254/128, to except`

/** A network of this address alone is meant: some clouds give pods credentials of their own there. */
const noMetadata: Validation<Block> = {
  rule: '!has(self.cidr) || !isCIDR(self.cidr) || cidr(self.cidr).prefixLength() == (cidr(self.cidr).ip().family() == 4 ? 32 : 128) || ' +
    `!${containsMetadata}`,
  message: `${metadataMessage}; if the address is meant, name it alone`,
  isValid: self => self.cidr === undefined || !isNetworkCidr(self.cidr) || isSingleAddress(self.cidr) || !hasMetadata(self)
}

/** Only a class decides on that, for all of its Tenants. */
const noMetadataAtAll: Validation<Block> = {
  rule: `!has(self.cidr) || !isCIDR(self.cidr) || !${containsMetadata}`,
  message: `${metadataMessage}, or use another network`,
  isValid: self => self.cidr === undefined || !isNetworkCidr(self.cidr) || !hasMetadata(self)
}

/** The other Tenant would not know of it. */
const noTenantNamespace: Validation<{ namespace?: string }> = {
  rule: "!has(self.namespace) || !self.namespace.startsWith('tenant-')",
  message: 'namespaces named tenant-* belong to Tenants. Use network.peers, by which both Tenants agree',
  isValid: ({ namespace = '' }) => !namespace.startsWith('tenant-')
}

const networkCidr: Validation<string> = {
  rule: 'isCIDR(self) && cidr(self) == cidr(self).masked()',
  message: 'write the first address of the network and its length, such as 10.0.0.0/8 or 2001:db8::/32',
  isValid: isNetworkCidr
}

export const Cidr = withValidations(Type.String({ maxLength: 43, description: 'A network, for example 10.0.0.0/8.' }), [networkCidr])

/** For lists without exceptions. */
const notEverything: Validation<string> = {
  rule: '!isCIDR(self) || cidr(self).prefixLength() > 0',
  message: '0.0.0.0/0 and ::/0 are all addresses, also those of the cluster and of other tenants. List the networks that are meant',
  isValid: self => !isNetworkCidr(self) || lengthOf(self) > 0
}

const boundedCidrSyntax = [networkCidr, notEverything]
export const BoundedCidr = withValidations(
  Type.String({ maxLength: 43, description: 'A network, for example 192.0.2.0/24.' }), boundedCidrSyntax
)

const metadataList = `[${metadataAddresses.map(address => `'${address}'`).join(', ')}]`

const noMetadataWithin: Validation<string> = {
  rule: `!isCIDR(self) || ${metadataList}.all(address, !cidr(self).containsIP(address))`,
  message: `the network contains an address where clouds give pods the credentials of their node: ${metadataAddresses.join(', ')}. ` +
    'Name smaller networks',
  isValid: self => !isNetworkCidr(self) || metadataAddresses.every(address => !containsAddress(self, address))
}

type PeerRule = Validation<{ namespace?: string, cidr?: string, except?: string[] }>

const peerWith = (description: string, ...rules: PeerRule[]) => withValidations(
  Type.Object({
    namespace: Type.Optional(Type.String({
      maxLength: 63,
      pattern: dnsLabel.source,
      description: 'Name of a namespace. It is matched by the label kubernetes.io/metadata.name, which the API server sets and users ' +
        'cannot change.'
    })),
    podLabels: Type.Optional(withValidations(Type.Record(Type.String(), Type.String({ maxLength: 63 }), {
      minProperties: 1,
      maxProperties: 8,
      description: 'Only pods with these labels in that namespace; all its pods if absent.'
    }), [keysAreQualifiedNames, valuesAreLabelValues])),
    cidr: Type.Optional(Cidr),
    except: Type.Optional(Type.Array(Cidr, { minItems: 1, maxItems: 16, description: 'Networks within cidr that are not allowed.' }))
  }, { description }),
  [
    {
      rule: 'has(self.namespace) != has(self.cidr)',
      message: 'a peer is either a namespace or a cidr. Set exactly one of them',
      isValid: self => (self.namespace !== undefined) !== (self.cidr !== undefined)
    },
    {
      rule: '!has(self.podLabels) || has(self.namespace)',
      message: 'podLabels need a namespace. Set namespace, or remove podLabels',
      isValid: self => self.podLabels === undefined || self.namespace !== undefined
    },
    {
      rule: '!has(self.except) || has(self.cidr)',
      message: 'except needs a cidr. Set cidr, or remove except',
      isValid: self => self.except === undefined || self.cidr !== undefined
    },
    {
      rule: '!has(self.except) || !has(self.cidr) || !isCIDR(self.cidr) || self.except.all(inner, !isCIDR(inner) || ' +
        '(cidr(self.cidr).containsCIDR(inner) && cidr(inner).prefixLength() > cidr(self.cidr).prefixLength()))',
      message: 'each network under except must be within cidr, and smaller',
      isValid: ({ except = [], cidr }) => cidr === undefined || !isNetworkCidr(cidr) ||
        except.every(inner => !isNetworkCidr(inner) || isWithin(inner, cidr))
    },
    ...rules
  ]
)
export const Peer = peerWith('The other end of a connection: a namespace, or a network.', noMetadata)
export type Peer = Static<typeof Peer>

export const Port = withValidations(
  Type.Object({
    port: Type.Integer({ format: 'int32', minimum: 1, maximum: 65535, description: 'Port number, or the first of a range.' }),
    endPort: Type.Optional(Type.Integer({ format: 'int32', minimum: 1, maximum: 65535, description: 'Last port of a range.' })),
    protocol: OneOf(['TCP', 'UDP', 'SCTP'], { default: 'TCP', description: 'TCP, UDP or SCTP.' })
  }, { description: 'A port, or a range of ports, of one protocol.' }),
  [{
    rule: '!has(self.endPort) || self.endPort >= self.port',
    message: 'endPort is the last port of the range. It must not be lower than port',
    isValid: self => self.endPort === undefined || self.endPort >= self.port
  }]
)
export type Port = Static<typeof Port>

const peers = (description: string, defaults = {}) => Type.Array(Peer, { ...defaults, minItems: 1, maxItems: 16, description })
const ports = (description: string, defaults = {}) => Type.Array(Port, { ...defaults, minItems: 1, maxItems: 16, description })
const portsOfReceiver = Type.Optional(ports('The ports of the receiving side; all ports if absent.'))

export const TrafficRule = Type.Object({
  peers: peers('The other ends of the connections. All peers cannot be allowed: name networks or namespaces.'),
  ports: portsOfReceiver
}, { description: 'Connections that are allowed.' })
export type TrafficRule = Static<typeof TrafficRule>

export const TenantPeer = peerWith(
  'The other end of a connection of one Tenant: a namespace without a Tenant, or a network without metadata addresses.',
  noTenantNamespace, noMetadataAtAll
)

export const TenantTrafficRule = Type.Object({
  peers: Type.Array(TenantPeer, { minItems: 1, maxItems: 16, description: 'The other ends of the connections.' }),
  ports: portsOfReceiver
}, { description: 'Connections of one Tenant that are allowed.' })

const tenantRules = (description: string) => Type.Optional(Type.Array(TenantTrafficRule, { minItems: 1, maxItems: 8, description }))

/** In both directions, as a policy of the class has them. */
export const TenantTraffic = (description: string) => Type.Object({
  ingress: tenantRules('Connections to the pods of the tenant.'), egress: tenantRules('Connections from the pods of the tenant.')
}, { description })
export type TenantTraffic = Static<ReturnType<typeof TenantTraffic>>

/** In one direction, where members write NetworkPolicies: guardrails compare each of theirs with all of these. */
export const maxTrafficRules = 16

/** The NetworkPolicies of every Tenant. */
export const standardPolicyNames = ['default-deny', 'allow-dns', 'allow-same-namespace']

/** Those of Tenants with network.allow, network.peers or network.betweenNamespaces of their class. */
export const tenantPolicyNames = { allow: 'tenant-allow', peers: 'tenant-peers', betweenNamespaces: 'tenant-namespaces' } as const

const reservedNames = [...standardPolicyNames, ...Object.values(tenantPolicyNames)]

export const AdditionalPolicy = withValidations(
  Type.Object({
    name: Type.String({
      maxLength: 63,
      pattern: dnsLabel.source,
      description: `Name of the NetworkPolicy. Reserved: ${reservedNames.join(', ')}.`
    }),
    ingress: Type.Optional(Type.Array(TrafficRule, { minItems: 1, maxItems: 8, description: 'Connections to the pods of the tenant.' })),
    egress: Type.Optional(Type.Array(TrafficRule, { minItems: 1, maxItems: 8, description: 'Connections from the pods of the tenant.' }))
  }, { description: 'A NetworkPolicy for all pods of the tenant, in addition to those of every tenant.' }),
  [
    {
      rule: `!(self.name in ['${reservedNames.join("', '")}'])`,
      message: `the names ${reservedNames.join(', ')} are reserved for the policies of tenants. Choose another name`,
      isValid: self => !reservedNames.includes(self.name)
    },
    {
      rule: 'has(self.ingress) || has(self.egress)',
      message: 'a policy without ingress and egress rules allows nothing. Add a rule, or remove the policy',
      isValid: self => self.ingress !== undefined || self.egress !== undefined
    }
  ]
)
export type AdditionalPolicy = Static<typeof AdditionalPolicy>

const defaultDns = {
  peers: [{ namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' } }],
  ports: [{ port: 53, protocol: 'UDP' as const }, { port: 53, protocol: 'TCP' as const }]
}

const ranges = (description: string) => Type.Array(BoundedCidr, { minItems: 1, maxItems: 7, description })

export const ClusterRanges = withValidations(Type.Object({
  pods: ranges('The networks of pods.'),
  services: ranges('The networks of Services. With a profile, DNS is also allowed to the tenth address of each, which a node-local ' +
    'cache may listen on.'),
  nodes: ranges('The networks of nodes, with their public addresses.')
}, {
  description: 'The networks of the cluster, also private ones. The profile internet does not lead there.'
}), [fewClusterRanges])
export type ClusterRanges = Static<typeof ClusterRanges>

const ApiServer = Type.Object({
  addresses: Type.Array(withValidations(BoundedCidr, [...boundedCidrSyntax, noMetadataWithin]), {
    minItems: 1,
    maxItems: 16,
    description: 'Where the API server listens, such as 192.0.2.10/32. To list it: kubectl get endpointslices ' +
      '-l kubernetes.io/service-name=kubernetes. NetworkPolicies apply to these addresses, and not to that of the Service kubernetes.'
  }),
  port: Type.Integer({
    format: 'int32', minimum: 1, maximum: 65535, default: 6443, description: 'Its port there, not that of the Service.'
  })
}, { description: 'The API server, for the profile api-server.' })

export const Network = withValidations(Type.Object({
  dns: Type.Object({
    peers: peers('Peers of the name servers. Add {cidr: 169.254.20.10/32} for a node-local cache.', { default: defaultDns.peers }),
    ports: ports('Ports of the name servers; 5353 in some distributions.', { default: defaultDns.ports })
  }, { default: defaultDns, description: 'Egress to name servers, which every pod needs.' }),
  profiles: Type.Optional(withValidations(Type.Array(OneOf([...networkProfiles], {
    description: 'internet, ingress-controllers, monitoring or api-server.'
  }), {
    maxItems: networkProfiles.length,
    description: 'Traffic that is allowed by name, each by a NetworkPolicy allow-<profile>. internet: egress to all addresses except ' +
      'private, link-local and metadata ones and those of clusterRanges. ingress-controllers, monitoring: ingress from these peers. ' +
      'api-server: egress to the API server. An empty list allows none; with any list, DNS works with a node-local cache.'
  }), [profilesAreDifferent])),
  clusterRanges: Type.Optional(ClusterRanges),
  ingressControllers: Type.Optional(peers('Ingress controllers, for the profile ingress-controllers; the namespace ingress-nginx if ' +
    'absent. Name the networks of nodes for controllers in the network of their node.')),
  monitoring: Type.Optional(peers('Monitoring, for the profile monitoring; the namespace monitoring if absent.')),
  apiServer: Type.Optional(ApiServer),
  betweenNamespaces: Type.Optional(Type.Boolean({
    description: 'While true, traffic with the other namespaces of the Tenant is allowed, where their class has it too.'
  })),
  policies: Type.Optional(Type.Array(AdditionalPolicy, {
    maxItems: 16,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    description: 'Traffic that is allowed in addition to DNS and traffic within the namespace, such as from an ingress controller.'
  }))
}, {
  default: { dns: defaultDns },
  description: 'Every tenant denies ingress and egress by default, except DNS and traffic within its namespace. This sets the name ' +
    'servers, and allows more.'
}), profilesAreComplete)
export type Network = Static<typeof Network>
