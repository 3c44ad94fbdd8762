import fc from 'fast-check'
import type { NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec } from 'kubernetes-types/networking/v1.js'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { ApiError } from '../cluster/api-error.ts'
import { fillsInDefaults } from '../cluster/install.ts'
import { refOf, type KubeObject } from '../cluster/kube-object.ts'
import { allows, type Connection, type Endpoint, type Pod, type World } from '../support/network-model.ts'
import { standardClass } from '../support/objects.ts'
import { classManifest, classRef } from './classes.ts'
import { as, auditWrites, breakGlass, client, eventually } from './context.ts'
import { namespaceRef } from './guardrails/world.ts'
import { readyTenant, remove, removeTenant, tenantManifest, uniqueName, waitForReady } from './tenants.ts'

type Policy = KubeObject & { spec: NetworkPolicySpec }

const run = uniqueName('np')
const admin = as(`admin@${run}.example`)
const names = { narrow: `${run}-narrow`, refuse: `${run}-refuse`, off: `${run}-off`, other: `${run}-other` }
type Name = keyof typeof names
const namespaceOf = (name: Name) => `tenant-${names[name]}-shop`
const nameLabel = 'kubernetes.io/metadata.name'
const byName = (namespace: string) => ({ matchLabels: { [nameLabel]: namespace } })

const policies = [
  {
    name: 'allow-proxy',
    ingress: [
      { peers: [{ namespace: 'ingress-nginx', podLabels: { app: 'proxy' } }], ports: [{ port: 8080, endPort: 8090, protocol: 'TCP' }] },
      { peers: [{ namespace: 'monitoring' }] }
    ]
  },
  {
    name: 'allow-database',
    egress: [
      {
        peers: [{ cidr: '10.20.0.0/16', except: ['10.20.5.0/24'] }, { cidr: '2001:db8::/32', except: ['2001:db8:5::/48'] }],
        ports: [{ port: 5432, protocol: 'TCP' }, { port: 443, protocol: 'TCP' }]
      },
      { peers: [{ cidr: '192.0.2.0/24' }] }
    ]
  }
]

const policy = (spec: Partial<NetworkPolicySpec>, name: Name = 'narrow', metadata: object = {}): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'web', namespace: namespaceOf(name), ...metadata },
  spec: { podSelector: {}, ...spec }
})
const created = async (object: KubeObject, who = admin) => await who.create(object, { dryRun: true }) as Policy
const refusalOf = async (object: KubeObject, who = admin): Promise<string> => await created(object, who).then(
  () => expect.unreachable(`${JSON.stringify(object)} is admitted`), error => (error as Error).message)

async function create (name: Name): Promise<void> {
  const className = names[name]
  const { spec } = standardClass(spec => {
    Object.assign(spec.network, { policies })
    spec.selfService = {
      permissions: false,
      ...(name !== 'off' && { networkPolicies: { ruleWithoutPeers: name === 'refuse' ? 'Refuse' as const : 'Narrow' as const } })
    }
    spec.allowedAuthors = [{ kind: 'User', name: 'network@acme.example' }]
  })
  await breakGlass().create(classManifest(className, spec))
  await client().create(tenantManifest(className, { className, admins: [{ kind: 'User', name: `admin@${run}.example` }] }))
  await waitForReady({ name: className })
}

const isNarrowed = await fillsInDefaults(client())
beforeAll(async () => {
  await Promise.all(Object.keys(names).map(async name => await create(name as Name)))
  await eventually(async () => {
    for (const name of ['narrow', 'refuse', 'other'] as const) {
      await created(policy({ ingress: [{ from: [{ podSelector: {} }] }] }, name))
      await expect(created(policy({ ingress: [{ from: [{ namespaceSelector: {} }] }] }, name))).rejects.toThrow('does not allow such peers')
    }
  })
}, 120_000)
afterAll(async () => {
  for (const name of Object.values(names)) {
    await removeTenant(name)
    await remove(classRef(name))
  }
})

describe('without self-service', () => {
  test('NetworkPolicies are refused, with the fields of the class that allow them', async () => {
    expect(await refusalOf(policy({ ingress: [{ from: [{ podSelector: {} }] }] }, 'off')))
      .toMatch(/does not allow \S+ to write networkpolicies .* set spec\.selfService of the TenantClass, or list the author in its spec\.allowedAuthors/)
  })
})

