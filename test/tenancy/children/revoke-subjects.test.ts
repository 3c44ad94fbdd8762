import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/kubernetes/object.ts'
import { revokeSubjects } from '../../../src/tenancy/children/revoke-subjects.ts'
import { looseTenant } from '../../support/contexts.ts'
import { now } from '../../support/requests.ts'

const ada = { kind: 'User', name: 'ada' }
const bob = { kind: 'User', name: 'bob' }
const listingAda = { name: 'shop', admins: [ada] }

function binding (subjects: unknown, change: Partial<KubernetesObject> = {}): KubernetesObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'tenant-admin', namespace: 'tenant-acme-shop' },
    roleRef: { kind: 'Role', name: 'tenant-admin' },
    ...(subjects !== undefined && { subjects }),
    ...change
  }
}

const revoked = (child: KubernetesObject, spec: unknown = listingAda) => revokeSubjects(child, looseTenant(spec), now)

describe('revoking subjects of a Tenant on hold', () => {
  it.each<[string, unknown, unknown, unknown[] | undefined]>([
    ['removes a subject that is no longer listed', [ada, bob], listingAda, [ada]],
    [
      'removes a subject whose access has ended',
      [ada],
      { name: 'shop', admins: [{ ...ada, expiresAt: '2026-11-22T12:00:00Z' }] },
      undefined
    ],
    [
      'keeps a subject whose access ends later',
      [ada],
      { name: 'shop', admins: [{ ...ada, expiresAt: '2026-11-22T12:00:01Z' }] },
      [ada]
    ],
    [
      'keeps a subject of which one entry has not ended',
      [ada],
      { name: 'shop', admins: [{ ...ada, expiresAt: '2026-11-22T11:00:00Z' }, ada] },
      [ada]
    ],
    ['removes a group that is named like a listed user', [{ kind: 'Group', name: 'ada' }, ada], listingAda, [ada]],
    [
      'removes a ServiceAccount of another namespace',
      [{ kind: 'ServiceAccount', name: 'a', namespace: 'x' }, { kind: 'ServiceAccount', name: 'a', namespace: 'y' }],
      { name: 'shop', admins: [{ kind: 'ServiceAccount', name: 'a', namespace: 'x' }] },
      [{ kind: 'ServiceAccount', name: 'a', namespace: 'x' }]
    ],
    ['removes entries that are no subjects', [null, 'ada', ada, { name: 'ada' }], listingAda, [ada]],
    ['removes all subjects of a list that is gone', [ada], { name: 'shop' }, undefined],
    ['grants nothing to a subject that is listed and not bound', [ada], { name: 'shop', admins: [ada, bob] }, [ada]],
    ['keeps all subjects of a list that cannot be read', [ada, bob], { name: 'shop', admins: 'ada' }, [ada, bob]],
    [
      'keeps the whole subject',
      [{ ...ada, apiGroup: 'rbac.authorization.k8s.io' }],
      listingAda,
      [{ ...ada, apiGroup: 'rbac.authorization.k8s.io' }]
    ]
  ])('%s', (_, subjects, spec, expected) => {
    expect(revoked(binding(subjects), spec)).toStrictEqual(binding(expected))
  })

  it.each<[string, KubernetesObject, unknown?]>([
    ['a binding to another role', binding([bob], { roleRef: { kind: 'ClusterRole', name: 'edit' } })],
    ['another kind with subjects', binding([bob], { kind: 'ClusterRoleBinding' })],
    ['a binding without subjects', binding(undefined)],
    ['a binding whose subjects are no list', binding({ bob })],
    ['a binding without a readable roleRef', binding([bob], { roleRef: 'tenant-admin' })],
    [
      'a binding in a namespace of another owner',
      binding([bob], { metadata: { name: 'tenant-admin', namespace: 'kube-system' } })
    ],
    [
      'a binding of another Tenant elsewhere',
      binding([bob], {
        metadata: { name: 'tenant-admin', namespace: 'tenant-globex-shop', labels: { 'k8s-mtp.dev/tenant': 'globex' } }
      })
    ],
    ['a binding of a Tenant without a readable spec', binding([bob]), null]
  ])('does not change %s', (_, child, spec = listingAda) => {
    expect(revoked(child, spec)).toBe(child)
  })

  it('changes a binding with our label in a namespace that the Tenant had before', () => {
    const metadata = { name: 'tenant-admin', namespace: 'tenant-acme-old', labels: { 'k8s-mtp.dev/tenant': 'acme' } }
    expect(revoked(binding([ada, bob], { metadata }))).toEqual(binding([ada], { metadata }))
  })

  it('reads the list of the role that is bound', () => {
    const viewer = binding([ada, bob], { roleRef: { kind: 'Role', name: 'tenant-viewer' } })
    expect(revoked(viewer, { name: 'shop', admins: [ada], viewers: [bob] })).toMatchObject({ subjects: [bob] })
  })
})
