import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allChecks } from '../../../src/verify/families.ts'
import { isOpen, isolating, openings, type PodEnd, type PolicyObject } from '../../../src/verify/network/model.ts'
import { distinct, namespaceOfModel, pathsBeyond, type Intended } from '../../../src/verify/network/paths.ts'
import { peerLabels, peersIn, podsOf } from '../../../src/verify/network/witnesses.ts'
import { fakeApi, judgeOne, target } from '../fake-api.ts'

const check = allChecks.find(({ id }) => id === 'network-isolation') ?? expect.unreachable()
const { tenant: _, ...plain } = target
const policiesOf = (...specs: object[]) => specs.map((spec, index) =>
  ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: `p${index}`, namespace: target.name }, spec }))
const isolationOf = async (...specs: object[]) => await judgeOne(check, fakeApi({ objects: { NetworkPolicy: policiesOf(...specs), Pod: [] } }), plain)

const both = { policyTypes: ['Ingress', 'Egress'] }
const app = (operator: string, ...values: string[]) => ({ podSelector: { matchExpressions: [{ key: 'app', operator, ...(values.length > 0 && { values }) }] }, ...both })

test('a pod between two policies is exposed', async () => {
  expect(await isolationOf(app('NotIn', 'a', 'b'), app('In', 'a'))).toEqual({ state: 'failed', message: 'no NetworkPolicy isolates pods with app=b for ingress' })
  expect(await isolationOf(app('NotIn', 'a', 'b'), app('In', 'a', 'b'))).toMatchObject({ state: 'passed' })
  expect(await isolationOf(app('Exists'), app('DoesNotExist'))).toMatchObject({ state: 'passed' })
})

test('a pod with labels of two keys is exposed', async () => {
  const tier = (spec: object) => ({ podSelector: { matchExpressions: [{ key: 'tier', ...spec }] }, ...both })
  expect(await isolationOf(app('NotIn', 'a'), tier({ operator: 'NotIn', values: ['x'] }))).toMatchObject({ message: expect.stringMatching(/app=a,tier=x|tier=x,app=a/) as string })
})

test('too many combinations are a warning, unless a policy selects everything', async () => {
  const many = Array.from({ length: 12 }, (_, index) => ({ podSelector: { matchLabels: { [`key-${index}`]: 'a' } }, ...both }))
  const rest = { podSelector: { matchExpressions: [{ key: 'key-0', operator: 'NotIn', values: ['a'] }] }, ...both }
  expect(await isolationOf(...many, rest)).toMatchObject({ state: 'warning', message: expect.stringContaining('as far as tried') as string })
  expect(await isolationOf(...many, { podSelector: {}, ...both })).toMatchObject({ state: 'passed' })
})

test('all real pods count', () => {
  const pods = Array.from({ length: 40 }, (_, index) => ({
    apiVersion: 'v1', kind: 'Pod', metadata: { name: `p${index}`, namespace: target.name, labels: { app: `app-${index}` } }
  }))
  expect(podsOf(namespaceOfModel(target.namespace, []), pods).pods).toHaveLength(41)
})

describe('of a random world', () => {
  const key = fc.constantFrom('app', 'tier')
  const value = fc.constantFrom('a', 'b', 'c')
  const expression = fc.oneof(
    fc.record({ key, operator: fc.constantFrom('In', 'NotIn'), values: fc.uniqueArray(value, { minLength: 1, maxLength: 3 }) }),
    fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') })
  )
  const selector = fc.record({ matchExpressions: fc.array(expression, { minLength: 1, maxLength: 2 }) })
  const policyTypes = fc.constantFrom(['Ingress'], ['Egress'], ['Ingress', 'Egress'])
  const possible = [undefined, 'a', 'b', 'c', 'other'].flatMap(app => [undefined, 'a', 'b', 'c', 'other'].map(tier =>
    Object.fromEntries(Object.entries({ app, tier }).filter((pair): pair is [string, string] => pair[1] !== undefined))))

  test('isolation is what every possible pod says', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ podSelector: selector, policyTypes }), { minLength: 1, maxLength: 5 }), async specs => {
      const namespace = namespaceOfModel(target.namespace, policiesOf(...specs) as PolicyObject[])
      const isIsolated = possible.every(labels => (['Ingress', 'Egress'] as const).every(direction => isolating(direction, { namespace, labels }).length > 0))
      expect((await isolationOf(...specs)).state).toBe(isIsolated ? 'passed' : 'failed')
    }), { numRuns: 1000 })
  })

  test('paths are what every possible pair of pods has', () => {
    const peers = fc.record({ namespaceSelector: fc.constant({}), podSelector: selector })
    const spec = fc.record({ podSelector: selector, policyTypes, ingress: fc.array(fc.record({ from: fc.array(peers, { minLength: 1, maxLength: 2 }) }), { maxLength: 2 }) })
    // What is meant opens some of it too.
    fc.assert(fc.property(fc.array(spec, { maxLength: 3 }), spec, (specs, intendedSpec) => {
      const namespace = namespaceOfModel(target.namespace, policiesOf(...specs) as PolicyObject[])
      const meant = policiesOf(intendedSpec) as PolicyObject[]
      const intended: Intended = (direction, pod, other, port) =>
        isOpen(openings(direction, { ...pod, namespace: { ...pod.namespace, policies: meant } }, other), pod, port)
      const other = namespaceOfModel({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } }, [])
      const ends = (list: PodEnd[]) => list.map(end => ({ name: 'other', end }))
      const all = [...namespace.policies, ...meant]
      const chosen = pathsBeyond(distinct(podsOf(namespace, [], meant).pods, meant), ends(peersIn(other, [], peerLabels(all).sets, all)), ['Ingress', 'Egress'], intended)
      const podIn = (of: typeof namespace) => possible.map((labels): PodEnd => ({ namespace: of, labels, addresses: [] }))
      const every = pathsBeyond(podIn(namespace), ends(podIn(other)), ['Ingress', 'Egress'], intended)
      const namesOf = (paths: typeof every) => [...new Set(paths.flatMap(({ direction, openings }) => openings.map(({ policy }) => `${direction} ${policy ?? ''}`)))].sort()
      expect(namesOf(chosen)).toEqual(namesOf(every))
    }), { numRuns: 300 })
  })
})
