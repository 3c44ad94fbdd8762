import { describe, expect, it } from 'vitest'
import { Tenant } from '../../../src/api/tenant.ts'
import { checker } from '../../../src/api/validation/checker.ts'
import { identity } from '../../../src/kubernetes/object.ts'
import { childKinds } from '../../../src/tenancy/desired/child-kinds.ts'
import { desiredFor } from '../../../src/tenancy/desired/desired-state.ts'
import { secondsLater } from '../../support/contexts.ts'
import { desiredOf } from '../../support/desired.ts'
import { defaultClass, tenant } from '../../support/objects.ts'
import { now } from '../../support/requests.ts'

const everyone = {
  admins: [{ kind: 'User' as const, name: 'ops' }, { kind: 'Group' as const, name: 'ops' }],
  operators: [
    { kind: 'Group' as const, name: 'ops' },
    { kind: 'ServiceAccount' as const, name: 'ops', namespace: 'ci' }
  ]
}

describe('the desired state of a Tenant', () => {
  it('has an object of each child kind, in its namespace, with its labels', () => {
    const { namespace, contents } = desiredOf(everyone)
    expect(new Set([namespace, ...contents].map(({ kind }) => kind)))
      .toEqual(new Set(childKinds.map(({ kind }) => kind)))
    for (const { metadata } of contents) {
      expect(metadata).toMatchObject({
        namespace: 'tenant-acme-shop',
        labels: {
          'app.kubernetes.io/managed-by': 'k8s-mtp',
          'k8s-mtp.dev/tenant': 'acme',
          'k8s-mtp.dev/class': 'default'
        }
      })
    }
  })

  it('has no two objects of one identity', () => {
    const { namespace, contents } = desiredOf(everyone)
    const identities = [namespace, ...contents].map(identity)
    expect(new Set(identities).size).toBe(identities.length)
  })

  it('has no two objects of one identity with further roles either, as far as the schema allows', () => {
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]
    const names = ['admins', 'admin-x', 'admin-0123456789abcde', '0123456789abcdef', 'viewer-b', 'constructor']
    const roles = Object.fromEntries(names.map(name => [name, everyone.admins]))
    const { contents } = desiredOf({ ...everyone, roles }, defaultClass(spec => { spec.additionalRoles = Object.fromEntries(names.map(name => [name, { rules }])) }))
    const identities = contents.map(identity)
    expect(new Set(identities).size).toBe(identities.length)
    expect(contents.filter(({ kind }) => kind === 'RoleBinding')).toHaveLength(2 + 2 + 1 + 2 * names.length)
    expect(checker(Tenant)(tenant({ roles })).ok).toBe(true)
    for (const { metadata } of contents.filter(({ kind }) => kind === 'RoleBinding')) {
      const suffix = metadata.name.replace(/^tenant-/, '')
      if (/-[0-9a-f]{16}$/.test(suffix)) expect(checker(Tenant)(tenant({ roles: { [suffix]: [] } })).ok).toBe(false)
    }
  })

  it('does not depend on the order of further roles', () => {
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]
    const of = (...names: string[]) => desiredOf({}, defaultClass(spec => { spec.additionalRoles = Object.fromEntries(names.map(name => [name, { rules }])) }))
    expect(of('b', 'a', 'c')).toEqual(of('c', 'b', 'a'))
  })

  it('counts further roles as objects of the Tenant, under a quota on them', () => {
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]
    const problemsWith = (resource: string, amount: number) => desiredFor(tenant({ roles: { auditor: everyone.admins } }), defaultClass(spec => {
      spec.additionalRoles = { auditor: { rules } }
      spec.quotas['tenant-objects'] = { [resource]: amount }
    }), now).problems?.map(({ message }) => message)
    expect(problemsWith('count/roles.rbac.authorization.k8s.io', 3)).toEqual([
      '3 is too low for Tenant acme, whose own objects need 4. Raise it to 4 or more'
    ])
    expect(problemsWith('count/roles.rbac.authorization.k8s.io', 4)).toBeUndefined()
    expect(problemsWith('count/rolebindings.rbac.authorization.k8s.io', 4)).toEqual([
      '4 is too low for Tenant acme, whose own objects need 5. Raise it to 5 or more'
    ])
    expect(problemsWith('count/rolebindings.rbac.authorization.k8s.io', 5)).toBeUndefined()
  })

  it('reserves the prefixes that its class reserves, and none without', () => {
    expect(desiredOf().reservedPrefixes).toEqual([])
    expect(desiredOf({}, defaultClass(spec => { spec.namespaceMetadata = { reservedPrefixes: ['team.example/'] } })).reservedPrefixes)
      .toEqual(['team.example/'])
  })

  it('lists the finalizers that the class allows on the namespace, with commas', () => {
    const annotationsOf = (finalizers?: string[]) =>
      desiredOf({}, defaultClass(spec => { if (finalizers !== undefined) spec.namespaceMetadata = { finalizers } })).namespace.metadata.annotations
    expect(annotationsOf(['a.example/x', 'b.example/y'])).toEqual({ 'k8s-mtp.dev/allowed-finalizers': 'a.example/x,b.example/y' })
    expect(annotationsOf()).toBeUndefined()
  })

  it('does not let the labels of the class replace those of the platform', () => {
    const tenantClass = defaultClass(spec => {
      spec.namespaceMetadata = {
        labels: { 'k8s-mtp.dev/tenant': 'globex', 'pod-security.kubernetes.io/enforce': 'privileged', team: 'a' }
      }
    })
    expect(desiredOf({}, tenantClass).namespace.metadata.labels).toMatchObject({
      'k8s-mtp.dev/tenant': 'acme',
      'pod-security.kubernetes.io/enforce': 'restricted',
      team: 'a'
    })
  })

  it('labels the namespace of a Tenant with deletionPolicy Retain, and no other', () => {
    const label = (deletionPolicy: 'Delete' | 'Retain') =>
      desiredOf({ deletionPolicy }).namespace.metadata.labels['k8s-mtp.dev/deletion-policy']
    expect([label('Retain'), label('Delete')]).toEqual(['Retain', undefined])
  })

  it('depends on time by access that has ended only', () => {
    const at = (seconds: number, expiresAt?: string) => desiredFor(tenant({
      viewers: [{ kind: 'User', name: 'eve', ...(expiresAt !== undefined && { expiresAt }) }]
    }), defaultClass(), secondsLater(seconds))
    expect(at(1e9)).toEqual(at(0))
    expect(at(60, '2026-11-22T12:01:00Z')).not.toEqual(at(59, '2026-11-22T12:01:00Z'))
    expect(at(59, '2026-11-22T12:01:00Z')).toEqual(at(0))
  })

  it('is replaced by the problems of its policy, before those of the room in its quotas', () => {
    const tenantClass = defaultClass(spec => { spec.quotas = { a: { resourcequotas: '1', pods: 'many' } } })
    const { desired, problems } = desiredFor(tenant(), tenantClass, now)
    expect(desired).toBeUndefined()
    expect(problems).toContainEqual(expect.objectContaining({ path: ['spec', 'quotas', 'a', 'pods'] }))
    expect(JSON.stringify(problems)).not.toContain('whose own objects need')
  })
})