describe('without a WorkloadPolicy', () => {
  test('those of the Tenant are admitted: they isolate pods from the start', async () => {
    const since = Date.now()
    for (const { namespace } of [await readyTenant(), await readyTenant()]) {
      const writes = (await auditWrites(since)).filter(write => write.namespace === namespace && write.resource === 'networkpolicies')
      expect(writes.map(({ verb, name, code }) => `${verb} ${name} ${code}`).filter(write => !/ 20[01]$/.test(write))).toEqual([])
      expect(writes.length).toBeGreaterThan(2)
    }
  })

  test('others are refused, to break-glass too', async () => {
    const namespace = `tenant-${run}-bare`
    onTestFinished(() => remove(namespaceRef(namespace)))
    const metadata = { labels: { 'k8s-mtp.dev/tenant': 'bare' }, annotations: { 'k8s-mtp.dev/self-service': 'networkPolicies' } }
    await breakGlass().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, ...metadata } })
    await expect(created(policy({}, 'narrow', { namespace, labels: metadata.labels }), breakGlass())).resolves.toBeDefined()
    for (const who of [breakGlass(), client()]) await expect(created(policy({}, 'narrow', { namespace }), who)).rejects.toThrow('no params found')
    await expect(created(policy({}, 'narrow', { namespace, labels: metadata.labels }), client())).rejects.toThrow('are reserved for k8s-mtp')
  })
})

describe.runIf(isNarrowed)('rules without peers are narrowed', () => {
  const own = [{ podSelector: {} }]

  test.each<[string, Partial<NetworkPolicySpec>, Partial<NetworkPolicySpec>, string | undefined]>([
    ['all traffic', { ingress: [{}], egress: [{}] }, { ingress: [{ from: own }], egress: [{ to: own }] }, 'ingress,egress'],
    ['empty lists', { ingress: [{ from: [] }], policyTypes: ['Ingress'] }, { ingress: [{ from: own }] }, 'ingress'],
    [
      'ports',
      { ingress: [{ ports: [{ port: 'http' }, { port: 9090, endPort: 9099, protocol: 'UDP' }] }] },
      { ingress: [{ from: own, ports: [{ port: 'http', protocol: 'TCP' }, { port: 9090, endPort: 9099, protocol: 'UDP' }] }] },
      'ingress'
    ],
    [
      'some of several',
      { egress: [{ to: [{ podSelector: { matchLabels: { app: 'db' } } }] }, { ports: [{ port: 53, protocol: 'UDP' }] }, {}], policyTypes: ['Egress'] },
      { egress: [{ to: [{ podSelector: { matchLabels: { app: 'db' } } }] }, { to: own, ports: [{ port: 53, protocol: 'UDP' }] }, { to: own }] },
      'egress'
    ],
    ['none', { ingress: [{ from: own }] }, { ingress: [{ from: own }] }, undefined],
    ['no rules', { policyTypes: ['Ingress', 'Egress'] }, { policyTypes: ['Ingress', 'Egress'] }, undefined]
  ])('%s', async (_, spec, narrowed, annotation) => {
    const { spec: result, metadata } = await created(policy(spec))
    expect(result).toMatchObject(narrowed)
    expect(Object.keys(result).sort()).toEqual(['podSelector', 'policyTypes', ...Object.keys(spec).filter(key => key !== 'policyTypes')].sort())
    expect(metadata.annotations?.['k8s-mtp.dev/narrowed']).toBe(annotation)
  })

  test('and their authors are warned', async () => {
    const warnings: string[] = []
    const listening = admin.listening(text => warnings.push(text))
    await created(policy({ ingress: [{ from: [{ podSelector: {} }] }] }), listening)
    expect(warnings).toEqual([])
    await created(policy({ ingress: [{}] }), listening)
    expect(warnings).toEqual([expect.stringContaining(
      `allows only traffic within its namespace where a rule of ingress has no peers: TenantClass ${names.narrow} decides on other traffic.`
    )])
  })

  test.each(['kubectl', 'argocd-controller', 'kustomize-controller'])('the same each time that %s applies it', async fieldManager => {
    const applied = policy({ ingress: [{ ports: [{ port: 80 }] }], egress: [{}] }, 'narrow', { name: fieldManager })
    const first = await admin.apply(applied, { fieldManager })
    const second = await admin.apply(applied, { fieldManager })
    expect(second).toEqual(first)
    expect(first).toHaveProperty('spec.egress', [{ to: own }])
    await admin.delete(refOf(applied))
  })

  test('when they are added later, and not when only metadata change', async () => {
    const object = policy({ ingress: [{}] }, 'narrow', { name: 'theirs' })
    const author = as('network@acme.example', ['system:masters'])
    expect(await author.create(object)).toHaveProperty('spec.ingress', [{}])
    expect(await admin.patch(refOf(object), { metadata: { labels: { a: 'b' } } }, { dryRun: true })).toHaveProperty('spec.ingress', [{}])
    expect(await admin.patch(refOf(object), { spec: { egress: [{}] } }, { dryRun: true }))
      .toMatchObject({ spec: { ingress: [{ from: own }], egress: [{ to: own }] } })
    await breakGlass().delete(refOf(object))
  })

  test('except those of allowed authors and of break-glass', async () => {
    for (const who of [as('network@acme.example', ['system:masters']), breakGlass()]) {
      expect((await created(policy({ ingress: [{}] }), who)).spec.ingress).toEqual([{}])
    }
  })
})

