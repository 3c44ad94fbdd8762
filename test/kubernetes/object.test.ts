import { describe, expect, it } from 'vitest'
import {
  displayName,
  groupOf,
  identity,
  isNamespace,
  isTerminating,
  namespaceIdentity
} from '../../src/kubernetes/object.ts'

const role = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name: 'tenant-admin', namespace: 'tenant-acme-shop' }
}

describe('identity', () => {
  it.each([
    ['another name', { ...role, metadata: { ...role.metadata, name: 'tenant-viewer' } }],
    ['another namespace', { ...role, metadata: { ...role.metadata, namespace: 'tenant-globex-shop' } }],
    ['no namespace', { ...role, metadata: { name: 'tenant-admin' } }],
    ['another kind', { ...role, kind: 'RoleBinding' }],
    ['another version', { ...role, apiVersion: 'rbac.authorization.k8s.io/v1beta1' }]
  ])('differs for an object with %s', (_, other) => {
    expect(identity(other)).not.toBe(identity(role))
  })

  it('ignores the content of an object', () => {
    expect(identity({ ...role, metadata: { ...role.metadata, labels: { a: 'b' } } })).toBe(identity(role))
  })

  it('of a namespace follows from its name', () => {
    expect(namespaceIdentity('shop')).toBe(identity({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'shop' }
    }))
  })
})

describe('displayName', () => {
  it('names the kind and the object, without its namespace', () => {
    expect(displayName(role)).toBe('Role/tenant-admin')
  })
})

describe('groupOf', () => {
  it.each([
    ['v1', ''],
    ['apps/v1', 'apps'],
    ['k8s-mtp.dev/v1', 'k8s-mtp.dev'],
    ['', '']
  ])('%j is in the group %j', (apiVersion, group) => {
    expect(groupOf(apiVersion)).toBe(group)
  })
})

describe('isNamespace', () => {
  it.each([
    ['v1', 'Namespace', true],
    ['v1', 'Pod', false],
    ['example.com/v1', 'Namespace', false],
    ['v2', 'Namespace', false]
  ])('%s %s: %s', (apiVersion, kind, expected) => {
    expect(isNamespace({ apiVersion, kind })).toBe(expected)
  })
})

describe('isTerminating', () => {
  it('follows the deletionTimestamp', () => {
    expect(isTerminating(role)).toBe(false)
    expect(isTerminating({
      ...role,
      metadata: { ...role.metadata, deletionTimestamp: '2026-11-22T12:00:00Z' }
    })).toBe(true)
  })
})
