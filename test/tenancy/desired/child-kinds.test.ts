import { describe, expect, it } from 'vitest'
import { groupOf, isNamespace } from '../../../src/kubernetes/object.ts'
import { validateQuotaHard } from '../../../src/kubernetes/quota-resources.ts'
import { childKinds, isNeverDeleted, kindCountedAs } from '../../../src/tenancy/desired/child-kinds.ts'

describe('kindCountedAs', () => {
  it.each([
    ['count/limitranges', 'LimitRange'],
    ['resourcequotas', 'ResourceQuota'],
    ['count/resourcequotas', 'ResourceQuota'],
    ['count/workloadpolicies.k8s-mtp.dev', 'WorkloadPolicy'],
    ['count/networkpolicies.networking.k8s.io', 'NetworkPolicy'],
    ['count/roles.rbac.authorization.k8s.io', 'Role'],
    ['count/rolebindings.rbac.authorization.k8s.io', 'RoleBinding'],
    ['count/roles', undefined],
    ['count/pods', undefined],
    ['roles.rbac.authorization.k8s.io', undefined],
    ['count/limitranges.', undefined],
    ['pods', undefined],
    ['', undefined]
  ])('%j counts %s', (name, kind) => {
    expect(kindCountedAs(name)).toBe(kind)
  })

  it('knows only names that quotas count', () => {
    const names = childKinds.filter(kind => !isNamespace(kind)).map(({ apiVersion, resource }) =>
      `count/${[resource, groupOf(apiVersion)].filter(part => part !== '').join('.')}`)
    expect(names.filter(name => kindCountedAs(name) === undefined || validateQuotaHard(name, 1) !== undefined))
      .toEqual([])
  })
})

describe('isNeverDeleted', () => {
  it.each([
    ['v1', 'Namespace', 'tenant-acme-shop', true],
    ['k8s-mtp.dev/v1', 'WorkloadPolicy', 'tenant-workloads', true],
    ['networking.k8s.io/v1', 'NetworkPolicy', 'default-deny', true],
    ['networking.k8s.io/v1', 'NetworkPolicy', 'allow-dns', false],
    ['v1', 'ResourceQuota', 'default-deny', false],
    ['rbac.authorization.k8s.io/v1', 'RoleBinding', 'tenant-admin', false],
    ['example.com/v1', 'Widget', 'w', false]
  ])('%s %s %s: %s', (apiVersion, kind, name, expected) => {
    expect(isNeverDeleted({ apiVersion, kind, metadata: { name } })).toBe(expected)
  })
})