test('rules without peers are refused otherwise', async () => {
  for (const name of isNarrowed ? ['refuse' as const] : ['refuse' as const, 'narrow' as const]) {
    expect(await refusalOf(policy({ ingress: [{}], egress: [{ ports: [{ port: 53 }] }] }, name))).toContain(
      'does not allow rules without peers, which open all networks: spec.selfService.networkPolicies.ruleWithoutPeers narrows them ' +
      `${name === 'refuse' ? 'if it is Narrow' : 'from Kubernetes 1.36 on'}. Set spec.ingress[0].from and spec.egress[0].to to [{podSelector: {}}], or change the TenantClass`)
  }
})

const tcp = (port: number, endPort?: number): NetworkPolicyPort => ({ port, protocol: 'TCP', ...(endPort !== undefined && { endPort }) })
const proxy = { namespaceSelector: byName('ingress-nginx'), podSelector: { matchLabels: { app: 'proxy' } } }
const dns = { namespaceSelector: byName('kube-system'), podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }
const dnsPorts: NetworkPolicyPort[] = [{ port: 53, protocol: 'UDP' }, tcp(53)]
const ownTenant = { 'k8s-mtp.dev/tenant': names.narrow }
const expression = (key: string, operator: string, ...values: string[]) => ({ matchExpressions: [{ key, operator, ...(values.length > 0 && { values }) }] })
const block = (cidr: string, ...except: string[]): NetworkPolicyPeer => ({ ipBlock: { cidr, ...(except.length > 0 && { except }) } })

type Row = [what: string, direction: 'ingress' | 'egress', peer: NetworkPolicyPeer, ports?: NetworkPolicyPort[]]
const rule = (direction: 'ingress' | 'egress', peer: NetworkPolicyPeer, ports?: NetworkPolicyPort[]): Partial<NetworkPolicySpec> => {
  const rest = ports === undefined ? {} : { ports }
  return direction === 'ingress' ? { ingress: [{ from: [peer], ...rest }] } : { egress: [{ to: [peer], ...rest }], policyTypes: ['Egress'] }
}

