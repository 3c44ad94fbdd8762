import { describe, expect, it } from 'vitest'
import { readRequest } from '../../src/hook/read-request.ts'
import type { SyncRequest } from '../../src/hook/schema.ts'
import { defaultClass, tenant } from '../support/objects.ts'
import { syncRequest } from '../support/requests.ts'

const namespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
const role = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name: 'tenant-admin', namespace: 'tenant-acme-shop' }
}
const read = (change: Partial<SyncRequest> = {}) =>
  readRequest({ ...syncRequest({ tenant: tenant(), classes: [defaultClass()] }), ...change })
const keys = (map: ReadonlyMap<string, unknown>) => [...map.keys()]

describe('reading a request', () => {
  it.each<[string, SyncRequest['children'], string[]]>([
    [
      'by the identity of each object, not by the keys',
      { 'Wrong.v1': { nonsense: role } },
      ['rbac.authorization.k8s.io/v1/Role/tenant-acme-shop/tenant-admin']
    ],
    [
      'of kinds that are unknown',
      { 'Widget.example.com/v1': { w: { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' } } } },
      ['example.com/v1/Widget//w']
    ],
    ['without children', {}, []]
  ])('finds the children %s', (_, children, expected) => {
    expect(keys(read({ children }).children)).toEqual(expected)
  })

  it.each<[string, SyncRequest['related'], string[], string[], string[]]>([
    [
      'by name',
      {
        'Namespace.v1': { 'any/key': namespace('tenant-acme-shop') },
        'TenantClass.k8s-mtp.dev/v1': { x: defaultClass() }
      },
      ['tenant-acme-shop'],
      ['default'],
      []
    ],
    ['as empty where none exists', { 'Namespace.v1': {}, 'TenantClass.k8s-mtp.dev/v1': {} }, [], [], []],
    ['as missing where a kind was not sent', { 'Namespace.v1': {} }, [], [], ['related TenantClasses']],
    ['as missing where null was sent', null, [], [], ['related Namespaces', 'related TenantClasses']],
    ['as missing where nothing was sent', undefined, [], [], ['related Namespaces', 'related TenantClasses']]
  ])('finds the related objects %s', (_, related, namespaces, classes, missing) => {
    const { related: _sent, ...request } = syncRequest({ tenant: tenant() })
    const observed = readRequest({ ...request, ...(related !== undefined && { related }) })
    expect([keys(observed.namespaces), keys(observed.classes), observed.missingKinds]).toEqual([namespaces, classes, missing])
  })

  it('lists the child kinds that were not sent', () => {
    expect(read().missingKinds).toEqual([])
    const { 'Role.rbac.authorization.k8s.io/v1': _, 'Namespace.v1': _namespaces, ...children } = syncRequest({ tenant: tenant() }).children
    expect(read({ children }).missingKinds).toEqual(['Namespace.v1', 'Role.rbac.authorization.k8s.io/v1'])
  })

  it('does not take an inherited field for a kind', () => {
    expect(read({
      children: Object.create(syncRequest({ tenant: tenant() }).children) as SyncRequest['children']
    }).missingKinds).toHaveLength(8)
  })
})
