import { describe, expect, it } from 'vitest'
import { displayName, identity, type ObservedObject } from '../../../src/kubernetes/object.ts'
import { childrenToReturn } from '../../../src/tenancy/children/children-to-return.ts'
import { decide } from '../../../src/tenancy/decision/decide.ts'
import { compareAll } from '../../../src/tenancy/drift/comparison.ts'
import { syncContext } from '../../support/contexts.ts'
import { desiredOf } from '../../support/desired.ts'
import { defaultClass } from '../../support/objects.ts'
import { applied, type World } from '../../support/requests.ts'

const classes = [defaultClass()]
const { namespace, contents } = desiredOf()
const ownNamespace = applied(namespace)
const all = [namespace, ...contents].map(manifest => applied(manifest))
const ourLabels = { 'app.kubernetes.io/managed-by': 'k8s-mtp', 'k8s-mtp.dev/tenant': 'acme' }
const role = (name: string, labels = {}): ObservedObject => applied({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name, namespace: 'tenant-acme-shop', labels },
  rules: []
})
const fromCluster = (object: ObservedObject): ObservedObject => ({
  apiVersion: object.apiVersion,
  kind: object.kind,
  metadata: {
    name: object.metadata.name,
    ...(object.metadata.namespace !== undefined && { namespace: object.metadata.namespace })
  }
})

function returned (world: Partial<World>) {
  const context = syncContext({ classes, ...world })
  const decision = decide(context)
  const comparisons = decision.kind === 'declare' ? compareAll(decision.desired, context.observed.children) : []
  return childrenToReturn(decision, comparisons, context)
}
const names = (world: Partial<World>) => returned(world).map(displayName).sort()

describe('the children of a Tenant whose desired state is declared', () => {
  it('are the namespace only until it is observed', () => {
    expect(names({})).toEqual(['Namespace/tenant-acme-shop'])
  })

  it('are the desired objects once the namespace is observed', () => {
    expect(returned({ children: [ownNamespace] })).toEqual([namespace, ...contents.filter(({ kind }) => kind !== 'WorkloadPolicy')])
  })

  const isQuota = ({ kind }: ObservedObject) => kind === 'ResourceQuota'
  const withoutPolicy = all.filter(({ kind }) => kind !== 'WorkloadPolicy')
  const withStatus = (change: (hard: Record<string, unknown>, index: number) => unknown) => withoutPolicy.map((object, index) =>
    isQuota(object) ? { ...object, status: change((object['status'] as { hard: Record<string, unknown> }).hard, index) } : object)
  const lastQuota = withoutPolicy.findLastIndex(isQuota)

  it.each<[string, boolean, ObservedObject[]]>([
    ['include a new WorkloadPolicy once all quotas are in force', true, withoutPolicy],
    ['do not while a quota does not exist', false, withoutPolicy.toSpliced(lastQuota, 1)],
    ['do not while a quota has no status', false, withStatus((hard, index) => index === lastQuota ? {} : { hard })],
    ['do not while a quota has no hard for a resource', false, withStatus((hard, index) =>
      ({ hard: index === lastQuota ? Object.fromEntries(Object.entries(hard).slice(1)) : hard }))],
    ['keep an existing WorkloadPolicy in any case', true, all.filter(object => !isQuota(object))]
  ])('%s', (_, expected, children) => {
    expect(names({ children }).includes('WorkloadPolicy/tenant-workloads')).toBe(expected)
  })

  it('keep what is observed in a namespace that is gone, whether it is desired or not', () => {
    const children = [...all.slice(1), role('old', ourLabels)]
    expect(names({ children })).toEqual([...all, role('old')].map(displayName).sort())
  })

  it('do not include an object that the Tenant produced and that is no longer desired', () => {
    expect(names({ children: [...all, role('old', ourLabels)] })).toEqual(all.map(displayName).sort())
  })

  it('do not include an object that must be recreated', () => {
    const children = all.map(object => object.kind === 'LimitRange'
      ? {
          ...object,
          metadata: { ...object.metadata, annotations: { 'metacontroller.k8s.io/last-applied-configuration': '{' } }
        }
      : object)
    expect(names({ children })).toEqual(all.map(displayName).filter(name => name !== 'LimitRange/tenant-limits').sort())
  })

  it.each<[string, ObservedObject]>([
    ['a namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'victim', labels: ourLabels } }],
    ['an object without our labels', fromCluster(role('of-a-chart'))],
    [
      'an object in another namespace',
      { ...fromCluster(role('elsewhere')), metadata: { name: 'elsewhere', namespace: 'kube-system' } }
    ],
    [
      'an object of an unknown kind',
      { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'tenant-acme-shop' } }
    ]
  ])('include %s that the Tenant did not produce, by its name only', (_, child) => {
    expect(returned({ children: [...all, { ...child, spec: { size: 3 } }] })).toContainEqual(fromCluster(child))
  })

  it('include an unmanaged object with all that Metacontroller has applied', () => {
    const stray = role('of-another-tenant', { ...ourLabels, 'k8s-mtp.dev/tenant': 'globex' })
    expect(returned({ children: [...all, stray] })).toContainEqual(expect.objectContaining({
      rules: [],
      metadata: expect.objectContaining({ labels: stray.metadata.labels }) as unknown
    }))
  })
})

describe('the children of a Tenant on hold', () => {
  const children = [...all.filter(({ kind }) => kind !== 'Role'), role('of-a-chart')]

  it.each<[string, Partial<World>]>([
    ['without its class', { classes: [] }],
    ['that is deleted', { metadata: { deletionTimestamp: '2026-11-22T11:00:00Z' } }],
    [
      'without a spec',
      { tenant: { apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', metadata: { name: 'acme' }, spec: null } }
    ],
    ['without its namespace', { classes: [], children: children.slice(1) }]
  ])('%s are what is observed, no more and no less', (_, world) => {
    const observed = world.children ?? children
    expect(returned({ children, ...world }).map(identity).sort()).toEqual(observed.map(identity).sort())
  })

  it('are empty where nothing is observed', () => {
    expect(returned({ classes: [] })).toEqual([])
  })
})
