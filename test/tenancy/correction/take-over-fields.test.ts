import { describe, expect, it } from 'vitest'
import { takeOverFields } from '../../../src/tenancy/correction/take-over-fields.ts'
import type { Fields } from '../../../src/kubernetes/json.ts'

interface Case { desired?: Fields, observed: Fields, others: Fields }
const nobody = (variant: number) =>
  ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: `k8s-mtp:nobody-${variant}` })

describe('taking over unmanaged fields', () => {
  it.each<[string, Case, Fields]>([
    ['returns the desired fields', { desired: { a: 1 }, observed: {}, others: {} }, { a: 1 }],
    [
      'returns a desired field with its desired value, even when another manager shares it',
      { desired: { a: 1 }, observed: { a: 2 }, others: { 'f:a': {} } },
      { a: 1 }
    ],
    [
      'returns a field of another owner with another value',
      { desired: { a: 1 }, observed: { a: 1, b: 'x' }, others: { 'f:b': {} } },
      { a: 1, b: '0' }
    ],
    [
      'returns another value even where the observed one is the first choice',
      { observed: { b: '0' }, others: { 'f:b': {} } },
      { b: '1' }
    ],
    [
      'leaves a field out once no one else owns it, so that the API server removes it',
      { observed: { b: '0' }, others: {} },
      {}
    ],
    [
      'keeps the type of a field',
      { observed: { paused: true, cordoned: false, deletionPolicy: 'Delete' }, others: { 'f:paused': {}, 'f:cordoned': {}, 'f:deletionPolicy': {} } },
      { paused: false, cordoned: true, deletionPolicy: 'Retain' }
    ],
    ['empties subjects by role', { observed: { subjects: { admin: { 'User//eve': {} } } }, others: { 'f:subjects': {} } }, { subjects: {} }],
    [
      'does so deep in an object',
      {
        desired: { spec: { hard: { pods: '1' } } },
        observed: { spec: { hard: { pods: '1', services: '5', secrets: '5' } } },
        others: { 'f:spec': { 'f:hard': { 'f:services': {} } } }
      },
      { spec: { hard: { pods: '1', services: '0' } } }
    ],
    [
      'changes each value of an unmanaged object',
      {
        desired: { podSelector: {} },
        observed: { podSelector: { matchLabels: { app: 'web', tier: '0' } } },
        others: { 'f:podSelector': { 'f:matchLabels': {} } }
      },
      { podSelector: { matchLabels: { app: '0', tier: '1' } } }
    ],
    [
      'binds no one by a list of subjects',
      { observed: { subjects: [{ kind: 'User', name: 'mallory' }] }, others: { 'f:subjects': {} } },
      { subjects: [nobody(0)] }
    ],
    [
      'changes a list of subjects that binds no one already',
      { observed: { subjects: [nobody(0)] }, others: { 'f:subjects': {} } },
      { subjects: [nobody(1)] }
    ],
    [
      'allows no traffic',
      { observed: { ingress: [{}], egress: [{}] }, others: { 'f:ingress': {}, 'f:egress': {} } },
      {
        ingress: [{ from: [{ ipBlock: { cidr: '255.255.255.0/32' } }] }],
        egress: [{ to: [{ ipBlock: { cidr: '255.255.255.0/32' } }] }]
      }
    ],
    [
      'selects all pods by expressions',
      {
        desired: { podSelector: {} },
        observed: { podSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } },
        others: { 'f:podSelector': { 'f:matchExpressions': {} } }
      },
      { podSelector: { matchExpressions: [{ key: 'k8s-mtp.dev/none-0', operator: 'DoesNotExist' }] } }
    ],
    [
      'takes over no field that is called like an inherited one',
      { observed: { constructor: 'x' } as unknown as Fields, others: {} },
      {}
    ],
    [
      'replaces an object that became text',
      { desired: { a: { b: 1 } }, observed: { a: 'x' }, others: { 'f:a': {} } },
      { a: { b: 1 } }
    ]
  ])('%s', (_, { desired = {}, observed, others }, expected) => {
    expect(takeOverFields(desired, observed, others)).toEqual(expected)
  })
})
