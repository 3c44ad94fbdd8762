import type { Subject as RbacSubject } from 'kubernetes-types/rbac/v1.js'
import { describe, expect, it } from 'vitest'
import type { Subject } from '../../../src/api/subject.ts'
import { roleBindings } from '../../../src/tenancy/desired/role-binding.ts'
import { now } from '../../support/requests.ts'

const placement = { namespace: 'tenant-acme-shop', labels: {} }
const past = '2026-11-22T12:00:00Z'
const user = (name: string, expiresAt?: string): Subject =>
  ({ kind: 'User', name, ...(expiresAt !== undefined && { expiresAt }) })
const group = (name: string): Subject => ({ kind: 'Group', name })
const account = (namespace: string, name: string): Subject => ({ kind: 'ServiceAccount', name, namespace })

/** Each binding as its subjects, without the name of a further binding, which is a hash. */
const bound = (subjects: Subject[]) => roleBindings('admin', subjects, placement, now)
  .map(({ subjects = [] }) => subjects.map(displayed))
function displayed ({ kind, name, namespace }: RbacSubject): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`
}
const names = (subjects: Subject[]) =>
  roleBindings('admin', subjects, placement, now).map(({ metadata }) => metadata.name)

describe('the bindings of a role', () => {
  it.each<[string, Subject[], string[][]]>([
    ['are one binding without subjects where none is listed', [], [[]]],
    [
      'are one binding for subjects of different names, sorted',
      [user('bob'), user('ada'), group('ops')],
      [['Group ops', 'User ada', 'User bob']]
    ],
    [
      'have a binding of its own for a user that is named like a group',
      [user('ops'), group('ops')],
      [['Group ops'], ['User ops']]
    ],
    [
      'have a binding of its own for each further ServiceAccount of a name',
      [account('ci', 'deployer'), account('cd', 'deployer'), account('ct', 'deployer')],
      [['ServiceAccount cd/deployer'], ['ServiceAccount ci/deployer'], ['ServiceAccount ct/deployer']]
    ],
    ['list a subject once', [user('ada'), user('ada')], [['User ada']]],
    ['keep a binding whose only subject has no access any more', [user('eve', past)], [[]]],
    ['keep the binding of an expired subject of the same name', [user('ops', past), group('ops')], [['Group ops'], []]],
    [
      'have a subject whose later entry has not ended',
      [user('eve', past), user('eve', '2026-11-22T12:00:01Z')],
      [['User eve']]
    ]
  ])('%s', (_, subjects, expected) => {
    expect(bound(subjects)).toEqual(expected)
  })

  it('leave the field out where no subject has access, since the API server drops an empty list', () => {
    const [binding] = roleBindings('viewer', [user('eve', past)], placement, now)
    expect(binding).not.toHaveProperty('subjects')
    expect(binding).toMatchObject({
      metadata: { name: 'tenant-viewer' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'tenant-viewer' }
    })
  })

  it('have the fields of RBAC only', () => {
    const [binding] = roleBindings('admin', [
      account('ci', 'deployer'),
      user('ada', '2026-12-01T00:00:00Z')
    ], placement, now)
    expect(binding?.subjects).toEqual([
      { kind: 'ServiceAccount', name: 'deployer', namespace: 'ci' },
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'ada' }
    ])
  })

  it('have names that depend neither on the order of the list nor on time', () => {
    const subjects = [user('ops'), group('ops'), account('ci', 'ops')]
    expect(names(subjects.toReversed())).toEqual(names(subjects))
    expect(names(subjects.map(subject => ({ ...subject, expiresAt: past })))).toEqual(names(subjects))
    expect(names(subjects)).toEqual([
      'tenant-admin',
      expect.stringMatching(/^tenant-admin-[0-9a-f]{16}$/),
      expect.stringMatching(/^tenant-admin-[0-9a-f]{16}$/)
    ])
    expect(new Set(names(subjects)).size).toBe(3)
  })
})