describe('a peer that is admitted', () => {
  test.each<Row>([
    ['pods of the namespace', 'ingress', { podSelector: { matchLabels: { app: 'web' } } }],
    ['the namespace by its name', 'egress', { namespaceSelector: byName(namespaceOf('narrow')) }],
    ['the namespace by its name, with In', 'egress', { namespaceSelector: expression(nameLabel, 'In', namespaceOf('narrow')) }],
    ['the Tenant by its label', 'ingress', { namespaceSelector: { matchLabels: ownTenant }, podSelector: {} }],
    ['the Tenant by its label, and another that only narrows', 'ingress', { namespaceSelector: { matchLabels: { ...ownTenant, stage: 'x' } } }],
    ['a namespace of the class', 'ingress', { namespaceSelector: byName('monitoring') }],
    ['a namespace of the class, with fewer pods', 'ingress', { namespaceSelector: byName('monitoring'), podSelector: { matchLabels: { a: 'b' } } }],
    ['pods of the class, on fewer ports', 'ingress', proxy, [tcp(8080), tcp(8085, 8090)]],
    ['name servers', 'egress', dns, dnsPorts],
    ['a network of the class', 'egress', block('192.0.2.0/24')],
    ['a part of it', 'egress', block('192.0.2.128/25', '192.0.2.128/30')],
    ['a network with its exception', 'egress', block('10.20.0.0/16', '10.20.5.0/24'), [tcp(5432)]],
    ['a network with a wider exception', 'egress', block('10.20.0.0/16', '10.20.4.0/22'), [tcp(5432), tcp(443)]],
    ['a network beside the exception', 'egress', block('10.20.6.0/24'), [tcp(5432)]],
    ['an IPv6 network beside the exception', 'egress', block('2001:db8:6::/48'), [tcp(443)]]
  ])('%s', async (_, direction, peer, ports) => {
    expect((await created(policy(rule(direction, peer, ports)))).spec[direction]).toHaveLength(1)
  })
})

