import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { areDisjoint } from '../../../src/api/cidr.ts'
import type { Peer, TenantTraffic, TrafficRule } from '../../../src/api/network.ts'
import type { Tenant } from '../../../src/api/tenant.ts'
import type { TenantClass } from '../../../src/api/tenant-class.ts'
import { formatPath } from '../../../src/api/validation/checker.ts'
import { networkProblems } from '../../../src/tenancy/policy/effective-network.ts'
import { desiredFor } from '../../../src/tenancy/desired/desired-state.ts'
import { tenantTraffic } from '../../../src/tenancy/desired/tenant-traffic.ts'
import { casesOfRun } from '../../support/cases-of-run.ts'
import { allows, type Endpoint, type Pod, type World } from '../../support/network-model.ts'
import { defaultClass, tenant } from '../../support/objects.ts'
import { now } from '../../support/requests.ts'

const seed = Number(process.env.K8S_MTP_SEED ?? Date.now() % 2 ** 31)
const classWith = (allow: TenantTraffic) => defaultClass(spec => { spec.overrides = { network: { allow } } })
const tcp = (port: number, endPort?: number) => ({ port, protocol: 'TCP' as const, ...(endPort !== undefined && { endPort }) })
const rule = (peer: Peer, ...ports: Array<ReturnType<typeof tcp>>): TrafficRule => ({ peers: [peer], ...(ports.length > 0 && { ports }) })

describe('networkProblems', () => {
  const internet = { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '169.254.0.0/16'] }
  const bounds: TenantTraffic = {
    ingress: [rule({ namespace: 'monitoring', podLabels: { app: 'prometheus' } })],
    egress: [rule(internet, tcp(443), tcp(8000, 8010)), rule(internet, tcp(53)), rule({ namespace: 'db' }), rule({ cidr: '2001:db8::/32' })]
  }
  const problems = (own: TenantTraffic) => networkProblems({ network: { allow: own } }, classWith(bounds), 'acme')
  const allowed: Array<[string, TenantTraffic]> = [
    ['none', {}],
    ['the bounds themselves', bounds],
    ['a network within', { egress: [rule({ cidr: '192.0.2.0/24' }, tcp(443))] }],
    ['exceptions that are larger', { egress: [rule({ cidr: '0.0.0.0/0', except: ['10.0.0.0/7', '169.0.0.0/8'] }, tcp(443))] }],
    ['ports of several rules', { egress: [rule(internet, tcp(53), tcp(8001, 8002))] }],
    ['any ports where the bound has none', { egress: [rule({ namespace: 'db' }, tcp(5432)), rule({ cidr: '2001:db8:1::/48' })] }],
    ['more labels', { ingress: [rule({ namespace: 'monitoring', podLabels: { app: 'prometheus', tier: 'a' } })] }]
  ]
  const refused: Array<[string, TenantTraffic]> = [
    ['all ports', { egress: [rule({ cidr: '192.0.2.0/24' })] }],
    ['a port beside the range', { egress: [rule({ cidr: '192.0.2.0/24' }, tcp(8000, 8011))] }],
    ['another protocol', { egress: [{ peers: [{ cidr: '192.0.2.0/24' }], ports: [{ port: 443, protocol: 'UDP' }] }] }],
    ['a network in an exception', { egress: [rule({ cidr: '10.0.0.0/8' }, tcp(443))] }],
    ['a network around an exception', { egress: [rule({ cidr: '8.0.0.0/6' }, tcp(443))] }],
    ['a smaller exception', { egress: [rule({ cidr: '0.0.0.0/0', except: ['10.0.0.0/9', '169.254.0.0/16'] }, tcp(443))] }],
    ['two halves of an exception', { egress: [rule({ cidr: '8.0.0.0/6', except: ['10.0.0.0/9', '10.128.0.0/9'] }, tcp(443))] }],
    ['a larger network', { egress: [rule({ cidr: '2001:db0::/28' })] }],
    ['a network of the other family', { egress: [rule({ cidr: '::/8' }, tcp(443))] }],
    ['another namespace', { egress: [rule({ namespace: 'kube-system' })] }],
    ['a namespace of the other direction', { ingress: [rule({ namespace: 'db' })] }],
    ['a namespace without the labels of the bound', { ingress: [rule({ namespace: 'monitoring' })] }],
    ['other values of the labels', { ingress: [rule({ namespace: 'monitoring', podLabels: { app: 'web' } })] }]
  ]

  it.each(allowed)('allows %s', (_, own) => { expect(problems(own)).toEqual([]) })

  it.each(refused)('refuses %s', (_, own) => {
    expect(problems(own)).toMatchObject([{ reason: 'OverrideNotAllowed', message: expect.stringContaining('under TenantClass default') as string }])
  })

  it('refuses everything without bounds, and names each peer', () => {
    const own = { egress: [{ peers: [{ namespace: 'db' }, { cidr: '192.0.2.0/24' }] }] }
    expect(networkProblems({ network: { allow: own } }, defaultClass(), 'acme').map(({ path, message }) => `${formatPath(path)}: ${message.split('. ')[0]}`)).toEqual([
      'spec.network.allow.egress[0].peers[0]: namespace db cannot be allowed under TenantClass default: spec.overrides.network.allow.egress lists none',
      'spec.network.allow.egress[0].peers[1]: 192.0.2.0/24 cannot be allowed under TenantClass default: spec.overrides.network.allow.egress lists none'
    ])
  })
})

