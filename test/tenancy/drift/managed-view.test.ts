import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/kubernetes/object.ts'
import type { Manifest } from '../../../src/tenancy/desired/manifest.ts'
import { managedView } from '../../../src/tenancy/drift/managed-view.ts'

const namespace: Manifest = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'tenant-acme-shop', labels: { team: 'a' }, annotations: { note: 'b' } }
}
const role: Manifest = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name: 'tenant-admin', namespace: 'tenant-acme-shop', labels: {} },
  rules: []
}
const observedWith = (manifest: Manifest, metadata: Partial<KubernetesObject['metadata']>, content: object = {}): KubernetesObject =>
  ({ ...manifest, ...content, metadata: { ...manifest.metadata, ...metadata } })

const none = { prefixes: [], labels: [], annotations: [] }

type Maps = { labels: Record<string, string>, annotations: Record<string, string> }
const metadataOf = (metadata: Partial<KubernetesObject['metadata']>, reservedPrefixes: string[] = []) =>
  managedView(observedWith(namespace, metadata), namespace, { ...none, prefixes: reservedPrefixes })['metadata'] as Maps

describe('the managed view of an object', () => {
  it.each<[string, Record<string, string>, Record<string, string>, string[]?]>([
    ['has a declared label with its observed value', { team: 'z' }, { team: 'z' }],
    ['has no label of another tool', { 'istio-injection': 'enabled', 'example.com/k8s-mtp.dev': 'x' }, {}],
    ['has every label of our group', { 'k8s-mtp.dev/owner': 'me' }, { 'k8s-mtp.dev/owner': 'me' }],
    [
      'has every pod security label',
      { 'pod-security.kubernetes.io/exempt': 'yes' },
      { 'pod-security.kubernetes.io/exempt': 'yes' }
    ],
    [
      'has every label with a reserved prefix',
      { 'team.example/cost': 'x', 'team.example.com/cost': 'y' },
      { 'team.example/cost': 'x' },
      ['team.example/']
    ],
    [
      'has no label that is called like an inherited field',
      { constructor: 'x', toString: 'y' } as unknown as Record<string, string>,
      {}
    ]
  ])('%s', (_, labels, expected, reservedPrefixes) => {
    expect(metadataOf({ labels }, reservedPrefixes).labels).toEqual(expected)
  })

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['has a declared annotation', { note: 'z' }, { note: 'z' }],
    ['has no annotation of another tool', { 'example.com/note': 'z' }, {}],
    ['has no last-applied annotation of the engine', { 'metacontroller.k8s.io/last-applied-configuration': '{}' }, {}],
    ['has no readable record of a correction', { 'k8s-mtp.dev/corrected': '2026-11-22T11:00:00Z spec' }, {}],
    [
      'has an unreadable record of a correction, which is drift',
      { 'k8s-mtp.dev/corrected': 'yesterday' },
      { 'k8s-mtp.dev/corrected': 'yesterday' }
    ]
  ])('%s', (_, annotations, expected) => {
    expect(metadataOf({ annotations }).annotations).toEqual(expected)
  })

  it.each<[string, KubernetesObject, Manifest, object]>([
    [
      'has no identity and no other metadata',
      observedWith(role, { uid: 'u', generation: 1 } as object),
      role,
      { rules: [], metadata: { labels: {}, annotations: {} } }
    ],
    [
      'has no status',
      observedWith(role, {}, { status: { a: 1 } }),
      role,
      { rules: [], metadata: { labels: {}, annotations: {} } }
    ],
    [
      'has no spec of a namespace, which has the finalizers',
      observedWith(namespace, { annotations: {} }, { spec: { finalizers: ['kubernetes'] } }),
      namespace,
      { metadata: { labels: { team: 'a' }, annotations: {} } }
    ],
    [
      'has the spec of any other object, unknown fields included',
      observedWith(role, {}, { spec: { a: 1 }, extra: 2 }),
      role,
      { rules: [], spec: { a: 1 }, extra: 2, metadata: { labels: {}, annotations: {} } }
    ]
  ])('%s', (_, object, manifest, expected) => {
    expect(managedView(object, manifest, none)).toStrictEqual(expected)
  })

  it('does not change the object', () => {
    const object = observedWith(namespace, {}, { spec: { finalizers: [] }, status: {} })
    const before = structuredClone(object)
    managedView(object, namespace, none)
    expect(object).toEqual(before)
  })
})
