import { describe, expect, test } from 'vitest'
import type { Permission, Resource } from '../../src/kubernetes/api-request.ts'
import type { ObservedObject } from '../../src/kubernetes/object.ts'
import { isBoundBy } from '../../src/verify/access/bound-rules.ts'
import { describePermission } from '../../src/verify/access/denied.ts'
import { concerning, coversKind, permissionsBy } from '../../src/verify/access/rule-permissions.ts'
import { allChecks } from '../../src/verify/families.ts'
import { membersOf } from '../../src/verify/members.ts'
import { ClusterError } from '../../src/cli/cluster/cluster-error.ts'
import { fakeApi, judgeOne, now, target } from './fake-api.ts'

const check = (id: string) => allChecks.find(each => each.id === id) ?? expect.unreachable()
const rule = (group: string, resource: string, verb: string, ...names: string[]) =>
  ({ apiGroups: [group], resources: [resource], verbs: [verb], ...(names.length > 0 && { resourceNames: names }) })
const binding = (subject: object, namespace?: string): ObservedObject =>
  ({ apiVersion: '', kind: '', metadata: { name: 'left', ...(namespace !== undefined && { namespace }) }, subjects: [subject], roleRef: { kind: 'ClusterRole', name: 'left' } })
const memberOf = (subject: { kind: string, name: string, namespace?: string }) => membersOf([['admin', [subject]]], now)[0] ?? expect.unreachable()

describe('a binding is for a member', () => {
  const deployer = memberOf({ kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' })

  test.each<[boolean, object, string | undefined]>([
    [true, { kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' }, 'other'],
    [true, { kind: 'ServiceAccount', name: 'deployer' }, 'ci'],
    [false, { kind: 'ServiceAccount', name: 'deployer' }, 'other'],
    [false, { kind: 'ServiceAccount', name: 'deployer' }, undefined],
    [true, { kind: 'User', name: 'system:serviceaccount:ci:deployer' }, undefined],
    [true, { kind: 'User', name: 'system:serviceaccount:ci:deployer', namespace: 'ignored' }, 'other'],
    [true, { kind: 'Group', name: 'system:serviceaccounts:ci' }, undefined],
    [true, { kind: 'Group', name: 'system:serviceaccounts' }, undefined],
    [true, { kind: 'Group', name: 'system:authenticated' }, undefined],
    [false, { kind: 'Group', name: 'system:serviceaccounts:other' }, undefined],
    [false, { kind: 'Group', name: 'deployer' }, undefined]
  ])('%s: %o in %s', (isBound, subject, namespace) => {
    expect(isBoundBy(binding(subject, namespace), deployer)).toBe(isBound)
  })
})

test.each<[boolean, ReturnType<typeof rule>, Omit<Permission, 'verb'>]>([
  [true, rule('*', '*', '*'), { group: 'apps', resource: 'deployments/scale' }],
  [true, rule('', '*/exec', 'get'), { group: '', resource: 'pods/exec' }],
  [true, rule('', '*/example.com/scopes', 'get'), { group: '', resource: 'userextras/example.com/scopes' }],
  [false, rule('', 'pods', 'get'), { group: '', resource: 'pods/exec' }],
  [false, rule('', 'pods/*', 'get'), { group: '', resource: 'pods/exec' }],
  [false, rule('', '*/exec', 'get'), { group: '', resource: 'pods' }],
  [false, rule('', 'pods', 'list'), { group: '', resource: 'pods' }]
])('%s: %o grants get on %o', (covers, rule, permission) => {
  expect(coversKind(rule, { ...permission, verb: 'get' })).toBe(covers)
})

test('an empty name is that of requests without one', () => {
  const all = () => true
  expect(permissionsBy(rule('', 'secrets', 'deletecollection', '', 'a'), [], all)).toEqual([{ group: '', resource: 'secrets', verb: 'deletecollection' }])
  expect(permissionsBy(rule('', 'secrets', 'list', '', 'a'), [], all).map(describePermission)).toEqual(['list secrets', 'list secrets a'])
})

test('a check concerns the subresources of its kinds, and verbs that only some kinds have', () => {
  const concern = concerning([{ group: '', resource: 'nodes', verb: 'get' }], [{ group: '', resource: 'nodes/proxy', verb: 'get' }])
  const of = (resource: string, verb: string) => concern({ group: '', resource, verb })
  expect([of('nodes', 'get'), of('nodes/status', 'get'), of('nodes', 'reboot'), of('nodes', 'list'), of('nodes/proxy', 'get'), of('pods', 'get')])
    .toEqual([true, true, true, false, false, false])
})

describe('named permissions of a ClusterRoleBinding', () => {
  const ada = target.members[0] ?? expect.unreachable()
  const objects = (rules: object[]) => ({
    ClusterRoleBinding: [binding({ kind: 'User', name: ada.identity.user })],
    ClusterRole: [{ apiVersion: '', kind: '', metadata: { name: 'left' }, rules }]
  })
  const mayByName = async (_: unknown, { resource, name }: Permission) => resource === 'namespaces' || name === 'db'

  test('fail a check only where an access review confirms them', async () => {
    const named = objects([rule('', 'secrets', 'get', 'db', 'other')])
    expect(await judgeOne(check('access-all-namespaces'), fakeApi({ objects: named, isAllowed: mayByName })))
      .toEqual({ state: 'failed', message: 'User ada@acme.example may get secrets db' })
    expect(await judgeOne(check('access-all-namespaces'), fakeApi({ objects: named }))).toMatchObject({ state: 'passed' })
  })

  test.each(['RoleBinding', 'ClusterRoleBinding', 'Role', 'ClusterRole'])('leave a check undecided without list on %s', async missing => {
    const api = fakeApi()
    const list = async (resource: Resource) => {
      if (resource.kind === missing) throw new ClusterError(403, 'no', 'cannot list')
      return await api.list(resource)
    }
    for (const id of ['access-nodes', 'access-all-namespaces', 'permissions-beyond-role', 'impersonation', 'token-requests', 'node-proxy', 'role-escalation']) {
      expect(await judgeOne(check(id), { ...api, list }), id).toEqual({ state: 'skipped', message: 'you may not ask: cannot list' })
    }
  })

  test('stop at the first names that are confirmed', async () => {
    const names = Array.from({ length: 2_000 }, (_, index) => `s-${index}`)
    let asked = 0
    const isAllowed = async (_: unknown, { name }: Permission) => { if (name?.startsWith('s-') === true) asked++; return name !== undefined }
    const result = await judgeOne(check('access-all-namespaces'), fakeApi({ objects: objects([rule('', 'secrets', 'get', ...names)]), isAllowed }))
    expect(result).toMatchObject({ state: 'failed' })
    expect(asked).toBeLessThan(300)
  })
})
