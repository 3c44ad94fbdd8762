import { describe, expect, it } from 'vitest'
import { rbacFiles } from '../../src/rbac/rbac-files.ts'
import { engineRules } from '../../src/rbac/engine-rules.ts'
import type { RoleRule } from '../../src/api/role-rule.ts'
import type { TenantClass } from '../../src/api/tenant-class.ts'
import { groupOf } from '../../src/kubernetes/object.ts'
import { childKinds } from '../../src/tenancy/desired/child-kinds.ts'

const classWith = (name: string, ...rules: RoleRule[]) => ({
  metadata: { name },
  spec: { roles: { admin: { rules }, operator: { rules: [] }, viewer: { rules: [] } } }
}) as unknown as TenantClass // no other field is read
const rulesFor = (input: Partial<Parameters<typeof engineRules>[0]> = {}) =>
  engineRules({ classes: [classWith('default')], escalate: false, ...input }).flatMap(({ rules }) => rules)
const verbsOn = (rules: RoleRule[], group: string, resource: string) => rules
  .filter(rule => rule.apiGroups.includes(group) && rule.resources.includes(resource))
  .flatMap(({ verbs }) => verbs)

const readWidgets: RoleRule = { apiGroups: ['example.com'], resources: ['widgets'], verbs: ['get'] }

describe('Metacontroller', () => {
  it('has no wildcard permissions', () => expect(JSON.stringify(rulesFor())).not.toContain('*'))
  it('may not delete namespaces', () => expect(verbsOn(rulesFor(), '', 'namespaces')).not.toContain('delete'))
  it('may not delete collections of child kinds', () => {
    for (const { apiVersion, resource } of childKinds) {
      expect(verbsOn(rulesFor(), groupOf(apiVersion), resource)).not.toContain('deletecollection')
    }
  })
  it('may not change Tenants and classes', () => {
    for (const resource of ['tenants', 'tenantclasses']) {
      expect(verbsOn(rulesFor(), 'k8s-mtp.dev', resource).join()).not.toMatch(/create|update|patch|delete/)
    }
  })
  it('may write each child kind', () => {
    for (const { apiVersion, resource } of childKinds) {
      const verbs = verbsOn(rulesFor(), groupOf(apiVersion), resource)
      expect(verbs).toEqual(expect.arrayContaining(['get', 'list', 'watch', 'create', 'update', 'patch']))
    }
  })
  it('has the permissions that all classes grant', () => {
    const classes = [classWith('b', readWidgets), classWith('a', { ...readWidgets, verbs: ['list'] })]
    expect(verbsOn(rulesFor({ classes }), 'example.com', 'widgets')).toEqual(['get', 'list'])
    expect(engineRules({ classes, escalate: false }).at(-1)?.because).toContain('The union of the rules of a, b.')
  })
  it('has the permissions of further roles of a class', () => {
    const tenantClass = classWith('a')
    tenantClass.spec.additionalRoles = { auditor: { rules: [readWidgets] } }
    expect(verbsOn(rulesFor({ classes: [tenantClass] }), 'example.com', 'widgets')).toEqual(['get'])
  })
  it('has none of those with escalate, and may grant any permission', () => {
    const rules = rulesFor({ classes: [classWith('default', readWidgets)], escalate: true })
    expect(verbsOn(rules, 'example.com', 'widgets')).toEqual([])
    expect(verbsOn(rules, 'rbac.authorization.k8s.io', 'roles')).toEqual(expect.arrayContaining(['bind', 'escalate']))
    expect(verbsOn(rulesFor(), 'rbac.authorization.k8s.io', 'roles')).not.toContain('escalate')
  })
})

describe('users', () => {
  const written = ['create', 'update', 'patch', 'delete', 'deletecollection']
  const people = rbacFiles({
    classes: [classWith('default')],
    escalate: false
  }).filter(({ name }) => !['engine.yaml', 'leader-election.yaml'].includes(name))
  const rulesOf = (file: string) => people.filter(({ name }) => name === file)
    .flatMap(({ objects }) => objects.flatMap(({ rules = [] }) => rules.flatMap(({ rules }) => rules)))

  it('may write Tenants and classes only: no status, no finalizers, no child kinds', () => {
    expect(people).toHaveLength(3)
    const writable = people.flatMap(({ name }) => rulesOf(name)
      .filter(({ verbs }) => verbs.some(verb => written.includes(verb))).flatMap(({ resources }) => resources))
    expect(writable.sort()).toEqual(['tenantclasses', 'tenants'])
  })
  it('may read each kind of k8s-mtp', () => {
    for (const resource of ['tenants', 'tenantclasses', 'workloadpolicies']) {
      expect(verbsOn(rulesOf('viewer.yaml'), 'k8s-mtp.dev', resource)).toEqual(['get', 'list', 'watch'])
    }
  })
})
