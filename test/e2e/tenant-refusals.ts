import { ownPeers } from './class-refusals.ts'
import type { Refusal } from './refusals.ts'
import { tenantManifest } from './tenants.ts'

const refusal = (it: string, refused: object, accepted: object, says: string): Refusal =>
  ({ it, refused: tenantManifest('acme', refused), accepted: tenantManifest('acme', accepted), says })

const named = (it: string, refused: string, accepted: string, says: string): Refusal =>
  ({ it, refused: tenantManifest(refused), accepted: tenantManifest(accepted), says })

const user = (name: string) => ({ kind: 'User', name })
const group = (name: string) => ({ kind: 'Group', name })

const reserved = 'users and groups that begin with system: (except service accounts) stand for all users, for nodes or for ' +
  'cluster administrators. Name the users, groups or ServiceAccounts instead'

const invisible = 'the name has a control character, such as a line break, or one that changes the direction of text. ' +
  'Write only visible characters'

const tools = 'are set by k8s-mtp, Kubernetes, and the tools that apply objects. Remove them'

/** Keys that decide on ownership, isolation, or what a tool prunes. */
const keysOfTools = [
  'k8s-mtp.dev/tenant', 'k8s-mtp.dev/anything', 'controller-uid', 'app.kubernetes.io/managed-by', 'app.kubernetes.io/instance',
  'kubernetes.io/metadata.name', 'pod-security.kubernetes.io/enforce', 'metacontroller.k8s.io/last-applied-configuration',
  'argocd.argoproj.io/tracking-id', 'argocd.argoproj.io/instance', 'kustomize.toolkit.fluxcd.io/name', 'helm.toolkit.fluxcd.io/name',
  'meta.helm.sh/release-name', 'kubectl.kubernetes.io/last-applied-configuration', 'applyset.kubernetes.io/part-of',
  'config.k8s.io/owning-inventory', 'objectset.rio.cattle.io/hash'
]

