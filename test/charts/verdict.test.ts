import { describe, expect, it, test } from 'vitest'
import type { KubeObject } from '../cluster/kube-object.ts'
import type { Remedy } from './remedies.ts'
import { namesIn, valuesOf, verdictOf } from './verdict.ts'

const object: KubeObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } }
const type: Remedy = { path: ['spec', 'type'], value: 'ClusterIP', ofPod: false }
const refusal = { object, subject: 'pod' as const, message: 'pods are forbidden: exceeded quota: tenant-quota, requested: pods=1' }

describe('the column of an item', () => {
  it('is - if it does not render', () => {
    expect(verdictOf({ notRendered: 'set image' })).toMatchObject({ column: '-', details: ['set image'] })
  })

  it('is a if nothing was changed, b if policies changed it, and c if the tool did', () => {
    const admitted = { changes: [], applied: [], overcome: [] }
    expect(verdictOf(admitted)).toEqual({ column: 'a', details: [], changes: [], refusals: [] })
    const changes = ['pods of Deployment web: spec.securityContext.runAsNonRoot: true']
    expect(verdictOf({ ...admitted, changes })).toMatchObject({ column: 'b', details: changes })
    expect(verdictOf({ changes, applied: [type], overcome: [refusal] })).toMatchObject({
      column: 'c', details: ['spec.type: ClusterIP'], changes, refusals: [{ what: 'pods of Deployment web' }]
    })
  })

  it('is d if it is out of scope, by name', () => {
    expect(verdictOf({ outOfScope: ['hostPath of DaemonSet agent'] })).toMatchObject({ column: 'd', details: ['hostPath of DaemonSet agent'] })
  })

  it('is e if it is refused, with what the message names', () => {
    expect(verdictOf({ refused: [refusal], applied: [] })).toMatchObject({
      column: 'e',
      details: [`pods of Deployment web: ${refusal.message}`],
      refusals: [{ what: 'pods of Deployment web', namesCause: true, namesRemedy: false }]
    })
  })
})

test('a value for several objects counts as one', () => {
  expect(valuesOf([type, type, { ...type, value: 'NodePort' }])).toEqual(['spec.type: ClusterIP', 'spec.type: NodePort'])
})

test.each<[message: string, namesCause: boolean, namesRemedy: boolean]>([
  ['TenantClass a does not allow Service type LoadBalancer: spec.workloads.services.types lists ClusterIP. Set spec.type to a listed value, or change the TenantClass', true, true],
  ['TenantClass a does not allow the IngressClass nginx: spec.workloads.ingressClasses lists none. Change the TenantClass', true, false],
  ['TenantClass a does not allow the host name x: spec.workloads.hostNames lists *.y. Use a name that fits, or change the TenantClass', true, true],
  ['violates PodSecurity "restricted:latest": runAsNonRoot != true (pod or container "a" must set securityContext.runAsNonRoot=true)', true, true],
  ['roles.rbac.authorization.k8s.io is forbidden: User "a" cannot create resource "roles" in API group "rbac.authorization.k8s.io"', true, false],
  ['pods are forbidden: [maximum cpu usage per Container is 2, but limit is 4]', true, true],
  ['pods are forbidden: exceeded quota: tenant-quota, requested: cpu=9, used: cpu=0, limited: cpu=8', true, false],
  ['Internal error occurred', false, false]
])('%s', (message, namesCause, namesRemedy) => {
  expect(namesIn(message)).toEqual({ namesCause, namesRemedy })
})