describe('peers', () => {
  const problems = (peers: string[], allowed?: boolean) => networkProblems({ network: { peers: peers.map(tenant => ({ tenant })) } }, defaultClass(spec => {
    spec.overrides = { network: { ...(allowed !== undefined && { peers: allowed }) } }
  }), 'acme').map(({ reason, path, message }) => `${reason} ${formatPath(path)}: ${message.split('. ')[0]}`)

  it('are allowed where the class says so', () => {
    expect(problems(['globex', 'initech'], true)).toEqual([])
    for (const allowed of [false, undefined]) {
      expect(problems([], allowed)).toEqual([])
      expect(problems(['globex', 'acme'], allowed)).toEqual([
        'OverrideNotAllowed spec.network.peers: cannot be set under TenantClass default, where spec.overrides.network.peers is not true'
      ])
    }
  })

  it('are other Tenants', () => {
    expect(problems(['globex', 'acme'], true)).toEqual(['SpecInvalid spec.network.peers[1].tenant: acme is this Tenant: pods within it may connect anyway'])
  })
})

/** All NetworkPolicies of three Tenants, by whom each names. The model decides by both ends, as a connection needs. */
describe('traffic between Tenants, by the model of what a network plugin does', () => {
  const tenants = ['acme', 'globex', 'initech'] as const
  type Name = typeof tenants[number]
  const namespaceOf = (name: string) => `tenant-${name}-shop`
  const namespaces = Object.fromEntries([...tenants.map(name => [namespaceOf(name), { 'k8s-mtp.dev/tenant': name }] as const), ['forged', { tenant: 'globex' }] as const]
    .map(([name, labels]) => [name, { 'kubernetes.io/metadata.name': name, ...labels }]))
  const podOf = (namespace: string): Pod => ({ namespace, labels: {}, ip: '10.244.0.1' })

  function flows (world: World, from: Pod, to: Pod): boolean {
    return [22, 443].every(port => {
      const connection = { protocol: 'TCP' as const, port }
      return allows(world, 'Egress', from, to, connection) && allows(world, 'Ingress', to, from, connection)
    })
  }
  const named = fc.subarray([...tenants, 'ghost'])

  it('flows exactly between those that name each other, in both directions', () => {
    fc.assert(fc.property(named, named, named, (acme, globex, initech) => {
      const names: Record<Name, string[]> = { acme, globex, initech }
      const policies = Object.fromEntries(tenants.map(name => [namespaceOf(name), desiredPolicies(name, names[name].filter(each => each !== name))]))
      const world = { namespaces, policies }
      for (const from of tenants) {
        for (const to of tenants) {
          const agree = from === to || (names[from].includes(to) && names[to].includes(from))
          expect({ from, to, flows: flows(world, podOf(namespaceOf(from)), podOf(namespaceOf(to))) }).toEqual({ from, to, flows: agree })
        }
        expect(flows(world, podOf('forged'), podOf(namespaceOf(from))) || flows(world, podOf(namespaceOf(from)), podOf('forged'))).toBe(false)
      }
    }), { numRuns: casesOfRun(1000), seed })
  })

  it('does not flow in either direction where one side names the other', () => {
    const world = { namespaces, policies: { [namespaceOf('acme')]: desiredPolicies('acme', ['globex']), [namespaceOf('globex')]: desiredPolicies('globex', []) } }
    const [acme, globex] = [podOf(namespaceOf('acme')), podOf(namespaceOf('globex'))]
    expect([flows(world, acme, globex), flows(world, globex, acme)]).toEqual([false, false])
    world.policies[namespaceOf('globex')] = desiredPolicies('globex', ['acme'])
    expect([flows(world, acme, globex), flows(world, globex, acme)]).toEqual([true, true])
  })

  it('flows between the namespaces of one Tenant where the classes of both have betweenNamespaces', () => {
    for (const [dev, prod] of [[false, false], [true, false], [false, true], [true, true]] as const) {
      const policiesOf = (name: string, owner: string, isOpen: boolean) =>
        policiesIn(tenant({ name }, owner), defaultClass(spec => { spec.network = { ...spec.network, ...(isOpen && { betweenNamespaces: true }) } }))
      const world = {
        namespaces: { ...namespaces, 'tenant-acme-dev': { 'kubernetes.io/metadata.name': 'tenant-acme-dev', 'k8s-mtp.dev/tenant': 'acme' } },
        policies: {
          'tenant-acme-dev': policiesOf('dev', 'acme', dev), 'tenant-acme-shop': policiesOf('shop', 'acme', prod), 'tenant-globex-shop': policiesOf('shop', 'globex', true)
        }
      }
      const [a, b, other] = ['tenant-acme-dev', 'tenant-acme-shop', 'tenant-globex-shop'].map(podOf) as [Pod, Pod, Pod]
      expect([flows(world, a, b), flows(world, b, a)]).toEqual([dev && prod, dev && prod])
      expect([flows(world, a, other), flows(world, other, a)]).toEqual([false, false])
    }
  })

  function policiesIn (owner: Tenant, tenantClass: TenantClass) {
    return (desiredFor(owner, tenantClass, now).desired?.contents ?? []).flatMap(manifest => manifest.kind === 'NetworkPolicy' ? [manifest.spec] : [])
  }

  /** All of one Tenant. */
  function desiredPolicies (name: string, peers: string[]) {
    const spec = { ...(peers.length > 0 && { network: { peers: peers.map(tenant => ({ tenant })) } }) }
    return policiesIn(tenant(spec, name), defaultClass(spec => { spec.overrides = { network: { peers: true } } }))
  }
})

