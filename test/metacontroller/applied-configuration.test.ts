import { describe, expect, it } from 'vitest'
import type { ManagedFieldsEntry, ObservedObject } from '../../src/kubernetes/object.ts'
import { appliedConfiguration } from '../../src/metacontroller/applied-configuration.ts'

const annotation = 'metacontroller.k8s.io/last-applied-configuration'
const role = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name: 'tenant-admin', namespace: 'tenant-acme-shop' }
}
const observedRules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]

interface State {
  lastApplied?: object
  managedFields?: ManagedFieldsEntry[]
}

function observed ({ lastApplied, managedFields }: State): ObservedObject {
  return {
    ...role,
    metadata: {
      ...role.metadata,
      uid: 'u',
      ownerReferences: [{ uid: 'owner' }],
      labels: { 'k8s-mtp.dev/tenant': 'acme', team: 'x' },
      annotations: { note: 'y', ...(lastApplied !== undefined && { [annotation]: JSON.stringify(lastApplied) }) },
      ...(managedFields !== undefined && { managedFields })
    },
    rules: observedRules,
    aggregation: { a: { b: 1, c: 2 } }
  }
}

const owned = (fieldsV1: Record<string, unknown>): ManagedFieldsEntry =>
  ({ manager: 'metacontroller', operation: 'Apply', fieldsV1 })

describe('the applied configuration of an object', () => {
  it.each<[string, State, object]>([
    ['is its name where the engine has never applied it', {}, role],
    [
      'has the observed value of a field that dynamic-apply applied',
      { lastApplied: { rules: [] } },
      { ...role, rules: observedRules }
    ],
    ['has no field that is gone', { lastApplied: { rules: [], spec: { a: 1 } } }, { ...role, rules: observedRules }],
    [
      'has the applied fields of an object, and no others',
      { lastApplied: { aggregation: { a: { b: 3 } } } },
      { ...role, aggregation: { a: { b: 1 } } }
    ],
    [
      'has the applied labels, and none of other tools',
      { lastApplied: { metadata: { labels: { 'k8s-mtp.dev/tenant': 'globex' } } } },
      { ...role, metadata: { ...role.metadata, labels: { 'k8s-mtp.dev/tenant': 'acme' } } }
    ],
    [
      'has no other metadata, whatever the annotation says',
      { lastApplied: { metadata: { uid: 'x', ownerReferences: [] } } },
      role
    ],
    ['has no empty maps', { lastApplied: { metadata: { labels: {}, annotations: { gone: 'z' } } } }, role],
    [
      'keeps its identity where the annotation names another one',
      { lastApplied: { apiVersion: 'v2', kind: 'Secret', metadata: { name: 'x', namespace: 'kube-system' } } },
      role
    ],
    [
      'has the observed value of a field that server-side apply owns',
      { managedFields: [owned({ 'f:aggregation': { 'f:a': { 'f:b': {} } } })] },
      { ...role, aggregation: { a: { b: 1 } } }
    ],
    [
      'has all of an object that is owned as a whole',
      { managedFields: [owned({ 'f:aggregation': {} })] },
      { ...role, aggregation: { a: { b: 1, c: 2 } } }
    ],
    [
      'has all of a list of which items are owned',
      { managedFields: [owned({ 'f:rules': { 'k:{"name":"x"}': { '.': {} } } })] },
      { ...role, rules: observedRules }
    ],
    ['has no field of another manager', { managedFields: [{ ...owned({ 'f:rules': {} }), manager: 'kubectl' }] }, role],
    [
      'has the owned labels',
      {
        managedFields: [
          owned({
            'f:metadata': { 'f:labels': { '.': {}, 'f:k8s-mtp.dev/tenant': {} }, 'f:annotations': { 'f:note': {} } }
          })
        ]
      },
      { ...role, metadata: { ...role.metadata, labels: { 'k8s-mtp.dev/tenant': 'acme' }, annotations: { note: 'y' } } }
    ],
    [
      'has the fields of both strategies after a change of strategy',
      {
        lastApplied: { aggregation: { a: { b: 0 } } },
        managedFields: [owned({ 'f:aggregation': { 'f:a': { 'f:c': {} } }, 'f:rules': {} })]
      },
      { ...role, rules: observedRules, aggregation: { a: { b: 1, c: 2 } } }
    ]
  ])('%s', (_, state, expected) => {
    expect(appliedConfiguration(observed(state))).toEqual(expected)
  })

  it('is its name where the last-applied annotation is broken', () => {
    expect(appliedConfiguration({
      ...role,
      metadata: { ...role.metadata, annotations: { [annotation]: '{' } },
      rules: observedRules
    })).toEqual(role)
  })

  it('of a cluster-scoped object has no namespace', () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tenant-acme-shop' } }
    expect(appliedConfiguration(namespace)).toStrictEqual(namespace)
  })
})