/** Refused by the validation rules of the CRD. */
export const tenantRules: Refusal[] = [
  named('a dot in metadata.name', 'a.cme', 'a-cme', 'becomes part of the name of its namespace, which has no dots. Use dashes'),
  named(
    'a namespace name of 64 characters', 'a'.repeat(52), 'a'.repeat(51),
    'would exceed 63 characters. Shorten metadata.name or spec.name'
  ),
  refusal(
    'a ServiceAccount without its namespace', { operators: [{ kind: 'ServiceAccount', name: 'deployer' }] },
    { operators: [{ kind: 'ServiceAccount', name: 'deployer', namespace: 'ci' }] },
    'a ServiceAccount needs its namespace. Add namespace to this subject'
  ),
  refusal(
    'a User with a namespace', { admins: [{ ...user('ada'), namespace: 'ci' }] }, { admins: [user('ada')] },
    'only a ServiceAccount has a namespace. Remove namespace, or set kind to ServiceAccount'
  ),
  refusal(
    'a Group with a namespace', { viewers: [{ ...group('leads'), namespace: 'ci' }] }, { viewers: [group('leads')] },
    'only a ServiceAccount has a namespace'
  ),
  ...[
    ['a line break', 'eve\nUser root'],
    ['a carriage return', 'eve\rroot'],
    ['a tab', 'eve\troot'],
    ['an escape sequence', 'eve\u001b[2K'],
    ['DEL', 'eve\u007f'],
    ['a control sequence of one character', 'eve\u009b2K'],
    ['a next-line character', 'eve\u0085root'],
    ['a line separator', 'eve\u2028root'],
    ['a change of direction', 'eve\u202etoor'],
    ['an isolated direction', 'eve\u2066root']
  ].flatMap(([it = '', name = '']) => [
    refusal(`${it} in the name of a User`, { admins: [user(name)] }, { admins: [user('Ève Ünal (ops) ✓ أدا')] }, invisible),
    refusal(
      `${it} in the name of a Group`, { viewers: [group('ok'), group(name)] },
      { viewers: [group('ok'), group("o'Neil/leads:*")] }, invisible
    )
  ]),
  refusal('cluster administrators as admins', { admins: [group('system:masters')] }, { admins: [group('masters')] }, reserved),
  refusal(
    'all authenticated users as viewers', { viewers: [group('system:authenticated')] },
    { viewers: [group('authenticated')] }, reserved
  ),
  refusal(
    'all unauthenticated users as viewers', { viewers: [group('system:unauthenticated')] },
    { viewers: [group('unauthenticated')] }, reserved
  ),
  refusal(
    'all ServiceAccounts as operators', { operators: [group('system:serviceaccounts')] },
    { operators: [group('system:serviceaccounts:ci')] }, reserved
  ),
  refusal('all nodes as viewers', { viewers: [group('system:nodes')] }, { viewers: [group('nodes')] }, reserved),
  refusal(
    'the scheduler as an operator', { operators: [user('system:kube-scheduler')] },
    { operators: [user('system:serviceaccount:ci:deployer')] }, reserved
  ),
  refusal(
    'the anonymous user as a viewer', { viewers: [user('eve'), user('system:anonymous')] },
    { viewers: [user('eve'), user('anonymous')] }, reserved
  ),
  refusal(
    'all users in a further role', { roles: { auditor: [group('system:authenticated')] } }, { roles: { auditor: [group('authenticated')] } }, reserved
  ),
  ...['admin', 'operator', 'viewer'].map(name => refusal(
    `${name}s under roles`, { roles: { [name]: [] } }, { roles: { [`${name}s`]: [] } },
    'admin, operator, viewer are the roles of every class. List their subjects under admins, operators and viewers'
  )),
  refusal(
    'a role with an invalid object name', { roles: { 'Release Manager': [] } }, { roles: { 'release-manager': [] } },
    'the keys become object names: use at most 63 lower-case letters, digits and dashes'
  ),
  refusal(
    'a quota with an invalid object name', { quotas: { 'Tenant Quota': { pods: '1' } } },
    { quotas: { 'tenant-quota': { pods: '1' } } },
    'the keys become object names: use at most 63 lower-case letters, digits and dashes'
  ),
  refusal(
    'a quota with a name of 64 characters', { quotas: { ['q'.repeat(64)]: { pods: '1' } } },
    { quotas: { ['q'.repeat(63)]: { pods: '1' } } }, 'the keys become object names: use at most 63 lower-case letters, digits and dashes'
  ),
  ...ownPeers.flatMap(({ it, refused, accepted, says }) => (['ingress', 'egress'] as const).map(direction => refusal(
    `${it} in ${direction}`, { network: { allow: { [direction]: [{ peers: [refused] }] } } },
    { network: { allow: { [direction]: [{ peers: [accepted] }] } } }, says
  ))),
  ...['*', '*.*.example.com', 'a.*.example.com', '{tenant}-app.example.com', 'Shop.example.com', 'shop.example.com.', '*.example.com:443', '{Tenant}.x']
    .map(name => refusal(
      `the host name ${name}`, { workloads: { hostNames: [name] } },
      { workloads: { hostNames: ['shop.example.com', '*.{tenant}.example.com'] } }, 'write a DNS name in lower case, such as shop.example.com'
    )),
  ...keysOfTools.flatMap(key => (['labels', 'annotations'] as const).map(field =>
    refusal(`the key ${key} in ${field}`, { [field]: { [key]: 'x' } }, { [field]: { [`x.${key.replaceAll('/', '.')}/x`]: 'x' } }, tools))),
  refusal(
    'a label key with a space', { labels: { 'cost center': 'x' } }, { labels: { 'cost-center.example/x': 'x' } },
    'a key has at most 63 letters, digits, dashes, dots and underscores'
  ),
  refusal(
    'a label value with a space', { labels: { 'a.example/x': 'a lot' } }, { annotations: { 'a.example/x': 'a lot' } },
    'a label value has at most 63 letters, digits, dashes, dots and underscores'
  ),
  refusal(
    'an annotation key with two slashes', { annotations: { 'a/b/c': 'x' } }, { annotations: { 'a/b-c': 'x' } },
    'a key has at most 63 letters, digits, dashes, dots and underscores'
  ),
  refusal(
    'an invalid name of a ServiceAccount',
    { admins: [{ kind: 'ServiceAccount', name: 'The Deployer', namespace: 'ci' }] },
    { admins: [{ kind: 'ServiceAccount', name: 'the-deployer', namespace: 'ci' }] },
    'the name of a ServiceAccount has lower-case letters, digits, dashes and dots'
  ),
  ...([
    ['a word in expiresAt', 'tomorrow', '2026-12-24T18:00:00Z'],
    ['an empty expiresAt', '', '2026-12-24T19:00:00+01:00'],
    ['an expiresAt without a time', '2026-12-24', '2026-12-24T00:00:00Z'],
    ['an expiresAt without a time zone', '2026-12-24T18:00:00', '2026-12-24T18:00:00-05:30'],
    ['an expiresAt with fractions of a second', '2026-12-24T18:00:00.500Z', '2099-12-31T23:59:59Z'],
    ['an expiresAt on an invalid day', '2026-02-29T18:00:00Z', '2028-02-29T18:00:00Z']
  ] as const).map(([it, refused, accepted]) => refusal(it, {
    viewers: [{
      ...user('eve'), expiresAt: refused
    }]
  }, { viewers: [{ ...user('eve'), expiresAt: accepted }] },
  'write date and time to the second, with Z or an offset, such as 2026-12-24T18:00:00Z or 2026-12-24T19:00:00+01:00'))
]

