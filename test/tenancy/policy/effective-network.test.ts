import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { areDisjoint } from '../../../src/api/cidr.ts'
import type { Peer, TenantTraffic, TrafficRule } from '../../../src/api/network.ts'
import { formatPath } from '../../../src/api/validation/checker.ts'
import { networkProblems } from '../../../src/tenancy/policy/effective-network.ts'
import { tenantTraffic } from '../../../src/tenancy/desired/tenant-traffic.ts'
import { allows, type Endpoint, type Pod, type World } from '../../support/network-model.ts'
import { defaultClass } from '../../support/objects.ts'

const classWith = (allow: TenantTraffic) => defaultClass(spec => { spec.overrides = { network: { allow } } })
const tcp = (port: number, endPort?: number) => ({ port, protocol: 'TCP' as const, ...(endPort !== undefined && { endPort }) })
const rule = (peer: Peer, ...ports: Array<ReturnType<typeof tcp>>): TrafficRule => ({ peers: [peer], ...(ports.length > 0 && { ports }) })

describe('networkProblems', () => {
  const internet = { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '169.254.0.0/16'] }
  const bounds: TenantTraffic = {
    ingress: [rule({ namespace: 'monitoring', podLabels: { app: 'prometheus' } })],
    egress: [rule(internet, tcp(443), tcp(8000, 8010)), rule(internet, tcp(53)), rule({ namespace: 'db' }), rule({ cidr: '2001:db8::/32' })]
  }
  const problems = (own: TenantTraffic) => networkProblems({ network: { allow: own } }, classWith(bounds))
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
    expect(networkProblems({ network: { allow: own } }, defaultClass()).map(({ path, message }) => `${formatPath(path)}: ${message.split('. ')[0]}`)).toEqual([
      'spec.network.allow.egress[0].peers[0]: namespace db cannot be allowed under TenantClass default: spec.overrides.network.allow.egress lists none',
      'spec.network.allow.egress[0].peers[1]: 192.0.2.0/24 cannot be allowed under TenantClass default: spec.overrides.network.allow.egress lists none'
    ])
  })
})

const seed = Number(process.env.K8S_MTP_SEED ?? Date.now() % 2 ** 31)

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
    const policies = { [own.namespace]: tenantTraffic({ allow: traffic }, { namespace: own.namespace, labels: {} }).map(({ spec }) => spec) }
    return (['Ingress', 'Egress'] as const).flatMap(direction => endpoints.flatMap((other, index) => [22, 53, 443, 8000, 8001, 8010].flatMap(port =>
      allows({ namespaces, policies }, direction, own, other, { protocol: 'TCP', port }) ? [`${direction} ${index} ${port}`] : [])))
  }

  it(`is within their traffic, and never with another Tenant (K8S_MTP_SEED=${seed})`, () => {
    let within = 0
    fc.assert(fc.property(rules, rules, (bound, wanted) => {
      const [bounds, traffic] = [{ ingress: bound, egress: bound }, { ingress: wanted, egress: wanted }]
      if (networkProblems({ network: { allow: traffic } }, classWith(bounds)).length > 0) return
      within++
      const [all, some] = [new Set(reached(bounds)), reached(traffic)]
      expect(some.filter(each => !all.has(each))).toEqual([])
      expect(some.filter(each => / [0-3] /.test(each))).toEqual([])
    }), { numRuns: 5000, seed })
    expect(within).toBeGreaterThan(50)
  })
})
