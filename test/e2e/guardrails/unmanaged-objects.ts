import type { RoleRef, Subject } from 'kubernetes-types/rbac/v1.js'
import type { KubeObject } from '../../cluster/kube-object.ts'
import type { TestTenant } from '../tenants.ts'
import type { GuardrailCase } from './case.ts'
import { kindsOf } from './kinds.ts'
import { dryRun, rbac } from './world.ts'

const guarded = ['NetworkPolicy', 'Role', 'RoleBinding', 'LimitRange']

const authors = kindsOf().filter(({ kind }) => guarded.includes(kind)).map(({ kind, make }): GuardrailCase => ({
  rule: 'tenant-objects/unmanaged-author',
  refuses: `creation of a ${kind} beside those of the Tenant`,
  who: 'a cluster administrator',
  attempt: (who, { tenant }) => who.create(make(tenant.namespace), dryRun),
  message: new RegExp('TenantClass default does not allow \\S+ to write \\w+ tenant-acme-\\w+-shop/some, which can open traffic, grant access or refuse pods ' +
    'beside Tenant acme-\\w+. Add traffic and limits to the TenantClass and people to the Tenant, set spec.selfService of the TenantClass, or list ' +
    'the author in its spec.allowedAuthors; in an emergency, act as a member of k8s-mtp:break-glass'),
  allows: `creation of a ${kind} in an unmanaged namespace`,
  control: (who, { elsewhere }) => who.create(make(elsewhere), dryRun)
}))

const toRole: RoleRef = { apiGroup: rbac, kind: 'Role', name: 'tenant-viewer' }
const account = ({ namespace }: TestTenant): Subject => ({ kind: 'ServiceAccount', name: 'bot', namespace })
const many = (count: number, { namespace }: TestTenant): Subject[] =>
  Array.from({ length: count }, (_, index) => ({ kind: 'ServiceAccount', name: `bot-${index}`, namespace }))
const binding = ({ namespace }: TestTenant, subjects: Subject[], roleRef = toRole): KubeObject =>
  ({ apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata: { name: 'some', namespace }, roleRef, subjects })

const inClass = 'TenantClass self-service-\\w+ does not allow'

const bindings: GuardrailCase[] = [
  {
    rule: 'tenant-objects/unmanaged-author',
    refuses: 'a LimitRange where the class allows permissions',
    who: 'a cluster administrator',
    attempt: (who, { selfService: { namespace } }) => who.create({
      apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'some', namespace }, spec: { limits: [{ type: 'Container', max: { cpu: '1' } }] }
    }, dryRun),
    message: new RegExp(`${inClass} \\S+ to write limitranges`),
    allows: 'a Role there',
    control: (who, { selfService: { namespace } }) => who.create({ apiVersion: `${rbac}/v1`, kind: 'Role', metadata: { name: 'some', namespace }, rules: [] }, dryRun)
  },
  {
    rule: 'tenant-objects/unmanaged-binding-role',
    refuses: 'a RoleBinding to a ClusterRole',
    who: 'a cluster administrator',
    attempt: (who, { selfService }) => who.create(binding(selfService, [account(selfService)], { ...toRole, kind: 'ClusterRole', name: 'view' }), dryRun),
    message: new RegExp(`${inClass} RoleBindings to ClusterRoles, as rolebindings tenant-acme-\\w+-shop/some is. Set roleRef.kind to Role and create the Role;`),
    allows: 'one to a Role',
    control: (who, { selfService }) => who.create(binding(selfService, [account(selfService)]), dryRun)
  },
  {
    rule: 'tenant-objects/unmanaged-binding-count',
    refuses: 'a RoleBinding of 101 subjects',
    who: 'a cluster administrator',
    attempt: (who, { selfService }) => who.create(binding(selfService, many(101, selfService)), dryRun),
    message: /^rolebindings tenant-acme-\w+-shop\/some may have 100 subjects. Use several$/,
    allows: 'one of 100',
    control: (who, { selfService }) => who.create(binding(selfService, many(100, selfService)), dryRun)
  },
  ...([
    ['a user', { apiGroup: rbac, kind: 'User', name: 'bob' }, 'User bob'],
    ['a group', { apiGroup: rbac, kind: 'Group', name: 'leads' }, 'Group leads'],
    ['a ServiceAccount of another namespace', { kind: 'ServiceAccount', name: 'bot', namespace: 'default' }, 'ServiceAccount bot']
  ] as Array<[string, Subject, string]>).map(([what, subject, named]): GuardrailCase => ({
    rule: 'tenant-objects/unmanaged-binding-subjects',
    refuses: `a RoleBinding of ${what}`,
    who: 'a cluster administrator',
    attempt: (who, { selfService }) => who.create(binding(selfService, [account(selfService), subject]), dryRun),
    message: new RegExp(`${inClass} subjects other than ServiceAccounts of the namespace: rolebindings tenant-acme-\\w+-shop/some names ${named}. ` +
      'Add people to Tenant acme-\\w+, or set kind to ServiceAccount and namespace to tenant-acme-'),
    allows: 'one of a ServiceAccount of the namespace',
    control: (who, { selfService }) => who.create(binding(selfService, [account(selfService)]), dryRun)
  }))
]

export const unmanagedObjectCases: GuardrailCase[] = [...authors, ...bindings]