/** Refused by the types of the schema, in the words of the API server. */
export const tenantShapes: Refusal[] = [
  named('capital letters in metadata.name', 'Acme', 'acme', 'a lowercase RFC 1123 subdomain must consist of'),
  refusal('no spec.name', { name: undefined }, {}, 'spec.name: Required value'),
  refusal('capital letters in spec.name', { name: 'Shop' }, { name: 'shop' }, 'spec.name: Invalid value: "Shop"'),
  refusal('a dash at the end of spec.name', { name: 'shop-' }, { name: 'shop' }, 'spec.name: Invalid value: "shop-"'),
  refusal('a dot in spec.name', { name: 'sh.op' }, { name: 'sh-op' }, 'spec.name: Invalid value: "sh.op"'),
  refusal('an empty spec.name', { name: '' }, {}, 'spec.name: Invalid value: ""'),
  refusal('a class name that is a number', { className: 3 }, { className: '3' }, 'spec.className: Invalid value: "integer"'),
  refusal('an empty class name', { className: '' }, {}, 'spec.className: Invalid value: ""'),
  refusal(
    'a subject of an unknown kind', { admins: [{ kind: 'Robot', name: 'r2' }] }, { admins: [user('r2')] },
    'spec.admins[0].kind: Unsupported value: "Robot"'
  ),
  refusal('a subject without a name', { admins: [{ kind: 'User' }] }, { admins: [user('ada')] }, 'spec.admins[0].name: Required value'),
  ...['CI', 'c_i', 'ci\nroot', 'ci\u001b', '-ci', 'ci.example'].map(namespace => refusal(
    `a ServiceAccount of the namespace ${JSON.stringify(namespace)}`, { operators: [{ kind: 'ServiceAccount', name: 'deployer', namespace }] },
    { operators: [{ kind: 'ServiceAccount', name: 'deployer', namespace: 'c-1' }] }, 'spec.operators[0].namespace: Invalid value'
  )),
  refusal('a subject with an empty name', { admins: [user('')] }, { admins: [user('ada')] }, 'spec.admins[0].name: Invalid value: ""'),
  refusal(
    'an expiresAt that is a number', { viewers: [{ ...user('eve'), expiresAt: 1798135200 }] },
    { viewers: [user('eve')] }, 'spec.viewers[0].expiresAt: Invalid value: "integer"'
  ),
  refusal(
    'more than 64 subjects of a further role', { roles: { auditor: Array.from({ length: 65 }, (_, index) => user(`user-${index}`)) } },
    { roles: { auditor: Array.from({ length: 64 }, (_, index) => user(`user-${index}`)) } }, 'spec.roles.auditor: Too many: 65'
  ),
  refusal(
    'more than 16 further roles', { roles: Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`role-${index}`, []])) },
    { roles: Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`role-${index}`, []])) }, 'spec.roles: Too many: 17'
  ),
  refusal('a subject instead of a list', { admins: user('ada') }, { admins: [user('ada')] }, 'spec.admins: Invalid value: "object"'),
  refusal(
    'more than 256 admins', { admins: Array.from({ length: 257 }, (_, index) => user(`user-${index}`)) },
    { admins: Array.from({ length: 256 }, (_, index) => user(`user-${index}`)) }, 'spec.admins: Too many: 257'
  ),
  refusal(
    'an override that is a boolean', { quotas: { 'tenant-quota': { pods: true } } },
    { quotas: { 'tenant-quota': { pods: 3 } } }, 'spec.quotas.tenant-quota.pods: Invalid value: "boolean"'
  ),
  refusal('an empty override', { quotas: { 'tenant-quota': {} } }, { quotas: {} }, 'spec.quotas.tenant-quota: Invalid value: 0'),
  refusal(
    'limits as a list', { limits: [{ type: 'Container', max: { cpu: 1 } }] }, { limits: { Container: { max: { cpu: 1 } } } },
    'spec.limits: Invalid value: "array"'
  ),
  refusal(
    'a limit that is a boolean', { limits: { Pod: { max: { cpu: true } } } }, { limits: { Pod: { max: { cpu: '1' } } } },
    'spec.limits.Pod.max.cpu: Invalid value: "boolean"'
  ),
  refusal(
    'one peer twice', { network: { peers: [{ tenant: 'globex' }, { tenant: 'globex' }] } },
    { network: { peers: [{ tenant: 'globex' }, { tenant: 'initech' }] } }, 'spec.network.peers[1]: Duplicate value'
  ),
  ...['Globex', 'glo.bex', 'globex,initech', ''].map(name => refusal(
    `a peer named ${JSON.stringify(name)}`, { network: { peers: [{ tenant: name }] } }, { network: { peers: [{ tenant: 'globex' }] } },
    'spec.network.peers[0].tenant: Invalid value'
  )),
  refusal('a node pool with capital letters', { nodePool: 'GPU' }, { nodePool: 'gpu' }, 'spec.nodePool: Invalid value: "GPU"'),
  refusal(
    'traffic without peers', { network: { allow: { egress: [{ peers: [] }] } } }, { network: { allow: { egress: [{ peers: [{ namespace: 'a' }] }] } } },
    'spec.network.allow.egress[0].peers: Invalid value: 0'
  ),
  refusal(
    '17 labels', { labels: Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`a.example/${index}`, 'x'])) },
    { labels: Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`a.example/${index}`, 'x'])) }, 'spec.labels: Too many: 17'
  ),
  refusal(
    'an annotation of 1,025 characters', { annotations: { 'a.example/x': 'x'.repeat(1025) } },
    { annotations: { 'a.example/x': 'x'.repeat(1024) } }, 'Too long: may not be more than 1024 bytes'
  ),
  refusal('a text in paused', { paused: 'yes' }, { paused: true }, 'spec.paused: Invalid value: "string"'),
  refusal('a text in cordoned', { cordoned: 'yes' }, { cordoned: true }, 'spec.cordoned: Invalid value: "string"')
]
