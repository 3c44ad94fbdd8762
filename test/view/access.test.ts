import { describe, expect, it } from 'vitest'
import type { RoleRule } from '../../src/api/role-rule.ts'
import { expiries } from '../../src/view/access-expiry.ts'
import { accessIn } from '../../src/view/access-report.ts'
import { permitsOf } from '../../src/view/permits.ts'
import { subjectFilter } from '../../src/view/subject-filter.ts'
import { defaultClass, standardClass, tenant, tenantNamespace } from '../support/objects.ts'

const rule = (apiGroups: string[], resources: string[], verbs: string[], resourceNames?: string[]): RoleRule =>
  ({ apiGroups, resources, verbs, ...(resourceNames !== undefined && { resourceNames }) })

describe('a role permits', () => {
  const { roles } = defaultClass().spec
  it.each<[string, RoleRule[]]>([
    ['write pods, workloads, jobs; write Secrets; exec; forward ports', roles.admin.rules],
    ['write pods, workloads, jobs; write Secrets; exec; forward ports', roles.operator.rules],
    ['read workloads', roles.viewer.rules],
    ['write pods, workloads, jobs; grant access; write Secrets; exec; debug containers; forward ports', standardClass().spec.roles.admin.rules],
    ['everything', [rule(['*'], ['*'], ['*'])]],
    ['read workloads; read Secrets; exec; forward ports', [rule(['*'], ['*'], ['get', 'list'])]],
    ['impersonate ServiceAccounts; create tokens', [rule([''], ['serviceaccounts', 'serviceaccounts/token'], ['impersonate', 'create'])]],
    ['exec', [rule([''], ['*/exec'], ['create'])]],
    ['debug containers', [rule([''], ['pods/ephemeralcontainers'], ['patch'])]],
    ['forward ports', [rule([''], ['pods/portforward'], ['get'])]],
    // A RoleBinding grants nothing on resources of the cluster.
    ['nothing in namespaces', [
      rule(['k8s-mtp.dev'], ['tenants'], ['update']), rule([''], ['groups'], ['impersonate']), rule([''], ['nodes/proxy'], ['*']),
      rule(['rbac.authorization.k8s.io'], ['clusterroles', 'clusterrolebindings'], ['*'])
    ]],
    ['grant access', [rule(['rbac.authorization.k8s.io'], ['rolebindings', 'clusterroles'], ['create'])]],
    ['get widgets.example.com and 1 more', [rule(['example.com'], ['widgets'], ['get']), rule(['example.com'], ['gadgets'], ['get'])]],
    // One Secret is not all Secrets.
    ['get secrets (only one)', [rule([''], ['secrets'], ['get'], ['one'])]]
  ])('in a namespace: %s', (text, rules) => {
    expect(permitsOf(rules, 'namespace')).toBe(text)
  })

  const rbacGroup = 'rbac.authorization.k8s.io'
  const admissionGroup = 'admissionregistration.k8s.io'
  it.each<[string, RoleRule[]]>([
    ['everything', [rule(['*'], ['*'], ['*'])]],
    ['read workloads; exec by nodes/proxy; read Secrets; exec; forward ports', [rule(['*'], ['*'], ['get', 'list'])]],
    ['make any user an admin of any Tenant', [rule(['k8s-mtp.dev'], ['tenants'], ['update'])]],
    ['impersonate users', [rule([''], ['groups'], ['impersonate'])]],
    ['grant access', [rule([rbacGroup], ['clusterrolebindings'], ['create'])]],
    ['grant access', [rule([rbacGroup], ['clusterroles'], ['bind', 'escalate'])]],
    ['bind clusterroles.rbac.authorization.k8s.io (only admin)', [rule([rbacGroup], ['clusterroles'], ['bind'], ['admin'])]],
    ['exec by nodes/proxy', [rule([''], ['nodes/proxy'], ['get'])]],
    ['exec by nodes/proxy', [rule([''], ['*/proxy'], ['create'])]],
    ['write webhooks', [rule([admissionGroup], ['validatingwebhookconfigurations'], ['patch'])]],
    ['write webhooks', [rule([admissionGroup], ['mutatingwebhookconfigurations'], ['create'])]],
    ['write admission policies', [rule([admissionGroup], ['validatingadmissionpolicybindings'], ['delete'])]],
    ['write admission policies', [rule([admissionGroup], ['mutatingadmissionpolicies'], ['create'])]],
    ['approve certificates of users', [rule(['certificates.k8s.io'], ['certificatesigningrequests/approval'], ['update'])]],
    ['write CRDs', [rule(['apiextensions.k8s.io'], ['customresourcedefinitions'], ['update'])]],
    ['write APIServices', [rule(['apiregistration.k8s.io'], ['apiservices'], ['create'])]],
    ['write by Metacontroller', [rule(['metacontroller.k8s.io'], ['compositecontrollers'], ['create'])]],
    ['write PersistentVolumes', [rule([''], ['persistentvolumes'], ['create'])]],
    ['nothing in namespaces', [
      rule(['k8s-mtp.dev'], ['tenants'], ['get']), rule([''], ['nodes'], ['*']), rule([], [], ['get']), rule([''], ['persistentvolumes'], ['get']),
      rule([rbacGroup], ['clusterroles'], ['list']), rule(['certificates.k8s.io'], ['certificatesigningrequests'], ['create'])
    ]]
  ])('in the cluster: %s', (text, rules) => {
    expect(permitsOf(rules, 'cluster')).toBe(text)
  })
})

