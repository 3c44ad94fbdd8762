import { describe, expect, it } from 'vitest'
import type { ManagedFieldsEntry, ObservedObject } from '../../src/kubernetes/object.ts'
import { isLastAppliedBroken, lastAppliedOf } from '../../src/metacontroller/last-applied.ts'

const annotation = 'metacontroller.k8s.io/last-applied-configuration'

function quota (lastApplied: string | undefined, managedFields: ManagedFieldsEntry[] = []): ObservedObject {
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: {
      name: 'tenant-quota',
      namespace: 'tenant-acme-shop',
      managedFields,
      ...(lastApplied !== undefined && { annotations: { [annotation]: lastApplied } })
    },
    spec: { hard: { pods: '20' } },
    subjects: [{ kind: 'User', name: 'ada' }]
  }
}

type Case = [annotation: string, text: string | undefined, applied: object | undefined, broken: boolean]
const cases: Case[] = [
  ['absent', undefined, undefined, false],
  ['empty', '', undefined, false],
  ['null', 'null', undefined, false],
  ['no JSON', '{', undefined, true],
  ['a list', '[]', undefined, true],
  ['text', '"text"', undefined, true],
  ['a number', '1', undefined, true],
  ['an empty object', '{}', {}, false],
  ['a part of the object', '{"spec":{"hard":{"pods":"10"}}}', { spec: { hard: { pods: '10' } } }, false],
  [
    'of fields that the object does not have',
    '{"status":{"used":{"pods":"1"}}}',
    { status: { used: { pods: '1' } } },
    false
  ],
  [
    'the text of the object',
    '{"apiVersion":"v1","kind":"ResourceQuota","metadata":{"name":"tenant-quota","namespace":"tenant-acme-shop"},' +
      '"spec":{"hard":{"pods":"20"}},"subjects":[{"kind":"User","name":"ada"}]}',
    {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'tenant-quota', namespace: 'tenant-acme-shop' },
      spec: { hard: { pods: '20' } },
      subjects: [{ kind: 'User', name: 'ada' }]
    },
    false
  ],
  ['null at a field', '{"spec":null}', { spec: null }, false],
  ['text at an object', '{"spec":"x"}', undefined, true],
  ['a list at an object', '{"spec":[]}', undefined, true],
  ['text deep in the object', '{"spec":{"hard":"x"}}', undefined, true],
  ['an object at a list', '{"subjects":{"name":"ada"}}', undefined, true],
  ['other items in a list', '{"subjects":["ada"]}', { subjects: ['ada'] }, false],
  ['an object at text', '{"spec":{"hard":{"pods":{"a":1}}}}', { spec: { hard: { pods: { a: 1 } } } }, false],
  ['named as an inherited function', '{"constructor":{"a":1}}', { constructor: { a: 1 } }, false]
]

describe('a last-applied annotation that is', () => {
  it.each(cases)('%s', (_, text, applied, broken) => {
    expect(lastAppliedOf(quota(text))).toEqual(applied)
    expect(isLastAppliedBroken(quota(text))).toBe(broken)
  })

  it('no JSON is not broken under server-side apply, which does not read it', () => {
    expect(isLastAppliedBroken(quota('{', [
      { manager: 'metacontroller', operation: 'Apply', fieldsV1: {} }
    ]))).toBe(false)
    expect(isLastAppliedBroken(quota('{', [
      { manager: 'metacontroller', operation: 'Update', fieldsV1: {} }
    ]))).toBe(true)
    expect(isLastAppliedBroken(quota('{', [{ manager: 'kubectl', operation: 'Apply', fieldsV1: {} }]))).toBe(true)
  })
})
