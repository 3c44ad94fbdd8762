import { describe, expect, it } from 'vitest'
import type { ManagedFieldsEntry, ObservedObject } from '../../src/kubernetes/object.ts'
import { fieldsOfOthers, isEngineEntry, isServerSideApplied } from '../../src/metacontroller/managed-fields.ts'

const engine: ManagedFieldsEntry = {
  manager: 'metacontroller',
  operation: 'Apply',
  fieldsV1: { 'f:spec': { 'f:hard': { 'f:pods': {} } } }
}
const withEntries = (...managedFields: ManagedFieldsEntry[]): ObservedObject =>
  ({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'tenant-quota', managedFields } })

describe('isEngineEntry', () => {
  it.each<[string, ManagedFieldsEntry, boolean]>([
    ['an apply of Metacontroller', engine, true],
    ['an update of Metacontroller', { ...engine, operation: 'Update' }, false],
    ['an apply of the status by Metacontroller', { ...engine, subresource: 'status' }, false],
    ['an apply of another manager', { ...engine, manager: 'kubectl' }, false],
    ['an entry without a manager', { operation: 'Apply' }, false],
    ['an empty entry', {}, false]
  ])('%s: %s', (_, entry, expected) => {
    expect(isEngineEntry(entry)).toBe(expected)
  })
})

describe('isServerSideApplied', () => {
  it.each<[string, ObservedObject, boolean]>([
    [
      'an object with an apply of Metacontroller among others',
      withEntries({ manager: 'kubectl', operation: 'Update' }, engine),
      true
    ],
    ['an object that Metacontroller has only updated', withEntries({ ...engine, operation: 'Update' }), false],
    ['an object with no entries', withEntries(), false],
    [
      'an object without managedFields',
      { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'tenant-quota' } },
      false
    ]
  ])('%s: %s', (_, object, expected) => {
    expect(isServerSideApplied(object)).toBe(expected)
  })
})

describe('fieldsOfOthers', () => {
  const kubectl = (fieldsV1: Record<string, unknown>): ManagedFieldsEntry =>
    ({ manager: 'kubectl', operation: 'Update', fieldsV1 })

  it.each<[string, ObservedObject, object]>([
    ['leaves out the fields of the engine', withEntries(engine), {}],
    [
      'includes a field that the engine shares',
      withEntries(engine, kubectl({ 'f:spec': { 'f:hard': { 'f:pods': {} } } })),
      { 'f:spec': { 'f:hard': { 'f:pods': {} } } }
    ],
    [
      'merges all other managers',
      withEntries(kubectl({ 'f:spec': { 'f:a': {} } }), kubectl({ 'f:spec': { 'f:b': {} }, 'f:c': {} })),
      { 'f:spec': { 'f:a': {}, 'f:b': {} }, 'f:c': {} }
    ],
    [
      'includes updates of the engine, such as that of ownerReferences',
      withEntries({
        manager: 'metacontroller',
        operation: 'Update',
        fieldsV1: { 'f:metadata': { 'f:ownerReferences': {} } }
      }),
      { 'f:metadata': { 'f:ownerReferences': {} } }
    ],
    ['skips an entry without fields', withEntries({ manager: 'kubectl', operation: 'Update' }), {}]
  ])('%s', (_, object, expected) => {
    expect(fieldsOfOthers(object)).toEqual(expected)
  })
})
