import { describe, expect, it } from 'vitest'
import type { KubernetesObject, ManagedFieldsEntry, ObservedObject } from '../../../src/kubernetes/object.ts'
import { appliedConfiguration } from '../../../src/metacontroller/applied-configuration.ts'
import { revokeSubjects } from '../../../src/tenancy/children/revoke-subjects.ts'
import { looseTenant } from '../../support/contexts.ts'
import { now } from '../../support/requests.ts'

const ada = { kind: 'User', name: 'ada' }
const bob = { kind: 'User', name: 'bob' }
const listingAda = { name: 'shop', admins: [ada] }

function binding (subjects: unknown, change: Partial<KubernetesObject> = {}): ObservedObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'tenant-admin', namespace: 'tenant-acme-shop' },
    roleRef: { kind: 'Role', name: 'tenant-admin' },
    ...(subjects !== undefined && { subjects }),
    ...change
  }
}

/** Of a binding of which all fields are applied. */
const revoked = (child: ObservedObject, spec: unknown = listingAda) => revokeSubjects(child, child, looseTenant(spec), now)

describe('revoking subjects of a Tenant on hold', () => {
  it.each<[string, unknown, unknown, unknown[] | undefined]>([
    ['removes a subject that is no longer listed', [ada, bob], listingAda, [ada]],
    [
      'removes a subject whose access has ended',
      [ada],
      { name: 'shop', admins: [{ ...ada, expiresAt: '2026-11-22T12:00:00Z' }] },
      []
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
    ['removes all subjects of a list that is gone', [ada], { name: 'shop' }, []],
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

  it.each<[string, ObservedObject, unknown?]>([
    ['a binding to another role', binding([bob], { roleRef: { kind: 'ClusterRole', name: 'edit' } })],
    ['another kind with subjects', binding([bob], { kind: 'ClusterRoleBinding' })],
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

  it.each<[string, unknown]>([['without subjects', undefined], ['whose subjects are no list', { bob }]])('returns no subjects of a binding %s', (_, subjects) => {
    expect(revoked(binding(subjects))).toStrictEqual(binding(undefined))
  })

  it('changes a binding with our label in a namespace that the Tenant had before', () => {
    const metadata = { name: 'tenant-admin', namespace: 'tenant-acme-old', labels: { 'k8s-mtp.dev/tenant': 'acme' } }
    expect(revoked(binding([ada, bob], { metadata }))).toEqual(binding([ada], { metadata }))
  })

  it.each<[string, unknown, unknown[]]>([
    ['keeps listed subjects', { name: 'shop', roles: { auditor: [ada] } }, [ada]],
    ['removes those of another role', { name: 'shop', admins: [ada], roles: { deployer: [ada] } }, []],
    ['removes all without its list', { name: 'shop', roles: {} }, []],
    ['removes all without any list', { name: 'shop' }, []],
    ['removes those whose access has ended', { name: 'shop', roles: { auditor: [{ ...ada, expiresAt: '2026-11-22T12:00:00Z' }, bob] } }, [bob]],
    ['keeps all if the list cannot be read', { name: 'shop', roles: { auditor: 'ada' } }, [ada, bob]],
    ['keeps all if the lists cannot be read', { name: 'shop', roles: [] }, [ada, bob]]
  ])('of a further role %s', (_, spec, subjects) => {
    const auditor = (listed: unknown[]) => binding(listed, { roleRef: { kind: 'Role', name: 'tenant-auditor' } })
    expect(revoked(auditor([ada, bob]), spec)).toStrictEqual(auditor(subjects))
  })

  it.each(['constructor', 'toString', '__proto__'])('of a role %s removes all, as of any that is not listed', name => {
    const other = binding([ada], { roleRef: { kind: 'Role', name: `tenant-${name}` } })
    expect(revoked(other, { name: 'shop', roles: {} })).toMatchObject({ subjects: [] })
  })

  it('reads the list of the role that is bound', () => {
    const viewer = binding([ada, bob], { roleRef: { kind: 'Role', name: 'tenant-viewer' } })
    expect(revoked(viewer, { name: 'shop', admins: [ada], viewers: [bob] })).toMatchObject({ subjects: [bob] })
  })
})

const annotation = 'metacontroller.k8s.io/last-applied-configuration'
const everything = { 'f:metadata': { 'f:labels': { 'f:k8s-mtp.dev/tenant': {} } }, 'f:roleRef': {}, 'f:subjects': {} }
const { 'f:subjects': _, ...withoutSubjects } = everything
const engine = (fieldsV1: object): ManagedFieldsEntry => ({ manager: 'metacontroller', operation: 'Apply', fieldsV1: fieldsV1 as Record<string, unknown> })
const other = (fieldsV1: object): ManagedFieldsEntry => ({ ...engine(fieldsV1), manager: 'kubectl' })

/** A binding of Tenant acme with its labels, as the API server has it. */
function stored (subjects: unknown[] | undefined, { applied, managedFields }: { applied?: object, managedFields?: ManagedFieldsEntry[] } = {}): ObservedObject {
  return binding(subjects, {
    metadata: {
      name: 'tenant-admin',
      namespace: 'tenant-acme-shop',
      labels: { 'k8s-mtp.dev/tenant': 'acme' },
      ...(applied !== undefined && { annotations: { [annotation]: JSON.stringify(applied) } }),
      ...(managedFields !== undefined && { managedFields })
    } as ObservedObject['metadata']
  })
}

const held = (observed: ObservedObject, spec: unknown = listingAda) => revokeSubjects(appliedConfiguration(observed), observed, looseTenant(spec), now)
const { roleRef } = binding([])

describe('a binding on hold is returned with its roleRef and the kept subjects', () => {
  it.each<[string, ObservedObject, unknown[] | undefined]>([
    ['that the engine owns', stored([ada, bob], { managedFields: [engine(everything)] }), [ada]],
    ['that the engine owns, if none is left', stored([bob], { managedFields: [engine(everything)] }), []],
    ['that the engine shares with another field manager', stored([ada, bob], { managedFields: [engine(everything), other(everything)] }), [ada]],
    ['that the engine shares, if none is left', stored([bob], { managedFields: [engine(everything), other(everything)] }), []],
    ['that only another field manager owns', stored([ada, bob], { managedFields: [engine(withoutSubjects), other(everything)] }), [ada]],
    ['that only another field manager owns, if none is left', stored([bob], { managedFields: [engine(withoutSubjects), other(everything)] }), []],
    ['if the managed fields were reset', stored([ada, bob], { managedFields: [] }), [ada]],
    ['if the managed fields were reset and none is left', stored([bob]), []],
    ['if the engine has emptied the list', stored(undefined, { managedFields: [engine(everything)] }), []],
    ['which are none if it never had any', stored(undefined, { managedFields: [engine(withoutSubjects)] }), undefined]
  ])('by server-side apply: %s', (_, observed, subjects) => {
    const returned = held(observed)
    expect(returned).toHaveProperty('roleRef', roleRef)
    expect(returned['subjects']).toEqual(subjects)
  })

  it.each<[string, ObservedObject, unknown[] | undefined]>([
    ['that are recorded', stored([ada, bob], { applied: { roleRef, subjects: [ada, bob] } }), [ada]],
    ['that are recorded, if none is left', stored([bob], { applied: { roleRef, subjects: [bob] } }), undefined],
    ['and once those to remove that are not recorded', stored([ada, bob], { applied: { roleRef, subjects: [ada] } }), [ada, bob]],
    ['and once all, if none is recorded and none is left', stored([bob], { applied: { roleRef } }), [bob]],
    ['if the record has another list', stored([bob], { applied: { subjects: [] } }), [bob]],
    ['instead of another subject of the same name', stored([{ ...ada, kind: 'Group' }, ada], { applied: { subjects: [] } }), [ada]],
    ['which are none if it never had any', stored(undefined, { applied: { roleRef } }), undefined]
  ])('by dynamic-apply: %s', (_, observed, subjects) => {
    const returned = held(observed)
    expect(returned).toHaveProperty('roleRef', roleRef)
    expect(returned['subjects']).toEqual(subjects)
  })

  it('and not where it has no label of the Tenant, and the engine has never applied it', () => {
    const unmanaged = binding([ada, bob])
    expect(held(unmanaged)).toEqual(appliedConfiguration(unmanaged))
  })
})