describe('a peer that is refused', () => {
  test.each<Row>([
    ['all namespaces', 'ingress', { namespaceSelector: {} }],
    ['pods of all namespaces', 'ingress', { namespaceSelector: {}, podSelector: { matchLabels: { app: 'proxy' } } }],
    ['another namespace', 'ingress', { namespaceSelector: byName('default') }],
    ['another Tenant', 'ingress', { namespaceSelector: { matchLabels: { 'k8s-mtp.dev/tenant': names.other } } }],
    ['several Tenants', 'ingress', { namespaceSelector: expression('k8s-mtp.dev/tenant', 'In', names.narrow, names.other) }],
    ['any Tenant', 'ingress', { namespaceSelector: expression('k8s-mtp.dev/tenant', 'Exists') }],
    ['all except a Tenant', 'ingress', { namespaceSelector: expression('k8s-mtp.dev/tenant', 'NotIn', names.narrow) }],
    ['another label with the name of the Tenant', 'ingress', { namespaceSelector: { matchLabels: { tenant: names.narrow } } }],
    ['a namespace of the class by another label', 'ingress', { namespaceSelector: { matchLabels: { name: 'monitoring' } } }],
    ['a namespace of the other direction', 'egress', { namespaceSelector: byName('monitoring') }],
    ['all pods of a namespace of which some are allowed', 'ingress', { namespaceSelector: byName('ingress-nginx') }, [tcp(8080)]],
    ['pods with a label of several values', 'ingress', { namespaceSelector: byName('ingress-nginx'), podSelector: expression('app', 'In', 'proxy', 'x') }, [tcp(8080)]],
    ['pods of the class on all ports', 'ingress', proxy],
    ['pods of the class on another port', 'ingress', proxy, [tcp(8080), tcp(9090)]],
    ['pods of the class on more ports', 'ingress', proxy, [tcp(8080, 8091)]],
    ['pods of the class by another protocol', 'ingress', proxy, [{ port: 8080, protocol: 'UDP' }]],
    ['pods of the class on a named port', 'ingress', proxy, [{ port: 'http', protocol: 'TCP' }]],
    ['pods of the class on all ports of a protocol', 'ingress', proxy, [{ protocol: 'TCP' }]],
    ['all addresses', 'egress', block('0.0.0.0/0')],
    ['all IPv6 addresses', 'egress', block('::/0')],
    ['a wider network', 'egress', block('192.0.0.0/16')],
    ['a wider network except for the rest', 'egress', block('192.0.0.0/16', '192.0.0.0/23', '192.0.3.0/24', '192.0.4.0/22')],
    ['a network without its exception', 'egress', block('10.20.0.0/16'), [tcp(5432)]],
    ['a network with a smaller exception', 'egress', block('10.20.0.0/16', '10.20.5.0/25'), [tcp(5432)]],
    ['a network in the exception', 'egress', block('10.20.5.128/25'), [tcp(5432)]],
    ['a network on another port', 'egress', block('10.20.6.0/24'), [tcp(22)]],
    ['an IPv6 network in the exception', 'egress', block('2001:db8:5:1::/64'), [tcp(443)]],
    ['a network of the other direction', 'ingress', block('192.0.2.0/24')],
    ['the metadata service', 'egress', block('169.254.169.254/32')]
  ])('%s', async (_, direction, peer, ports) => {
    const path = direction === 'ingress' ? 'spec.ingress[0].from[0]' : 'spec.egress[0].to[0]'
    expect(await refusalOf(policy(rule(direction, peer, ports)))).toMatch(new RegExp(
      'does not allow such peers outside of the Tenant: spec.network lists .*' +
      `Set ${path.replaceAll(/[[\]]/g, '\\$&')} to \\{podSelector: \\{\\}\\}, or to a listed peer on its ports, or change the TenantClass`))
  })

  test('is listed with all others, and with what the class allows', async () => {
    const spec = { ingress: [{ from: [proxy, block('10.0.0.0/8')] }, { from: [{ podSelector: {} }, { namespaceSelector: {} }] }] }
    expect(await refusalOf(policy(spec))).toContain(
      'spec.network lists namespace ingress-nginx (app=proxy) on TCP 8080-8090, namespace monitoring. ' +
      'Set spec.ingress[0].from[0] and spec.ingress[0].from[1] and spec.ingress[1].from[1] to')
  })

  test('in an update as in a creation, by whichever verb', async () => {
    const object = policy({ ingress: [{ from: [{ podSelector: {} }] }] }, 'narrow', { name: 'changed' })
    await admin.create(object)
    const ref = refOf(object)
    const open = { ingress: [{ from: [{ namespaceSelector: {} }] }] }
    const attempts = [
      () => admin.patch(ref, { spec: open }),
      () => admin.patch(ref, [{ op: 'add', path: '/spec/ingress/0/from/0/namespaceSelector', value: {} }], { type: 'json' }),
      () => admin.apply({ ...object, spec: { podSelector: {}, ...open } } as KubeObject, { fieldManager: 'x', force: true }),
      () => client().patch(ref, { spec: open })
    ]
    for (const attempt of attempts) await expect(attempt()).rejects.toThrow('does not allow such peers')
    await admin.delete(ref)
  })

  test.each<[string, Partial<NetworkPolicySpec>, string]>([
    ['100 rules and peers', { ingress: [{ from: Array.from({ length: 100 }, () => ({ podSelector: {} })) }] }, 'a NetworkPolicy may have 100 rules and peers. Use several'],
    ['16 ports', { egress: [{ to: [block('192.0.2.0/24')], ports: Array.from({ length: 17 }, (_, index) => tcp(index + 1)) }] }, 'may have 16 peers outside of the Tenant, and 16 ports in rules with them. Use several'],
    ['16 peers outside', { egress: [{ to: Array.from({ length: 17 }, (_, index) => block(`192.0.2.${index}/32`)) }] }, 'may have 16 peers outside of the Tenant']
  ])('beyond %s', async (_, spec, message) => {
    expect(await refusalOf(policy(spec))).toContain(message)
  })
})