const rbac = 'rbac.authorization.k8s.io/v1'
const user = (name: string) => ({ kind: 'User', name })
const binding = (kind: string, metadata: { name: string, namespace?: string, labels?: Record<string, string> }, role: [string, string], ...subjects: object[]) =>
  ({ apiVersion: rbac, kind, metadata, roleRef: { kind: role[0], name: role[1] }, subjects })
const role = (kind: string, name: string, rules: RoleRule[], namespace?: string) =>
  ({ apiVersion: rbac, kind, metadata: { name, ...(namespace !== undefined && { namespace }) }, rules })
const labels = { 'k8s-mtp.dev/tenant': 'acme' }

describe('access', () => {
  const ends = '2026-12-24T18:00:00Z'
  const acme = tenant({ admins: [{ kind: 'User', name: 'ada', expiresAt: ends }] })
  const further = tenantNamespace({ subjects: { admin: { 'User//ada': { kind: 'User', name: 'ada', expiresAt: '2027-01-01T00:00:00Z' } } } })
  const list = accessIn({
    roleBindings: [
      binding('RoleBinding', { name: 'tenant-admin', namespace: 'tenant-acme-shop', labels }, ['Role', 'tenant-admin'], user('ada')),
      binding('RoleBinding', { name: 'tenant-admin', namespace: 'tenant-acme-dev', labels }, ['Role', 'tenant-admin'], user('ada')),
      binding('RoleBinding', { name: 'extra', namespace: 'tenant-acme-shop' }, ['ClusterRole', 'view'], { kind: 'ServiceAccount', name: 'deployer', namespace: 'ci' }),
      // Our name, and another owner: its access does not end with the Tenant's list.
      binding('RoleBinding', { name: 'copy', namespace: 'tenant-acme-shop' }, ['Role', 'tenant-admin'], user('mallory')),
      binding('RoleBinding', { name: 'elsewhere', namespace: 'default' }, ['ClusterRole', 'view'], user('ada'))
    ],
    clusterRoleBindings: [
      binding('ClusterRoleBinding', { name: 'sre' }, ['ClusterRole', 'view'], { kind: 'Group', name: 'sre' }),
      binding('ClusterRoleBinding', { name: 'nodes' }, ['ClusterRole', 'nodes'], { kind: 'Group', name: 'ops' }),
      binding('ClusterRoleBinding', { name: 'system:controller:x' }, ['ClusterRole', 'view'], { kind: 'ServiceAccount', name: 'x', namespace: 'kube-system' })
    ],
    roles: [role('Role', 'tenant-admin', defaultClass().spec.roles.admin.rules, 'tenant-acme-shop')],
    clusterRoles: [role('ClusterRole', 'view', [rule([''], ['pods'], ['get'])]), role('ClusterRole', 'nodes', [rule([''], ['nodes'], ['get'])])],
    unreadable: [],
    expiryOf: expiries([{ ...acme, metadata: { ...acme.metadata, uid: 'u', generation: 1 } }], [further]),
    tenantOf: namespace => namespace.startsWith('tenant-acme-') ? 'acme' : undefined
  })

  it('has who, by which role, until when, and what is not of the Tenant', () => {
    expect(list.map(({ namespace, subject, role, managed, clusterWide, expiresAt = '' }) => [namespace, subject, role, managed, clusterWide, expiresAt])).toEqual([
      ['tenant-acme-dev', 'User ada', 'Role/tenant-admin', true, false, '2027-01-01T00:00:00Z'],
      ['tenant-acme-shop', 'ServiceAccount ci/deployer', 'ClusterRole/view', false, false, ''],
      ['tenant-acme-shop', 'User ada', 'Role/tenant-admin', true, false, ends],
      ['tenant-acme-shop', 'User mallory', 'Role/tenant-admin', false, false, ''],
      [undefined, 'Group sre', 'ClusterRole/view', false, true, ''],
      [undefined, 'ServiceAccount kube-system/x', 'ClusterRole/view', false, true, '']
    ])
  })

  describe('by a role that is not among those that were read', () => {
    const found = (unreadable: Array<'Role' | 'ClusterRole'>) => accessIn({
      roleBindings: [
        binding('RoleBinding', { name: 'a', namespace: 'tenant-acme-shop' }, ['Role', 'gone'], user('ada')),
        binding('RoleBinding', { name: 'b', namespace: 'tenant-acme-shop' }, ['ClusterRole', 'gone'], user('bob'))
      ],
      clusterRoleBindings: [binding('ClusterRoleBinding', { name: 'c' }, ['ClusterRole', 'gone'], user('cleo'))],
      // Roles of another namespace are others.
      roles: [role('Role', 'gone', [rule([''], ['pods'], ['get'])], 'tenant-acme-dev')],
      clusterRoles: [],
      unreadable,
      expiryOf: () => undefined,
      tenantOf: () => 'acme'
    }).map(({ subject, clusterWide, permits }) => [subject, clusterWide, permits])
    const missing = 'nothing: the role does not exist. To create it grants this access'
    const unknown = 'unknown: you may not read the role'

    it('has a row that says so', () => {
      expect(found([])).toEqual([['User ada', false, missing], ['User bob', false, missing], ['User cleo', true, missing]])
      expect(found(['ClusterRole'])).toEqual([['User ada', false, missing], ['User bob', false, unknown], ['User cleo', true, unknown]])
      expect(found(['Role'])).toEqual([['User ada', false, unknown], ['User bob', false, missing], ['User cleo', true, missing]])
    })
  })

  describe('of Kubernetes to its own components', () => {
    const bootstrapped = { 'kubernetes.io/bootstrapping': 'rbac-defaults' }
    const controller = { kind: 'ServiceAccount', name: 'x', namespace: 'kube-system' }
    const group = (name: string) => ({ kind: 'Group', name })
    const ofKubernetes = (role: string, subject: object, labels?: Record<string, string>) => accessIn({
      roleBindings: [],
      clusterRoleBindings: [binding('ClusterRoleBinding', { name: 'system:x', ...(labels !== undefined && { labels }) }, ['ClusterRole', role], subject)],
      roles: [],
      clusterRoles: [{ apiVersion: rbac, kind: 'ClusterRole', metadata: { name: role }, rules: [rule([''], ['pods'], ['get'])] }],
      unreadable: [],
      expiryOf: () => undefined,
      tenantOf: () => undefined
    }).map(({ ofKubernetes }) => ofKubernetes)

    it.each([controller, user('system:kube-scheduler'), group('system:monitoring')])('is what it creates with its label: %j', subject => {
      expect(ofKubernetes('system:x', subject, bootstrapped)).toEqual([true])
    })

    it.each<[string, string, object, Record<string, string> | undefined]>([
      ['without the label', 'system:x', controller, undefined],
      ['with another role', 'edit', controller, bootstrapped],
      ['of a subject beside the components', 'system:x', user('mallory'), bootstrapped],
      ...['system:authenticated', 'system:unauthenticated', 'system:masters', 'system:serviceaccounts', 'system:serviceaccounts:ci']
        .map(name => [`of ${name}`, 'system:x', group(name), bootstrapped] as [string, string, object, Record<string, string>]),
      ['of the anonymous user', 'system:x', user('system:anonymous'), bootstrapped],
      ['of everyone, by another role', 'edit', group('system:authenticated'), undefined]
    ])('is none %s', (_, role, subject, labels) => {
      expect(ofKubernetes(role, subject, labels)).toEqual([false])
    })
  })

  it('to the whole cluster has a row where a role can escalate, though it names no resource of a namespace', () => {
    const found = accessIn({
      roleBindings: [],
      clusterRoleBindings: [binding('ClusterRoleBinding', { name: 'granters' }, ['ClusterRole', 'granter'], user('mallory'))],
      roles: [],
      clusterRoles: [role('ClusterRole', 'granter', [rule(['rbac.authorization.k8s.io'], ['clusterrolebindings'], ['create'])])],
      unreadable: [],
      expiryOf: () => undefined,
      tenantOf: () => undefined
    })
    expect(found).toMatchObject([{ subject: 'User mallory', permits: 'grant access' }])
  })
})

