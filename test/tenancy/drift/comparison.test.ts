import { describe, expect, it } from 'vitest'
import { identity, type ObservedObject } from '../../../src/kubernetes/object.ts'
import { compare, compareAll, differingPaths, type Comparison } from '../../../src/tenancy/drift/comparison.ts'
import { desiredOf, manifestNamed } from '../../support/desired.ts'
import { defaultClass } from '../../support/objects.ts'
import { applied, type Strategy } from '../../support/requests.ts'

const annotation = 'metacontroller.k8s.io/last-applied-configuration'
type Change = (object: ObservedObject) => void

function compared (name: string, change: Change = () => {}, strategy: Strategy = 'dynamic-apply'): Comparison {
  const manifest = manifestNamed(name)
  const object = applied(manifest, strategy)
  change(object)
  return compare(manifest, object)
}

const annotate = (value: string): Change =>
  ({ metadata }) => { metadata.annotations = { ...metadata.annotations, [annotation]: value } }
const content = (fields: object): Change => object => { Object.assign(object, fields) }
const label = (key: string, value: string): Change =>
  ({ metadata }) => { metadata.labels = { ...metadata.labels, [key]: value } }
const toAdmin = { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'tenant-admin' } }

describe('the comparison of an object', () => {
  it.each<[string, string, Change, Comparison['action'], string[]]>([
    ['keeps what is as declared', 'ResourceQuota/tenant-quota', () => {}, 'keep', []],
    ['keeps an object with labels of other tools', 'ResourceQuota/tenant-quota', label('team', 'x'), 'keep', []],
    ['keeps what has an empty map beside', 'ResourceQuota/tenant-quota', object => { Object.assign(object['spec'] as object, { scopeSelector: {} }) }, 'keep', []],
    [
      'keeps an object whose status changes',
      'ResourceQuota/tenant-quota',
      content({ status: { used: { pods: '3' } } }),
      'keep',
      []
    ],
    [
      'corrects a changed field',
      'LimitRange/tenant-limits',
      content({ spec: { limits: [] } }),
      'correct',
      ['spec.limits']
    ],
    [
      'corrects a label of ours',
      'Role/tenant-admin',
      label('k8s-mtp.dev/tenant', 'globex'),
      'correct',
      ['metadata.labels.k8s-mtp.dev/tenant']
    ],
    [
      'corrects subjects of a binding',
      'RoleBinding/tenant-viewer',
      content({ subjects: [{ kind: 'User', name: 'mallory' }] }),
      'correct',
      ['subjects']
    ],
    [
      'recreates a binding to another role',
      'RoleBinding/tenant-viewer',
      content(toAdmin),
      'recreate',
      ['roleRef.name']
    ],
    [
      'recreates an object with a broken last-applied annotation',
      'ResourceQuota/tenant-quota',
      annotate('{'),
      'recreate',
      [`metadata.annotations.${annotation}`]
    ],
    [
      'corrects a namespace with one, which is never deleted',
      'Namespace/tenant-acme-shop',
      annotate('{'),
      'correct',
      [`metadata.annotations.${annotation}`]
    ],
    [
      'corrects default-deny with one',
      'NetworkPolicy/default-deny',
      annotate('[]'),
      'correct',
      [`metadata.annotations.${annotation}`]
    ],
    [
      'corrects the WorkloadPolicy with one',
      'WorkloadPolicy/tenant-workloads',
      annotate('{'),
      'correct',
      [`metadata.annotations.${annotation}`]
    ],
    [
      'keeps an object without its last-applied annotation',
      'ResourceQuota/tenant-quota',
      ({ metadata }) => { delete metadata.annotations },
      'keep',
      []
    ],
    [
      'corrects a namespace with a label and an annotation that Metacontroller set and no longer has a record of',
      'Namespace/tenant-acme-shop',
      ({ metadata }) => {
        metadata.labels = { ...metadata.labels, 'example.com/set': 'a', 'example.com/other': 'b', 'controller-uid': 'uid', 'kubernetes.io/metadata.name': 'tenant-acme-shop' }
        metadata.annotations = { 'example.com/set': 'a', 'example.com/other': 'b' }
        const keys = { 'f:controller-uid': {}, 'f:kubernetes.io/metadata.name': {}, 'f:example.com/set': {}, 'f:example.com/gone': {} }
        metadata.managedFields = [
          { manager: 'metacontroller', operation: 'Update', fieldsV1: { 'f:metadata': { 'f:labels': keys, 'f:annotations': { '.': {}, 'f:example.com/set': {} } } } },
          { manager: 'kubectl-label', operation: 'Update', fieldsV1: { 'f:metadata': { 'f:labels': { 'f:example.com/other': {} } } } }
        ]
      },
      'correct',
      ['metadata.annotations.example.com/set', 'metadata.labels.example.com/set']
    ],
    [
      'keeps a label that a mutating webhook set in the name of Metacontroller',
      'Namespace/tenant-acme-shop',
      ({ metadata }) => {
        metadata.labels = { ...metadata.labels, 'example.com/webhook': 'a' }
        metadata.annotations = { ...metadata.annotations, [annotation]: '{"metadata":{"labels":{"k8s-mtp.dev/tenant":"acme"}}}' }
        metadata.managedFields = [{ manager: 'metacontroller', operation: 'Update', fieldsV1: { 'f:metadata': { 'f:labels': { 'f:example.com/webhook': {} } } } }]
      },
      'keep',
      []
    ],
    [
      'corrects an unreadable record',
      'ResourceQuota/tenant-quota',
      ({ metadata }) => { metadata.annotations = { ...metadata.annotations, 'k8s-mtp.dev/corrected': 'x' } },
      'correct',
      ['metadata.annotations.k8s-mtp.dev/corrected']
    ]
  ])('%s', (_, name, change, action, paths) => {
    const comparison = compared(name, change)
    expect(comparison.action).toBe(action)
    expect(differingPaths(comparison)).toEqual(paths)
  })

  it('creates a missing object, which has no drifted paths', () => {
    const comparison = compare(manifestNamed('Role/tenant-admin'), undefined)
    expect(comparison).toMatchObject({ action: 'create', observed: undefined })
    expect(differingPaths(comparison)).toEqual([])
  })

  it('ignores the last-applied annotation under server-side apply', () => {
    expect(compared('ResourceQuota/tenant-quota', annotate('{'), 'server-side-apply').action).toBe('keep')
  })

  it('has the differences from the observed to the desired state', () => {
    const { spec } = applied(manifestNamed('ResourceQuota/tenant-quota')) as ObservedObject & { spec: { hard: object } }
    const comparison = compared('ResourceQuota/tenant-quota', content({
      spec: { hard: { ...spec.hard, pods: '999' } }
    }))
    expect(comparison.action !== 'create' && comparison.differences).toEqual([
      { path: ['spec', 'hard', 'pods'], from: '999', to: '20' }
    ])
  })
})