/** Over random traffic and bounds: what is within them reaches only what NetworkPolicies of the bounds would. */
describe('traffic within bounds, by the model of what a network plugin does', () => {
  const network = fc.constantFrom(
    '0.0.0.0/0', '10.0.0.0/8', '10.16.0.0/12', '10.20.0.0/16', '10.20.1.0/24', '10.20.1.0/28', '192.0.2.0/24', '192.0.2.128/25'
  )
  const peer: fc.Arbitrary<Peer> = fc.oneof(
    fc.record({ namespace: fc.constantFrom('db', 'monitoring', 'tenant-globex-web'), podLabels: fc.constantFrom({ app: 'a' }, { app: 'b' }) }),
    fc.constantFrom('db', 'monitoring').map(namespace => ({ namespace })),
    fc.tuple(network, fc.array(network, { maxLength: 2 })).map(([cidr, inner]) => {
      const except = inner.filter(each => !areDisjoint(cidr, each) && Number(each.split('/')[1]) > Number(cidr.split('/')[1]))
      return { cidr, ...(except.length > 0 && { except }) }
    })
  )
  const port = fc.constantFrom(tcp(443), tcp(53), tcp(8000, 8010), tcp(8001, 8002), tcp(22))
  const trafficRule = fc.tuple(fc.array(peer, { minLength: 1, maxLength: 2 }), fc.option(fc.array(port, { minLength: 1, maxLength: 2 })))
    .map(([peers, ports]): TrafficRule => ({ peers, ...(ports !== null && { ports }) }))
  const rules = fc.array(trafficRule, { minLength: 1, maxLength: 3 })

  const own = { namespace: 'tenant-acme-shop', labels: {}, ip: 'fd00::1' }
  const namespaces: World['namespaces'] = Object.fromEntries(['tenant-acme-shop', 'tenant-globex-web', 'db', 'monitoring'].map(name => [
    name, { 'kubernetes.io/metadata.name': name, ...(name.startsWith('tenant-') && { 'k8s-mtp.dev/tenant': name.split('-')[1] ?? '' }) }
  ]))
  const endpoints: Endpoint[] = [
    ...Object.keys(namespaces).flatMap(namespace => ['a', 'b'].map((app): Pod => ({ namespace, labels: { app }, ip: 'fd00::2' }))),
    ...['10.20.1.1', '10.20.0.1', '10.20.200.1', '10.16.3.1', '10.31.0.1', '192.0.2.1', '192.0.2.200', '8.8.8.8'].map(ip => ({ ip }))
  ]
  const reached = (traffic: TenantTraffic) => {
    const policies = { [own.namespace]: tenantTraffic({ ownNetwork: { allow: traffic }, network: defaultClass().spec.network }, { namespace: own.namespace, labels: {} }).map(({ spec }) => spec) }
    return (['Ingress', 'Egress'] as const).flatMap(direction => endpoints.flatMap((other, index) => [22, 53, 443, 8000, 8001, 8010].flatMap(port =>
      allows({ namespaces, policies }, direction, own, other, { protocol: 'TCP', port }) ? [`${direction} ${index} ${port}`] : [])))
  }

  it(`is within their traffic, and never with another Tenant (K8S_MTP_SEED=${seed})`, () => {
    const cases = casesOfRun(5000)
    let within = 0
    fc.assert(fc.property(rules, rules, (bound, wanted) => {
      const [bounds, traffic] = [{ ingress: bound, egress: bound }, { ingress: wanted, egress: wanted }]
      if (networkProblems({ network: { allow: traffic } }, classWith(bounds), 'acme').length > 0) return
      within++
      const [all, some] = [new Set(reached(bounds)), reached(traffic)]
      expect(some.filter(each => !all.has(each))).toEqual([])
      expect(some.filter(each => / [0-3] /.test(each))).toEqual([])
    }), { numRuns: cases, seed })
    expect(within).toBeGreaterThan(cases / 100)
  })
})
