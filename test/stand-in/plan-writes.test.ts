import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../cluster/kube-object.ts'
import { lastAppliedAnnotation } from './last-applied.ts'
import { mapOf } from './object-map.ts'
import { planWrites, type Plan } from './plan-writes.ts'
import { limitRanges, namespace, namespaces, role, roles, tenant } from './samples.ts'

const limits: KubeObject = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'limits', namespace: 'shop' } }

function plan (observed: KubeObject[], desired: KubeObject[]): Plan {
  return planWrites({
    parent: tenant,
    observed: mapOf(observed),
    desired: mapOf(desired),
    strategy: 'dynamic-apply',
    cache: new Map(),
    resourceOf: ({ kind }) => [roles, namespaces, limitRanges].find(resource => resource.kind === kind),
    methodOf: () => 'InPlace'
  })
}

const summary = ({ writes }: Plan) => writes.map(({ verb, resource, name }) => `${verb} ${resource.kind} ${name}`)

describe('a plan', () => {
  test('deletes before it applies, each in the order of group, version and kind', () => {
    const observed = [role({ name: 'old' }), { ...limits, metadata: { ...limits.metadata, name: 'old' } }]
    expect(summary(plan(observed, [role(), namespace(), limits]))).toEqual([
      'delete LimitRange old', 'delete Role old', 'create LimitRange limits', 'create Namespace shop', 'create Role admin'
    ])
  })

  test('deletes each observed object that is not returned, by its uid, even a namespace', () => {
    const { writes } = plan([namespace({ uid: 'u' })], [])
    expect(writes).toMatchObject([
      { verb: 'delete', body: { preconditions: { uid: 'u' }, propagationPolicy: 'Background' }, ignored: ['NotFound'] }
    ])
  })

  test('does not delete a terminating object', () => {
    expect(summary(plan([namespace({ deletionTimestamp: '2026-01-01T00:00:00Z' })], []))).toEqual([])
  })

  test('treats a cluster-scoped child with a namespace as another object', () => {
    expect(summary(plan([namespace()], [namespace({ namespace: 'shop' })]))).toEqual([
      'delete Namespace shop',
      'create Namespace shop'
    ])
  })

  test('continues after a child that cannot be merged, and after an unknown kind', () => {
    const broken = role({ annotations: { [lastAppliedAnnotation]: '{' } })
    const { errors, ...rest } = plan([broken], [
      role(),
      limits,
      { apiVersion: 'no/v1', kind: 'Such', metadata: { name: 'x' } }
    ])
    expect(errors).toEqual([
      'the server does not serve the kind Such in no/v1',
      `Role shop/admin: the annotation ${lastAppliedAnnotation} is not a JSON object`
    ])
    expect(summary({ errors, ...rest })).toEqual(['create LimitRange limits'])
  })
})