describe('comparing all objects', () => {
  it('begins with the namespace, and finds each object by its identity', () => {
    const desired = desiredOf()
    const limits = applied(manifestNamed('LimitRange/tenant-limits'))
    const elsewhere = { ...limits, metadata: { ...limits.metadata, namespace: 'tenant-globex-shop' } }
    const comparisons = compareAll(desired, new Map([limits, elsewhere].map(object => [identity(object), object])))
    expect(comparisons[0]?.manifest).toBe(desired.namespace)
    expect(comparisons.filter(({ action }) => action === 'keep').map(({ observed }) => observed)).toEqual([limits])
    expect(comparisons.filter(({ action }) => action === 'create')).toHaveLength(14)
  })

  it('reserves the prefixes of the class on the namespace only', () => {
    const desired = desiredOf({}, defaultClass(spec => { spec.namespaceMetadata = { reservedPrefixes: ['team.example/'] } }))
    const labelled = [desired.namespace, ...desired.contents].map(manifest => {
      const object = applied(manifest)
      label('team.example/cost', 'x')(object)
      return [identity(object), object] as const
    })
    expect(compareAll(desired, new Map(labelled)).filter(({ action }) => action !== 'keep').map(comparison => [
      comparison.manifest.kind,
      differingPaths(comparison)
    ])).toEqual([
      ['Namespace', ['metadata.labels.team.example/cost']]
    ])
  })
})
