import { classManifest, smallClass } from './classes.ts'
import type { Refusal } from './refusals.ts'

const refusal = (it: string, refused: object, accepted: object, says: string): Refusal =>
  ({ it, refused: classManifest('tiny', refused), accepted: classManifest('tiny', accepted), says })

const named = (it: string, refused: string, accepted: string, says: string): Refusal =>
  ({ it, refused: classManifest(refused), accepted: classManifest(accepted), says })

const rule = (part: object) => ({
  roles: {
    ...smallClass.roles, operator: { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'], ...part }] }
  }
})
const roles = (names: string[], rule: object = {}) => ({
  additionalRoles: Object.fromEntries(names.map(name => [name, { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'], ...rule }] }]))
})
const peer = (peer: object) => ({ network: { policies: [{ name: 'more', egress: [{ peers: [peer] }] }] } })
const fromPeer = (peer: object) => ({ network: { policies: [{ name: 'more', ingress: [{ peers: [peer] }] }] } })
const port = (port: object) => ({ network: { dns: { ports: [port] } } })
const policy = (policy: object) => ({ network: { policies: [policy] } })
const cluster = { pods: ['10.244.0.0/16'], services: ['10.96.0.0/12'], nodes: ['192.0.2.0/24'] }
const profiles = (profiles: string[], others: object = {}) => ({ network: { profiles, ...others } })
const ingress = [{ peers: [{ namespace: 'ingress-nginx' }] }]
const namespaceLabels = (labels: object) => ({ namespaceMetadata: { labels } })
const namespaceAnnotations = (annotations: object) => ({ namespaceMetadata: { annotations } })
const reserving = (prefix: string) => ({ namespaceMetadata: { reservedPrefixes: [prefix] } })
const prefixes = (field: 'labels' | 'annotations', prefix: string) => ({ overrides: { [field]: { prefixes: [prefix] } } })
const allowing = (peer: object) => ({ overrides: { network: { allow: { egress: [{ peers: [peer] }] } } } })
const bound = (bound: object) => ({ overrides: { quotas: { 'tenant-quota': { pods: bound } } } })
const workloads = (workloads: object) => ({ workloads })
const pools = (nodePools: object) => ({ overrides: { nodePools } })
const tolerations = (length: number) => Array.from({ length }, (_, index) => ({ key: `example.com/${index}` }))
const poolWith = (length: number) => ({ gpu: { nodeSelector: { pool: 'gpu' }, tolerations: tolerations(length) } })
const registries = (...imageRegistries: string[]) => workloads({ imageRegistries })
const { 'tenant-storage': _, ...twoQuotas } = smallClass.quotas

const objectNames = 'the keys become object names: use at most 63 lower-case letters, digits and dashes'
const wildcard = "'*' would also grant access to future resources. List each one"
const escalation = 'escalate, bind and impersonate let a tenant escalate its permissions. Remove them'
const ownNamespace = 'a Role applies to the Namespace object that it is in, so writers could change its pod security and its labels. ' +
  'Remove namespaces: every role may read it already'
const clusterScoped = 'a Role in a namespace grants nothing on cluster-scoped resources, such as nodes, clusterroles and storageclasses. ' +
  'Remove them, or grant them in a ClusterRole with a ClusterRoleBinding'
const network = 'write the first address of the network and its length, such as 10.0.0.0/8 or 2001:db8::/32'
const metadata = 'the network contains an address where clouds give pods the credentials of their node: 169.254.169.254, fd00:ec2::254, ' +
  'fd20:ce::254. Add 169.254.0.0/16, or fd00:ec2::254/128 and fd20:ce::254/128, to except; if the address is meant, name it alone'
const everything = '0.0.0.0/0 and ::/0 are all addresses, also those of the cluster and of other tenants. List the networks that are meant'
const reserved = 'are set by k8s-mtp. Remove them (for pod security, use the field podSecurity)'
const keySyntax = 'a key has at most 63 letters, digits, dashes, dots and underscores'
const valueSyntax = 'a label value has at most 63 letters, digits, dashes, dots and underscores'
const ownPolicies = 'the names default-deny, allow-dns, allow-same-namespace, tenant-allow, tenant-peers, tenant-namespaces are reserved for the policies of tenants. ' +
  'Choose another name'
const registry = 'write a registry in lower case, with an optional path, and without scheme, tag or digest'
const ownMetadata = 'Add 169.254.0.0/16, or fd00:ec2::254/128 and fd20:ce::254/128, to except, or use another network'
const names = 'the keys become object names: use at most 63 lower-case letters, digits and dashes'

/** Refused in the traffic of one Tenant, and as a bound of it. */
export const ownPeers: Array<{ it: string, refused: object, accepted: object, says: string }> = [
  ...([
    ['the metadata address', '169.254.169.254/32', '169.254.169.253/32'],
    ['a network with it', '169.254.168.0/21', '169.254.160.0/21'],
    ['the metadata address of AWS', 'fd00:ec2::254/128', 'fd00:ec2::253/128'],
    ['the metadata address of Google Cloud', 'fd20:ce::254/128', 'fd20:ce::255/128'],
    ['all networks', '0.0.0.0/0', '10.0.0.0/8'],
    ['all of IPv6', '::/0', '2001:db8::/32']
  ] as const).map(([it, refused, accepted]) => ({ it, refused: { cidr: refused }, accepted: { cidr: accepted }, says: ownMetadata })),
  {
    it: 'all networks with an exception beside the metadata address',
    refused: { cidr: '0.0.0.0/0', except: ['169.254.169.255/32'] },
    accepted: { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] },
    says: ownMetadata
  },
  ...['::ffff:169.254.169.254/128', '::ffff:a9fe:a9fe/128', '169.254.43518/32', '0xa9.254.169.254/32', '169.254.169.254%1/32', '2852039166/32']
    .map(cidr => ({ it: `the metadata address as ${cidr}`, refused: { cidr }, accepted: { cidr: '10.0.0.0/8' }, says: network })),
  ...['tenant-globex-web', 'tenant-'].map(namespace => ({
    it: `the namespace ${namespace}`,
    refused: { namespace: `${namespace}x` },
    accepted: { namespace: 'tenants-of-globex' },
    says: 'namespaces named tenant-* belong to Tenants. Use network.peers, by which both Tenants agree'
  }))
]

/** Refused by the validation rules of the CRD. */
export const classRules: Refusal[] = [
  named(
    'a name too long for a label value', 'c'.repeat(64), 'c'.repeat(63),
    'the name of a class becomes a label value. Shorten it to 63 characters'
  ),
  refusal(
    'two quotas', { quotas: twoQuotas }, {},
    'a class needs at least 3 quotas. Add one each for compute, object counts and storage'
  ),
  refusal(
    'a quota with an invalid object name', { quotas: { ...twoQuotas, Storage: { pods: '1' } } },
    { quotas: { ...twoQuotas, storage: { pods: '1' } } }, names
  ),
  refusal(
    'bounds for a quota with an invalid object name',
    { overrides: { quotas: { tenant_quota: { pods: { max: 3 } } } } }, bound({ max: 3 }), names
  ),
  ...(['labels', 'annotations'] as const).flatMap(field => [
    ...['example', '/', 'a/b/', '*/', 'Example.com/', 'example.com/x'].map(prefix => refusal(
      `the prefix ${prefix} of ${field}`, prefixes(field, prefix), prefixes(field, 'example.com/'), 'a prefix is a DNS name and a slash'
    )),
    ...[
      'k8s-mtp.dev/', 'pod-security.kubernetes.io/', 'metacontroller.k8s.io/', 'kubernetes.io/', 'argocd.argoproj.io/',
      'kustomize.toolkit.fluxcd.io/', 'helm.toolkit.fluxcd.io/', 'meta.helm.sh/', 'kubectl.kubernetes.io/', 'applyset.kubernetes.io/'
    ].map(prefix => refusal(
      `the prefix ${prefix} of ${field}`, prefixes(field, prefix), prefixes(field, 'app.kubernetes.io/'),
      'are prefixes of keys that k8s-mtp, Kubernetes, or the tools that apply objects set. Remove them'
    ))
  ]),
  ...ownPeers.map(({ it, refused, accepted, says }) => refusal(`${it} as a bound`, allowing(refused), allowing(accepted), says)),
  refusal(
    'bounds of host names where any is allowed', { overrides: { workloads: { hostNames: ['*.example.com'] } } },
    { workloads: { hostNames: [] }, overrides: { workloads: { hostNames: ['*.example.com'] } } },
    'without workloads.hostNames, any host name is allowed. Add the list, which may be empty, or remove overrides.workloads.hostNames'
  ),
  refusal(
    'a node pool with an invalid name', pools({ 'GPU pool': { nodeSelector: { pool: 'gpu' } } }), pools({ gpu: { nodeSelector: { pool: 'gpu' } } }),
    names
  ),
  refusal(
    'a node pool with an invalid label', pools({ gpu: { nodeSelector: { 'not a key': 'gpu' } } }),
    pools({ gpu: { nodeSelector: { 'example.com/pool': 'gpu' } } }), keySyntax
  ),
  refusal(
    '33 tolerations with those of a node pool', { ...workloads({ pods: { tolerations: tolerations(17) } }), ...pools(poolWith(16)) },
    { ...workloads({ pods: { tolerations: tolerations(16) } }), ...pools(poolWith(16)) },
    'with those of workloads.pods, a node pool may have 32 tolerations. Remove some'
  ),
  refusal('a bound without min and max', bound({}), bound({ min: 1 }), 'a bound needs min or max. Set one of them'),

  refusal('all API groups', rule({ apiGroups: ['*'] }), rule({ apiGroups: ['apps'] }), wildcard),
  refusal('all resources', rule({ resources: ['pods', '*'] }), rule({ resources: ['pods', 'services'] }), wildcard),
  refusal('all subresources', rule({ resources: ['pods/*'] }), rule({ resources: ['pods/log'] }), wildcard),
  refusal('one subresource of all resources', rule({ resources: ['*/scale'] }), rule({ resources: ['deployments/scale'] }), wildcard),
  refusal('all verbs', rule({ verbs: ['*'] }), rule({ verbs: ['get', 'list'] }), wildcard),
  refusal('the verb escalate', rule({ verbs: ['get', 'escalate'] }), rule({ verbs: ['get'] }), escalation),
  refusal('the verb bind', rule({ verbs: ['bind'] }), rule({ verbs: ['get'] }), escalation),
  refusal('the verb impersonate', rule({ verbs: ['impersonate'] }), rule({ verbs: ['get'] }), escalation),

  refusal(
    'the profile internet without the networks of the cluster', profiles(['internet']), profiles(['internet'], { clusterRanges: cluster }),
    'the profile internet excludes the networks of the cluster. Set clusterRanges to those of its pods, Services and nodes'
  ),
  refusal(
    'the profile api-server without addresses', profiles(['api-server']), profiles(['api-server'], { apiServer: { addresses: ['192.0.2.2/32'] } }),
    'the profile api-server needs the addresses of the API server. Set apiServer to those that kubectl get endpointslices'
  ),
  refusal(
    'a policy with the name of that of a profile', profiles(['monitoring'], { policies: [{ name: 'allow-monitoring', ingress }] }),
    profiles(['ingress-controllers'], { policies: [{ name: 'allow-monitoring', ingress }] }),
    'a profile has a NetworkPolicy of its own: allow- and its name. Rename the policy, or remove the profile'
  ),
  refusal('a profile twice', profiles(['monitoring', 'monitoring']), profiles(['monitoring', 'ingress-controllers']), 'a profile is listed twice. Remove one'),
  refusal(
    'eight IPv4 networks of the cluster', { network: { clusterRanges: { ...cluster, nodes: Array.from({ length: 6 }, (_, index) => `192.0.${index}.0/24`) } } },
    { network: { clusterRanges: { pods: ['10.244.0.0/16', '2001:db8:1::/56'], services: ['10.96.0.0/12', 'fd00::/112'], nodes: Array.from({ length: 5 }, (_, index) => `192.0.${index}.0/24`) } } },
    'clusterRanges may have 7 networks of one address family together. Write larger networks'
  ),
  refusal(
    'all addresses as those of the cluster', { network: { clusterRanges: { ...cluster, nodes: ['0.0.0.0/0'] } } }, { network: { clusterRanges: cluster } }, everything
  ),
  refusal(
    'a network of nodes with host bits', { network: { clusterRanges: { ...cluster, nodes: ['192.0.2.1/24'] } } }, { network: { clusterRanges: cluster } }, network
  ),
  refusal(
    'an API server where clouds have their metadata', { network: { apiServer: { addresses: ['169.254.0.0/16'] } } }, { network: { apiServer: { addresses: ['192.0.2.0/24'] } } },
    'the network contains an address where clouds give pods the credentials of their node: 169.254.169.254, fd00:ec2::254, fd20:ce::254. Name smaller networks'
  ),
  refusal(
    'an ingress controller on all addresses with metadata', { network: { ingressControllers: [{ cidr: '169.254.0.0/16' }] } },
    { network: { ingressControllers: [{ cidr: '192.0.2.0/24' }] } }, metadata
  ),
  refusal(
    'more rules for members than are compared, with profiles', {
      selfService: { networkPolicies: {} },
      ...profiles([], { policies: [1, 2].map(index => ({ name: `more-${index}`, egress: Array.from({ length: index === 1 ? 8 : 5 }, () => ingress[0]) })) })
    },
    {
      selfService: { networkPolicies: {} },
      ...profiles([], { policies: [1, 2].map(index => ({ name: `more-${index}`, egress: Array.from({ length: index === 1 ? 8 : 4 }, () => ingress[0]) })) })
    },
    'with selfService.networkPolicies, the policies of network may have 15 egress rules together, 12 beside profiles'
  ),
  refusal('the verb bind in a further role', roles(['deployer'], { verbs: ['bind'] }), roles(['deployer']), escalation),
  refusal('a wildcard in a further role', roles(['deployer'], { resources: ['*'] }), roles(['deployer']), wildcard),
  refusal('namespaces in a further role', roles(['deployer'], { resources: ['namespaces'] }), roles(['deployer']), ownNamespace),
  refusal('a further role in capital letters', roles(['Deployer']), roles(['deployer']), objectNames),
  refusal('a further role with a dot', roles(['release.manager']), roles(['release-manager']), objectNames),
  refusal('a further role with a name of 64 characters', roles(['r'.repeat(64)]), roles(['r'.repeat(63)]), objectNames),
  ...['admin', 'operator', 'viewer'].map(name => refusal(
    `a further role ${name}`, roles([name]), roles([`${name}s`]),
    'admin, operator, viewer are the roles of every class. Set their rules under roles, or choose another name'
  )),
  refusal(
    'a further role with a name like that of a RoleBinding', roles(['deployer-0123456789abcdef']), roles(['deployer-0123456789abcde', '0123456789abcdef']),
    'a dash and 16 hexadecimal digits at the end of a name are reserved for RoleBindings. Choose another name'
  ),
  refusal('namespaces', rule({ resources: ['pods', 'namespaces'], verbs: ['patch'] }), rule({ resources: ['pods'], verbs: ['patch'] }), ownNamespace),
  refusal('a subresource of namespaces', rule({ resources: ['namespaces/finalize'] }), rule({ resources: ['pods/log'] }), ownNamespace),
  refusal(
    'namespaces of the core group among others', rule({ apiGroups: ['apps', ''], resources: ['namespaces'] }),
    rule({ apiGroups: ['example.com'], resources: ['namespaces'] }), ownNamespace
  ),
  refusal('nodes', rule({ resources: ['pods', 'nodes'] }), rule({ resources: ['pods'] }), clusterScoped),
  refusal('a subresource of nodes', rule({ resources: ['nodes/proxy'] }), rule({ resources: ['services/proxy'] }), clusterScoped),
  refusal(
    'Tenants', rule({ apiGroups: ['k8s-mtp.dev'], resources: ['tenants/status'] }),
    rule({ apiGroups: ['minio.min.io'], resources: ['tenants/status'] }), clusterScoped
  ),
  refusal(
    'a write of WorkloadPolicies', rule({ apiGroups: ['k8s-mtp.dev'], resources: ['workloadpolicies'], verbs: ['get', 'patch'] }),
    rule({ apiGroups: ['k8s-mtp.dev'], resources: ['workloadpolicies'], verbs: ['get', 'list', 'watch'] }),
    'a WorkloadPolicy is what guardrails enforce, and only k8s-mtp writes it. Grant only get, list, watch on workloadpolicies'
  ),

  refusal(
    'a peer that is both a namespace and a network', peer({ namespace: 'a', cidr: '10.0.0.0/8' }),
    peer({ namespace: 'a' }), 'a peer is either a namespace or a cidr. Set exactly one of them'
  ),
  refusal('an empty peer', peer({}), peer({ cidr: '10.0.0.0/8' }), 'a peer is either a namespace or a cidr. Set exactly one of them'),
  refusal(
    'podLabels with a cidr', peer({ cidr: '10.0.0.0/8', podLabels: { app: 'web' } }),
    peer({ namespace: 'a', podLabels: { app: 'web' } }),
    'podLabels need a namespace. Set namespace, or remove podLabels'
  ),
  refusal(
    'except with a namespace', peer({ namespace: 'a', except: ['10.0.0.0/8'] }),
    peer({ cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }), 'except needs a cidr. Set cidr, or remove except'
  ),
  refusal('a network with host bits', peer({ cidr: '10.1.2.3/8' }), peer({ cidr: '10.0.0.0/8' }), network),
  refusal('an IPv6 network with host bits', peer({ cidr: '2001:db8::1/32' }), peer({ cidr: '2001:db8::/32' }), network),
  refusal('an address without a prefix length', peer({ cidr: '10.0.0.0' }), peer({ cidr: '10.0.0.0/32' }), network),
  refusal('a network with leading zeros', peer({ cidr: '010.0.0.0/8' }), peer({ cidr: '10.0.0.0/8' }), network),
  refusal('a shortened network', peer({ cidr: '10/8' }), peer({ cidr: '10.0.0.0/8' }), network),
  refusal('an IPv4 network in the form of IPv6', peer({ cidr: '::ffff:10.0.0.0/104' }), peer({ cidr: '::/104' }), network),
  refusal('a network with a zone', peer({ cidr: 'fe80::%eth0/64' }), peer({ cidr: 'fe80::/64' }), network),
  refusal('a host name', peer({ cidr: 'example.com' }), peer({ cidr: '203.0.113.0/24' }), network),
  ...([
    ['all of IPv4', '0.0.0.0/0', ['10.0.0.0/8'], ['10.0.0.0/8', '169.254.0.0/16']],
    ['half of IPv4', '128.0.0.0/1', ['169.254.169.255/32'], ['169.254.169.254/32']],
    ['the link-local network', '169.254.0.0/16', ['169.254.0.0/17'], ['169.254.128.0/17']],
    ['all of IPv6', '::/0', ['fd00:ec2::254/128'], ['fd00:ec2::/32', 'fd20:ce::254/128']],
    ['the metadata network of AWS', 'fd00:ec2::/32', ['fd00:ec2::253/128'], ['fd00:ec2::254/128']],
    ['the unique local network', 'fc00::/7', ['fd20:ce::/32'], ['fd00::/8']]
  ] as const).flatMap(([which, cidr, tooFew, except]) => [
    refusal(`${which}, which has a metadata address`, peer({ cidr }), peer({ cidr, except }), metadata),
    refusal(`${which}, with exceptions beside the metadata address`, peer({ cidr, except: tooFew }), peer({ cidr, except }), metadata)
  ]),
  refusal('all networks in an ingress rule', fromPeer({ cidr: '0.0.0.0/0' }), fromPeer({ cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] }), metadata),
  refusal('two addresses, one of metadata', peer({ cidr: '169.254.169.254/31' }), peer({ cidr: '169.254.169.254/32' }), metadata),
  refusal('two IPv6 addresses, one of metadata', peer({ cidr: 'fd00:ec2::254/127' }), peer({ cidr: 'fd00:ec2::254/128' }), metadata),
  refusal(
    'an exception with host bits', peer({ cidr: '10.0.0.0/8', except: ['10.1.2.3/16'] }),
    peer({ cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }), network
  ),
  refusal(
    'an exception outside of the network', peer({ cidr: '10.0.0.0/8', except: ['192.168.0.0/16'] }),
    peer({ cidr: '10.0.0.0/8', except: ['10.0.0.0/16'] }),
    'each network under except must be within cidr, and smaller'
  ),
  refusal(
    'an exception that equals the network', peer({ cidr: '10.0.0.0/8', except: ['10.0.0.0/8'] }),
    peer({ cidr: '10.0.0.0/8', except: ['10.0.0.0/9'] }),
    'each network under except must be within cidr, and smaller'
  ),
  refusal(
    'podLabels with an invalid key', peer({ namespace: 'a', podLabels: { 'not a key': 'web' } }),
    peer({ namespace: 'a', podLabels: { 'example.com/app': 'web' } }), keySyntax
  ),
  refusal(
    'podLabels with an invalid value', peer({ namespace: 'a', podLabels: { app: 'not a value' } }),
    peer({ namespace: 'a', podLabels: { app: '' } }), valueSyntax
  ),
  refusal(
    'an endPort below its port', port({ port: 53, endPort: 52 }), port({ port: 53, endPort: 53 }),
    'endPort is the last port of the range. It must not be lower than port'
  ),
  refusal(
    'a policy named default-deny', policy({ name: 'default-deny', ingress }),
    policy({ name: 'default-allow', ingress }), ownPolicies
  ),
  ...['tenant-allow', 'tenant-peers', 'tenant-namespaces'].map(name => refusal(
    `a policy named ${name}`, policy({ name, ingress }), policy({ name: 'allow-tenant', ingress }), ownPolicies
  )),
  refusal('a policy named allow-dns', policy({ name: 'allow-dns', ingress }), policy({ name: 'allow-ntp', ingress }), ownPolicies),
  refusal(
    'a policy named allow-same-namespace', policy({ name: 'allow-same-namespace', ingress }),
    policy({ name: 'allow-ingress', ingress }), ownPolicies
  ),
  refusal(
    'a policy without rules', policy({ name: 'more' }), policy({ name: 'more', ingress }),
    'a policy without ingress and egress rules allows nothing. Add a rule, or remove the policy'
  ),

  refusal(
    'an external IP without a prefix length', workloads({ services: { externalIPs: ['192.0.2.1'] } }),
    workloads({ services: { externalIPs: ['192.0.2.1/32'] } }), network
  ),
  refusal(
    'all external IPs', workloads({ services: { externalIPs: ['0.0.0.0/0'] } }),
    workloads({ services: { externalIPs: ['192.0.2.0/24', '2001:db8::/32'] } }), everything
  ),
  refusal(
    'all IPv6 addresses of endpoints', workloads({ endpoints: { addresses: ['::/0'] } }),
    workloads({ endpoints: { addresses: ['10.0.0.0/8', '8000::/1'] } }), everything
  ),
  refusal(
    'endpoint addresses with host bits', workloads({ endpoints: { addresses: ['10.1.2.3/8'] } }),
    workloads({ endpoints: { addresses: ['10.0.0.0/8'] } }), network
  ),
  refusal(
    'a registry without a dot or a port', registries('registry/team'),
    registries('registry:5000/team', 'localhost/team', 'localhost'), registry
  ),
  refusal('a registry with its scheme', registries('https://registry.example.com'), registries('registry.example.com'), registry),
  refusal(
    'a registry with a slash at its end', registries('registry.example.com/'),
    registries('registry.example.com/team/x_y/a--b'), registry
  ),
  refusal('a registry with capital letters', registries('Registry.example.com'), registries('registry.example.com:5000'), registry),
  refusal('a registry with a tag', registries('registry.example.com/team:v1'), registries('registry.example.com/team/v1'), registry),
  refusal(
    'a registry with a digest', registries('registry.example.com/team@sha256:0'),
    registries('registry.example.com/team/sha256'), registry
  ),
  refusal(
    'a registry with .. in its path', registries('registry.example.com/team/../other'),
    registries('registry.example.com/other'), registry
  ),
  refusal('the registry *', registries('*'), workloads({}), registry),
  refusal(
    'the former name of Docker Hub', registries('index.docker.io/library'),
    registries('docker.io/library', 'index.docker.io.example.com'),
    'index.docker.io is an old name. Write docker.io'
  ),

  refusal(
    'a label of k8s-mtp', namespaceLabels({ 'k8s-mtp.dev/tenant': 'x' }),
    namespaceLabels({ 'k8s-mtp.example/tenant': 'x' }), reserved
  ),
  refusal(
    'the label managed-by', namespaceLabels({ 'app.kubernetes.io/managed-by': 'x' }),
    namespaceLabels({ 'app.kubernetes.io/part-of': 'x' }), reserved
  ),
  refusal('the label controller-uid', namespaceLabels({ 'controller-uid': 'x' }), namespaceLabels({ 'controller-name': 'x' }), reserved),
  refusal(
    'the label metadata.name', namespaceLabels({ 'kubernetes.io/metadata.name': 'x' }),
    namespaceLabels({ 'kubernetes.io/name': 'x' }), reserved
  ),
  refusal(
    'a Pod Security label', namespaceLabels({ 'pod-security.kubernetes.io/enforce': 'privileged' }),
    namespaceLabels({ 'pod-security.example/enforce': 'privileged' }), reserved
  ),
  refusal(
    'the annotation of Metacontroller',
    namespaceAnnotations({ 'metacontroller.k8s.io/last-applied-configuration': '{}' }),
    namespaceAnnotations({ 'example.com/last-applied': '{}' }), reserved
  ),
  refusal(
    'a reserved prefix without its slash', reserving('team.example'), reserving('team.example/'),
    'a prefix is a DNS name and a slash, such as team.example/'
  ),
  refusal('a reserved prefix without a DNS name', reserving('/'), reserving('istio.io/'), 'a prefix is a DNS name and a slash'),
  refusal(
    'the reserved prefix k8s-mtp.dev/', reserving('k8s-mtp.dev/'), reserving('k8s-mtp.example/'),
    'are prefixes of keys that k8s-mtp or Kubernetes sets. Remove them'
  ),
  refusal(
    'the reserved prefix kubernetes.io/', reserving('kubernetes.io/'), reserving('kubectl.kubernetes.io/'),
    'are prefixes of keys that k8s-mtp or Kubernetes sets. Remove them'
  ),
  ...['kubernetes', 'orphan', 'foregroundDeletion', 'cleanup', 'k8s-mtp.dev/x', 'metacontroller.io/compositecontroller-x', 'example.com/', 'Example.com/x', 'a/b/c', 'a/b,c']
    .map(finalizer => refusal(
      `the finalizer ${finalizer}`, { namespaceMetadata: { finalizers: [finalizer] } },
      { namespaceMetadata: { finalizers: ['controller.cattle.io/namespace-auth', 'k8s-mtp.dev.example/x'] } }, 'a finalizer is a DNS name, a slash and a name'
    )),
  refusal('a label key with a space', namespaceLabels({ 'cost center': 'x' }), namespaceLabels({ 'cost-center': 'x' }), keySyntax),
  refusal(
    'a label key with capital letters in its prefix', namespaceLabels({ 'Example.com/cost': 'x' }),
    namespaceLabels({ 'example.com/Cost': 'x' }), keySyntax
  ),
  refusal(
    'a label key with two dots in its prefix', namespaceLabels({ 'example..com/cost': 'x' }),
    namespaceLabels({ 'example.com/cost': 'x' }), keySyntax
  ),
  refusal(
    'a label key of 64 characters', namespaceLabels({ ['k'.repeat(64)]: 'x' }),
    namespaceLabels({ ['k'.repeat(63)]: 'x' }), keySyntax
  ),
  refusal(
    'a label key with a prefix of 254 characters', namespaceLabels({ [`${'p.'.repeat(126)}pp/k`]: 'x' }),
    namespaceLabels({ [`${'p.'.repeat(126)}p/k`]: 'x' }), keySyntax
  ),
  refusal('an annotation key with two slashes', namespaceAnnotations({ 'a/b/c': 'x' }), namespaceAnnotations({ 'a/b-c': 'x' }), keySyntax),
  refusal('a label value with a space', namespaceLabels({ cost: 'a lot' }), namespaceLabels({ cost: 'a-lot' }), valueSyntax)
]

/** Refused by the types of the schema, in the words of the API server. */
export const classShapes: Refusal[] = [
  refusal(
    'an unknown Service type', workloads({ services: { types: ['Headless'] } }),
    workloads({ services: { types: ['ExternalName'] } }),
    'spec.workloads.services.types[0]: Unsupported value: "Headless"'
  ),
  refusal(
    'an invalid name of an IngressClass', workloads({ ingressClasses: ['*'] }),
    workloads({ ingressClasses: ['nginx'] }), 'spec.workloads.ingressClasses[0]: Invalid value: "*"'
  ),
  refusal(
    'more than 32 registries', registries(...Array.from({ length: 33 }, (_, index) => `r${index}.example`)),
    registries(...Array.from({ length: 32 }, (_, index) => `r${index}.example`)),
    'spec.workloads.imageRegistries: Too many: 33'
  ),
  refusal(
    'a node pool without a nodeSelector', pools({ gpu: { tolerations: tolerations(1) } }), pools(poolWith(1)),
    'spec.overrides.nodePools.gpu.nodeSelector: Required value'
  ),
  refusal('no quotas', { quotas: undefined }, {}, 'spec.quotas: Required value'),
  refusal('an empty quota', { quotas: { ...twoQuotas, 'tenant-storage': {} } }, {}, 'spec.quotas.tenant-storage: Invalid value: 0'),
  refusal('no limits', { limits: [] }, {}, 'spec.limits: Invalid value: 0'),
  refusal(
    'limits for nodes', { limits: [{ type: 'Node', max: { cpu: 1 } }] },
    { limits: [{ type: 'Pod', max: { cpu: 1 } }] }, 'spec.limits[0].type: Unsupported value: "Node"'
  ),
  refusal(
    'no viewers', { roles: { admin: smallClass.roles.admin, operator: smallClass.roles.operator } }, {},
    'spec.roles.viewer: Required value'
  ),
  refusal(
    '17 further roles', roles(Array.from({ length: 17 }, (_, index) => `role-${index}`)), roles(Array.from({ length: 16 }, (_, index) => `role-${index}`)),
    'spec.additionalRoles: Too many: 17'
  ),
  refusal('a further role without rules', { additionalRoles: { deployer: { rules: [] } } }, roles(['deployer']), 'spec.additionalRoles.deployer.rules: Invalid value: 0'),
  refusal('an unknown profile', profiles(['isolated']), profiles([]), 'spec.network.profiles[0]: Unsupported value: "isolated"'),
  refusal(
    'no networks of Services', { network: { clusterRanges: { ...cluster, services: [] } } }, { network: { clusterRanges: cluster } },
    'spec.network.clusterRanges.services: Invalid value: 0'
  ),
  refusal('no further role', { additionalRoles: {} }, {}, 'spec.additionalRoles: Invalid value: 0'),
  refusal(
    'a role without rules', { roles: { ...smallClass.roles, viewer: { rules: [] } } }, {},
    'spec.roles.viewer.rules: Invalid value: 0'
  ),
  refusal('a rule without verbs', rule({ verbs: [] }), rule({ verbs: ['get'] }), 'spec.roles.operator.rules[0].verbs: Invalid value: 0'),
  refusal(
    'an unknown Pod Security level', { podSecurity: { enforce: 'strict' } }, { podSecurity: { enforce: 'baseline' } },
    'spec.podSecurity.enforce: Unsupported value: "strict"'
  ),
  refusal(
    'a Pod Security version without its v', { podSecurity: { version: '1.34' } },
    { podSecurity: { version: 'v1.34' } }, 'spec.podSecurity.version: Invalid value: "1.34"'
  ),
  refusal('the port 0', port({ port: 0 }), port({ port: 1 }), 'spec.network.dns.ports[0].port: Invalid value: 0'),
  refusal('the port 65536', port({ port: 65536 }), port({ port: 65535 }), 'spec.network.dns.ports[0].port: Invalid value: 65536'),
  refusal(
    'an unknown protocol', port({ port: 53, protocol: 'ICMP' }), port({ port: 53, protocol: 'SCTP' }),
    'spec.network.dns.ports[0].protocol: Unsupported value: "ICMP"'
  ),
  refusal('no DNS peers', { network: { dns: { peers: [] } } }, { network: { dns: {} } }, 'spec.network.dns.peers: Invalid value: 0'),
  refusal(
    'a rule without peers', policy({ name: 'more', egress: [{ peers: [] }] }), peer({ namespace: 'a' }),
    'spec.network.policies[0].egress[0].peers: Invalid value: 0'
  ),
  refusal(
    'a peer with an invalid namespace name', peer({ namespace: 'Ingress Nginx' }),
    peer({ namespace: 'ingress-nginx' }),
    'spec.network.policies[0].egress[0].peers[0].namespace: Invalid value: "Ingress Nginx"'
  ),
  refusal(
    'two policies with one name',
    { network: { policies: [{ name: 'more', ingress }, { name: 'more', egress: ingress }] } },
    { network: { policies: [{ name: 'more', ingress }, { name: 'most', egress: ingress }] } },
    'spec.network.policies[1]: Duplicate value'
  ),
  refusal(
    'a policy with an invalid object name', policy({ name: 'More', ingress }), policy({ name: 'more', ingress }),
    'spec.network.policies[0].name: Invalid value: "More"'
  ),
  refusal(
    'a label value of 64 characters', namespaceLabels({ cost: 'v'.repeat(64) }),
    namespaceLabels({ cost: 'v'.repeat(63) }), 'Too long: may not be more than 63 bytes'
  )
]
