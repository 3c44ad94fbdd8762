import fc from 'fast-check'
import type { NetworkPolicySpec } from 'kubernetes-types/networking/v1.js'
import { describe, expect, test } from 'vitest'
import { allows, anyPort, connects, openings, type NamespaceOfModel, type PodEnd, type PolicyObject, type Port } from '../../../src/verify/network/model.ts'
import { counterexampleOf, selects, witnessOf } from '../../../src/verify/network/selectors.ts'
import { addressesIn, podsOf } from '../../../src/verify/network/witnesses.ts'
import { distinct, onlyDns, pathsBeyond } from '../../../src/verify/network/paths.ts'
import { containsAddress } from '../../../src/api/cidr.ts'
import * as naive from '../../support/network-model.ts'

const key = fc.constantFrom('app', 'tier')
const value = fc.constantFrom('a', 'b')
const labels = fc.dictionary(key, value, { maxKeys: 2 })
const expression = fc.oneof(
  fc.record({ key, operator: fc.constantFrom('In', 'NotIn'), values: fc.uniqueArray(value, { minLength: 1, maxLength: 2 }) }),
  fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') })
)
const selector = fc.record({ matchLabels: labels, matchExpressions: fc.array(expression, { maxLength: 2 }) }, { requiredKeys: [] })
const cidr = fc.constantFrom(['0.0.0.0/0', '10.0.0.0/8'], ['10.0.0.0/8', '10.1.0.0/16'], ['10.1.2.0/24', '10.1.2.3/32'], ['192.0.2.0/24', '192.0.2.128/25'])
const peer = fc.oneof(
  fc.record({ namespaceSelector: selector, podSelector: selector }, { requiredKeys: ['namespaceSelector'] }),
  fc.record({ podSelector: selector }),
  fc.tuple(cidr, fc.boolean()).map(([[network, inner], hasExcept]) => ({ ipBlock: { cidr: network, ...(hasExcept && { except: [inner] }) } }))
)
const port = fc.oneof(
  fc.record({ protocol: fc.constantFrom('TCP', 'UDP'), port: fc.constantFrom(53, 80, 443) }, { requiredKeys: [] }),
  fc.record({ port: fc.constant(80), endPort: fc.constantFrom(90, 443) }),
  fc.record({ port: fc.constant('web') })
)
const ports = fc.array(port, { maxLength: 2 })
const spec = fc.record({
  podSelector: selector,
  policyTypes: fc.constantFrom(['Ingress'], ['Egress'], ['Ingress', 'Egress']),
  ingress: fc.array(fc.record({ from: fc.array(peer, { maxLength: 2 }), ports }, { requiredKeys: [] }), { maxLength: 2 }),
  egress: fc.array(fc.record({ to: fc.array(peer, { maxLength: 2 }), ports }, { requiredKeys: [] }), { maxLength: 2 })
}, { requiredKeys: ['podSelector', 'policyTypes'] })

const names = ['one', 'two'] as const
const world = fc.record({
  labels: fc.tuple(labels, labels), policies: fc.tuple(fc.array(spec, { maxLength: 3 }), fc.array(spec, { maxLength: 3 }))
})
const pod = fc.record({ namespace: fc.constantFrom(0, 1), labels, ip: fc.constantFrom('10.1.2.3', '10.9.9.9', '192.0.2.200'), web: fc.constantFrom(80, 443) })
const connection = fc.record({ protocol: fc.constantFrom('TCP' as const, 'UDP' as const), port: fc.constantFrom(53, 80, 85, 443, anyPort) })
const direction = fc.constantFrom('Ingress' as const, 'Egress' as const)

interface World { labels: Array<Record<string, string>>, policies: object[][] }

function namespaceOf (world: World, index: number): NamespaceOfModel {
  const policies: PolicyObject[] = (world.policies[index] ?? []).map((spec, at) => ({ metadata: { name: `p${at}`, namespace: names[index] ?? '' }, spec }))
  return { name: names[index] ?? '', labels: world.labels[index] ?? {}, policies }
}

const endOf = (world: World, { namespace, labels, ip, web }: { namespace: number, labels: Record<string, string>, ip: string, web: number }): PodEnd =>
  ({ namespace: namespaceOf(world, namespace), labels, addresses: [ip], ports: { web } })