describe('the filter of subjects', () => {
  it.each<[string, string[], string[]]>([
    ['User ada@acme.example', ['User ada@acme.example', 'Group system:authenticated'], ['Group ada@acme.example', 'User ada']],
    ['ada@acme.example', ['User ada@acme.example', 'Group ada@acme.example'], ['ServiceAccount ci/ada@acme.example']],
    ['Group acme-leads', ['Group acme-leads'], ['User acme-leads', 'Group system:authenticated']],
    ['ServiceAccount ci/deployer', ['ServiceAccount ci/deployer', 'User system:serviceaccount:ci:deployer', 'Group system:serviceaccounts:ci', 'Group system:serviceaccounts'], ['ServiceAccount cd/deployer', 'Group system:serviceaccounts:cd']],
    ['ci/deployer', ['ServiceAccount ci/deployer'], ['ServiceAccount deployer']],
    ['system:serviceaccount:ci:deployer', ['ServiceAccount ci/deployer', 'Group system:authenticated'], []],
    ['User system:serviceaccount:ci:deployer', ['ServiceAccount ci/deployer', 'Group system:serviceaccounts:ci'], []],
    ['oidc:ada', ['User oidc:ada', 'Group oidc:ada'], ['ServiceAccount oidc/ada', 'Group system:serviceaccounts']],
    ['User oidc:ada', ['User oidc:ada', 'Group system:authenticated'], ['ServiceAccount oidc/ada', 'Group system:serviceaccounts:oidc']],
    ['User oidc/ada', ['User oidc/ada'], ['ServiceAccount oidc/ada', 'Group system:serviceaccounts']],
    ['ServiceAccount ci:deployer', [], ['ServiceAccount ci/deployer']],
    ['system:anonymous', ['User system:anonymous', 'Group system:unauthenticated'], ['Group system:authenticated']]
  ])('%s', (text, found, others) => {
    const { matches } = subjectFilter(text)
    expect([found.filter(name => !matches(name)), others.filter(matches)]).toEqual([[], []])
  })

  it('says that the groups of a user are unknown, and those of a ServiceAccount are not', () => {
    expect(subjectFilter('User ada').notes).toEqual(['the identity provider alone knows the groups of ada, so access by a group is not listed. List it for each group: --subject "Group NAME"'])
    expect(subjectFilter('oidc:ada').notes).toHaveLength(1)
    expect([subjectFilter('ci/deployer').notes, subjectFilter('Group leads').notes]).toEqual([[], []])
  })
})
