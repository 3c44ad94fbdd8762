import { describe, expect, it } from 'vitest'
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