/** Over random NetworkPolicies: what the API server admits, beside those of the Tenant, allows nothing else outside of the Tenant. */
describe('NetworkPolicies of members, by the model of what a network plugin does', () => {
  const cases = Number(process.env.K8S_MTP_CASES ?? 400)
  const seed = Number(process.env.K8S_MTP_SEED ?? Date.now() % 2 ** 31)
  const own = namespaceOf('narrow')
  const podLabels = [{}, { app: 'web' }, { app: 'proxy' }, { 'k8s-app': 'kube-dns' }]
  const namespaces: World['namespaces'] = Object.fromEntries([
    [own, { ...ownTenant, 'k8s-mtp.dev/class': names.narrow }],
    [namespaceOf('other'), { 'k8s-mtp.dev/tenant': names.other, 'k8s-mtp.dev/class': names.other }],
    ...['ingress-nginx', 'monitoring', 'kube-system', 'default'].map(name => [name, name === 'default' ? { tenant: names.narrow } : {}] as const)
  ].map(([name, labels]) => [String(name), { [nameLabel]: String(name), ...labels as object }]))
  const addresses = [
    '10.20.1.1', '10.20.5.1', '10.20.5.200', '10.21.0.1', '192.0.2.1', '192.0.3.1', '169.254.169.254', '203.0.113.1', '10.244.0.9',
    '2001:db8::1', '2001:db8:5::1', '2001:db9::1'
  ]
  const pods = Object.keys(namespaces).flatMap((namespace, index) => podLabels.map((labels, place): Pod =>
    ({ namespace, labels, ip: `10.244.${index}.${place + 1}`, ports: { http: 8080, dns: 53, odd: 9153 } })))
  const endpoints: Endpoint[] = [...pods, ...addresses.map(ip => ({ ip }))]
  const connections = [22, 53, 443, 5432, 8080, 8085, 8091, 9153].flatMap((port): Connection[] => [{ protocol: 'TCP', port }, { protocol: 'UDP', port }])

  const labels = fc.constantFrom(...podLabels)
  const selector = fc.oneof(labels.map(matchLabels => ({ matchLabels })), fc.constant({}), fc.constant(expression('app', 'In', 'proxy', 'web')), fc.constant(expression('app', 'DoesNotExist')))
  const key = fc.constantFrom(nameLabel, 'k8s-mtp.dev/tenant', 'tenant')
  const value = fc.constantFrom(...Object.keys(namespaces), names.narrow, names.other)
  const namespaceSelector = fc.oneof(
    fc.constant({}),
    fc.tuple(key, value).map(([key, value]) => ({ matchLabels: { [key]: value } })),
    fc.tuple(key, fc.constantFrom('In', 'NotIn'), fc.uniqueArray(value, { minLength: 1, maxLength: 2 })).map(([key, operator, values]) => expression(key, operator, ...values)),
    fc.tuple(key, fc.constantFrom('Exists', 'DoesNotExist')).map(([key, operator]) => expression(key, operator)),
    fc.tuple(value, key, value).map(([name, key, value]) => ({ ...byName(name), ...expression(key, 'In', value) })),
    fc.constant({ matchLabels: ownTenant }),
    fc.constantFrom('monitoring', 'ingress-nginx', 'kube-system').map(byName)
  )
  const network = fc.oneof(
    fc.tuple(fc.constantFrom('10.20.1.0', '10.20.5.0', '10.20.0.0', '192.0.2.0', '10.0.0.0', '0.0.0.0'), fc.integer({ min: 0, max: 32 })),
    fc.tuple(fc.constantFrom('2001:db8::', '2001:db8:5::', '::'), fc.integer({ min: 0, max: 64 }))
  ).map(([address, bits]) => `${address}/${bits}`)
  const ipBlock = fc.oneof(
    network.map(cidr => block(cidr)),
    fc.tuple(fc.constantFrom('10.20.0.0', '10.20.4.0'), fc.integer({ min: 8, max: 22 }), fc.constantFrom('10.20.5.0', '10.20.4.0'), fc.integer({ min: 23, max: 26 }))
      .map(([address, bits, inner, more]) => block(`${address}/${bits}`, `${inner}/${more}`)),
    fc.constantFrom(block('10.20.0.0/16', '10.20.5.0/24'), block('10.20.0.0/16', '10.20.4.0/22'), block('192.0.2.0/24'), block('2001:db8::/32', '2001:db8:5::/48'))
  )
  const peer: fc.Arbitrary<NetworkPolicyPeer> = fc.oneof(
    selector.map(podSelector => ({ podSelector })),
    namespaceSelector.map(namespaceSelector => ({ namespaceSelector })),
    fc.tuple(namespaceSelector, selector).map(([namespaceSelector, podSelector]) => ({ namespaceSelector, podSelector })),
    ipBlock
  )
  const port: fc.Arbitrary<NetworkPolicyPort> = fc.oneof(
    fc.record({ port: fc.constantFrom<number | string>(53, 443, 5432, 8080, 8085, 22, 'http', 'dns', 'odd') }),
    fc.record({ port: fc.constantFrom<number | string>(53, 443, 5432, 8080, 8085) }),
    fc.record({ port: fc.constantFrom(53, 443, 8080), endPort: fc.constantFrom(8085, 8090, 8091) }),
    fc.constant({})
  ).chain(port => fc.constantFrom<Array<'TCP' | 'UDP'>>('TCP', 'UDP').map(protocol => ({ ...port, protocol })))
  const rules = fc.array(fc.tuple(fc.option(fc.array(peer, { maxLength: 2 })), fc.option(fc.array(port, { minLength: 1, maxLength: 2 }))), { minLength: 1, maxLength: 2 })
  const spec: fc.Arbitrary<Partial<NetworkPolicySpec>> = fc.record({ podSelector: selector, ingress: fc.option(rules), egress: fc.option(rules) })
    .map(({ podSelector, ingress, egress }) => {
      const made = (field: 'from' | 'to', all: typeof ingress) =>
        (all ?? []).map(([peers, ports]) => ({ ...(peers !== null && { [field]: peers }), ...(ports !== null && { ports }) })) as NetworkPolicyIngressRule[]
      return {
        podSelector,
        ...(ingress !== null && { ingress: made('from', ingress) }),
        ...(egress !== null && { egress: made('to', egress) }),
        policyTypes: [...(ingress === null ? [] : ['Ingress']), ...(egress === null ? [] : ['Egress'])]
      }
    })

  /** The connections that are allowed with pods outside of the Tenant. */
  function outside (world: World): Set<string> {
    const found = new Set<string>()
    for (const pod of pods.filter(({ namespace }) => namespace === own)) {
      for (const other of endpoints.filter(each => !('namespace' in each) || each.namespace !== own)) {
        for (const direction of ['Ingress', 'Egress'] as const) {
          for (const connection of connections) {
            if (allows(world, direction, pod, other, connection)) {
              found.add(`${direction} ${pod.ip} ${other.ip} ${connection.protocol} ${connection.port}`)
            }
          }
        }
      }
    }
    return found
  }

  test(`allow nothing outside of the Tenant that the class does not (${cases} cases, K8S_MTP_SEED=${seed})`, async () => {
    const { items } = await client().list({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' }, { namespace: own, labelSelector: 'k8s-mtp.dev/tenant' })
    const baseline = (items as Policy[]).map(({ spec }) => spec)
    expect(baseline).toHaveLength(5)
    const before = outside({ namespaces, policies: { [own]: baseline } })
    // The model has to tell traffic that is allowed from traffic that is not.
    expect(before.size).toBeGreaterThan(20)
    const counts = { admitted: 0, 'admitted with peers outside': 0, narrowed: 0, refused: 0, invalid: 0 }
    await fc.assert(fc.asyncProperty(spec, async spec => {
      const result = await created(policy(spec)).catch((error: unknown) => error)
      if (result instanceof ApiError) {
        counts[result.code === 403 ? 'refused' : 'invalid']++
        if (result.code === 403) expect(result.message).toMatch(/TenantClass \S+ does not allow/)
        else expect(result.code, result.message).toBe(422)
        return
      }
      const admitted = result as Policy
      counts.admitted++
      if (admitted.metadata.annotations?.['k8s-mtp.dev/narrowed'] !== undefined) counts.narrowed++
      const peers = [...(admitted.spec.ingress ?? []).flatMap(({ from = [] }) => from), ...(admitted.spec.egress ?? []).flatMap(({ to = [] }) => to)]
      if (peers.some(({ ipBlock, namespaceSelector }) => ipBlock !== undefined || namespaceSelector !== undefined)) counts['admitted with peers outside']++
      expect(outside({ namespaces, policies: { [own]: [...baseline, admitted.spec] } }), JSON.stringify(admitted.spec)).toEqual(before)
    }), { numRuns: cases, seed })
    console.log(`NetworkPolicies: ${JSON.stringify(counts)}`)
    expect(counts['admitted with peers outside']).toBeGreaterThan(cases / 50)
    if (isNarrowed) expect(counts.narrowed).toBeGreaterThan(cases / 50)
  }, 300_000)
})