describe('the model', () => {
  test('says what an independent one says', () => {
    fc.assert(fc.property(world, pod, fc.oneof(pod, fc.record({ ip: fc.constantFrom('10.1.9.9', '192.0.2.1', '203.0.113.9') })), direction, connection,
      (world, pod, other, direction, connection) => {
        const simple: naive.World = {
          namespaces: Object.fromEntries(names.map((name, index) => [name, world.labels[index] ?? {}])),
          policies: Object.fromEntries(names.map((name, index) => [name, structuredClone(world.policies[index] ?? []) as unknown as NetworkPolicySpec[]]))
        }
        const simplePod = (each: typeof pod): naive.Pod =>
          ({ namespace: names[each.namespace] ?? '', labels: each.labels, ip: each.ip, ports: { web: each.web } })
        const expected = naive.allows(simple, direction, simplePod(pod), 'namespace' in other ? simplePod(other) : other, connection)
        const end = 'namespace' in other ? endOf(world, other) : { address: other.ip }
        expect(allows(direction, endOf(world, pod), end, connection)).toBe(expected)
      }), { numRuns: 3000 })
  })

  test('never closes by a further policy what another policy opens', () => {
    fc.assert(fc.property(world, pod, pod, direction, connection, spec, (world, pod, other, direction, connection, further) => {
      const more = { ...world, policies: world.policies.map((list, index) => index === pod.namespace ? [...list, further] : list) }
      const before = openings(direction, endOf(world, pod), endOf(world, other))
      fc.pre(before.length > 0 && before.every(({ policy }) => policy !== undefined) && allows(direction, endOf(world, pod), endOf(world, other), connection))
      expect(allows(direction, endOf(more, pod), endOf(more, other), connection)).toBe(true)
    }), { numRuns: 1000 })
  })

  test('connects only where both ends allow it', () => {
    fc.assert(fc.property(world, pod, pod, connection, (world, from, to, connection) => {
      const [sender, receiver] = [endOf(world, from), endOf(world, to)]
      expect(connects(sender, receiver, connection)).toBe(allows('Egress', sender, receiver, connection) && allows('Ingress', receiver, sender, connection))
    }))
  })

  test('takes a pod as exposed where no policy selects it, and isolated by an empty one', () => {
    const exposed: PodEnd = { namespace: { name: 'one', labels: {}, policies: [] }, labels: {}, addresses: [] }
    const deny = { metadata: { name: 'default-deny', namespace: 'one' }, spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } }
    const isolated: PodEnd = { ...exposed, namespace: { name: 'one', labels: {}, policies: [deny] } }
    expect(openings('Ingress', exposed, { address: '192.0.2.1' })).toEqual([{ policy: undefined, ports: undefined }])
    expect(openings('Ingress', isolated, exposed)).toEqual([])
  })
})

describe('representative pods', () => {
  test('a witness is selected, and a counterexample is not', () => {
    fc.assert(fc.property(selector, selector => {
      const [witness, counterexample] = [witnessOf(selector), counterexampleOf(selector)]
      if (witness !== undefined) expect(selects(selector, witness)).toBe(true)
      if (counterexample !== undefined) expect(selects(selector, counterexample)).toBe(false)
    }), { numRuns: 1000 })
  })

  test('a witness is found for every selector that selects one of the possible pods', () => {
    const possible = [undefined, 'a', 'b', 'any'].flatMap(app => [undefined, 'a', 'b', 'any'].map(tier =>
      Object.fromEntries([['app', app], ['tier', tier]].filter((pair): pair is [string, string] => pair[1] !== undefined))))
    fc.assert(fc.property(selector, selector => {
      if (possible.some(labels => selects(selector, labels))) expect(witnessOf(selector)).toBeDefined()
    }), { numRuns: 1000 })
  })

  test('an address of each network is outside of its exceptions', () => {
    fc.assert(fc.property(cidr, fc.boolean(), ([network, inner], hasExcept) => {
      const block = { cidr: network, ...(hasExcept && { except: [inner] }) }
      const policy = { metadata: { name: 'any' }, spec: { podSelector: {}, egress: [{ to: [{ ipBlock: block }] }] } }
      const [address = ''] = addressesIn([policy])
      expect(containsAddress(network ?? '', address) && !(hasExcept && containsAddress(inner ?? '', address))).toBe(true)
    }))
  })
})

describe('paths beyond the intended traffic', () => {
  const own = (...specs: object[]): NamespaceOfModel => ({
    name: 'own', labels: {}, policies: [{ podSelector: {}, policyTypes: ['Ingress', 'Egress'] }, ...specs].map((spec, index) => ({ metadata: { name: `p${index}`, namespace: 'own' }, spec }))
  })
  const other = { name: 'other', end: { namespace: { name: 'other', labels: { 'kubernetes.io/metadata.name': 'other' }, policies: [] }, labels: {}, addresses: [] } }
  const dns = { ...other, end: { ...other.end, namespace: { ...other.end.namespace, name: 'kube-system' } } }
  const paths = (namespace: NamespaceOfModel, end = other) => pathsBeyond(distinct(podsOf(namespace, []).pods), [end], ['Ingress', 'Egress'], onlyDns)

  test.each<[string, object, typeof other, number]>([
    ['nothing by default', {}, other, 0],
    ['a rule without peers', { podSelector: {}, ingress: [{}] }, other, 1],
    ['a rule for some pods', { podSelector: { matchLabels: { app: 'web' } }, ingress: [{}] }, other, 1],
    ['pods of the namespace', { podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] }, other, 0],
    ['all namespaces', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ namespaceSelector: {} }] }] }, other, 1],
    ['DNS', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ namespaceSelector: {} }], ports: [{ protocol: 'UDP', port: 53 }] }] }, dns, 0],
    ['more than DNS', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ namespaceSelector: {} }], ports: [{ port: 53, endPort: 80 }] }] }, dns, 1]
  ])('%s', (_, spec, end, count) => {
    expect(paths(own(spec), end)).toHaveLength(count)
  })

  test('the port of a connection decides', () => {
    const port: Port = { protocol: 'TCP', port: 80 }
    const namespace = own({ podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] })
    const pod: PodEnd = { namespace, labels: {}, addresses: [] }
    expect([allows('Ingress', pod, other.end, port), allows('Ingress', pod, other.end, { ...port, port: 81 })]).toEqual([true, false])
  })
})
