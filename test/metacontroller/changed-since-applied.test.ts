import { describe, expect, it } from 'vitest'
import type { ManagedFieldsEntry, ObservedObject } from '../../src/kubernetes/object.ts'
import { changedSinceApplied } from '../../src/metacontroller/changed-since-applied.ts'

const lastApplied = 'metacontroller.k8s.io/last-applied-configuration'
const byValue = (applied: unknown): ObservedObject => ({
  apiVersion: 'v1',
  kind: 'Any',
  metadata: { name: 'any', annotations: { [lastApplied]: typeof applied === 'string' ? applied : JSON.stringify(applied) } }
})
const byOwner = (...managedFields: ManagedFieldsEntry[]): ObservedObject => ({ apiVersion: 'v1', kind: 'Any', metadata: { name: 'any', managedFields } })
const engine = (fieldsV1: Record<string, unknown>, operation = 'Apply') => ({ manager: 'metacontroller', operation, fieldsV1 })
const other = (fieldsV1: Record<string, unknown>) => ({ manager: 'kubectl-edit', operation: 'Update', fieldsV1 })

describe('dynamic-apply: a field changed since it was applied', () => {
  it.each<[string, unknown, string, unknown, boolean]>([
    ['not with the applied value', { spec: { a: 1 } }, 'spec.a', 1, false],
    ['with another value', { spec: { a: 1 } }, 'spec.a', 2, true],
    ['if it was removed', { spec: { a: 1 } }, 'spec.a', undefined, true],
    ['if it was added', { spec: {} }, 'spec.a', 1, true],
    ['if it was added below a field that was never applied', {}, 'spec.a', 1, true],
    ['not if it was never there', { spec: {} }, 'spec.a', undefined, false],
    ['not if an empty list was applied, which is not stored', { spec: { a: [] } }, 'spec.a', undefined, false],
    ['not if an empty text was applied, which is not stored', { s: [{ name: 'x', apiGroup: '' }] }, 's', [{ name: 'x' }], false],
    ['not in the order of a merged list', { s: [{ name: 'x' }, { name: 'a' }] }, 's', [{ name: 'a' }, { name: 'x' }], false],
    ['with another item', { s: [{ name: 'a' }] }, 's', [{ name: 'a' }, { name: 'x' }], true],
    ['if an empty selector was removed, which selects all', { s: { selector: {} } }, 's.selector', undefined, true],
    ['not by an inherited field', { spec: {} }, 'spec.constructor', undefined, false]
  ])('%s', (_, applied, path, present, expected) => {
    expect(changedSinceApplied(byValue(applied))(path.split('.'), present)).toBe(expected)
  })
})

describe('server-side-apply: a field changed since it was applied', () => {
  const owned = engine({ 'f:spec': { 'f:a': {}, 'f:map': {} }, 'f:metadata': { 'f:labels': { 'f:x': {} } } })
  it.each<[string, ManagedFieldsEntry[], string, unknown, boolean]>([
    ['not if Metacontroller owns it', [owned], 'spec.a', 1, false],
    ['not if others own it too', [owned, other({ 'f:spec': { 'f:a': {} } })], 'spec.a', 1, false],
    ['if only others own it', [owned, other({ 'f:spec': { 'f:b': {} } })], 'spec.b', 1, true],
    ['if only others own what is in an empty map', [owned, other({ 'f:spec': { 'f:map': { 'f:k': {} } } })], 'spec.map.k', 1, true],
    ['if only others own something in a map', [owned, other({ 'f:spec': { 'f:map': { 'f:k': {} } } })], 'spec.map', { k: 1 }, true],
    ['if only others own the whole list or map above', [owned, other({ 'f:spec': { 'f:list': {} } })], 'spec.list.k', 1, true],
    ['not if others own another field', [owned, other({ 'f:spec': { 'f:c': {} } })], 'spec.b', 1, false],
    ['not if others own the map, and nothing in it', [owned, other({ 'f:metadata': { 'f:labels': { '.': {} } } })], 'metadata.labels.y', 'z', false],
    ['not if an update of Metacontroller owns it', [owned, engine({ 'f:spec': { 'f:b': {} } }, 'Update')], 'spec.b', 1, false],
    ['if its whole content was removed', [owned], 'rules', undefined, true],
    ['unknown for a removed field: it has no owner', [owned], 'spec.a', undefined, false],
    ['unknown for removed subjects, which are optional', [owned], 'subjects', undefined, false],
    ['unknown if Metacontroller has applied nothing', [other({ 'f:spec': { 'f:b': {} } })], 'spec.b', 1, false]
  ])('%s', (_, entries, path, present, expected) => {
    expect(changedSinceApplied(byOwner(...entries))(path.split('.'), present)).toBe(expected)
  })
})

it.each(['', '{', '[]', 'null'])('knows no change where last-applied is %j', applied => {
  expect(changedSinceApplied(byValue(applied))(['spec'], 1)).toBe(false)
})
