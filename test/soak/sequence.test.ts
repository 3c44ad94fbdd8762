import { describe, expect, test } from 'vitest'
import { createClasses, generate } from './generate.ts'
import { emptyModel, isExpectedReady, unlistedOf } from './model.ts'
import { picksOf } from './picks.ts'
import { releaseObject } from './tampering.ts'
import { settleTenant } from './tenant-operations.ts'

/** All operations of a run, as if each was admitted that can be. */
function sequence (seed: number, count: number, now = new Date()) {
  const model = emptyModel()
  const operations = createClasses()
  for (const { change } of operations) change?.(model)
  for (const picks of picksOf(seed, count)) {
    const operation = generate(model, picks, { strategy: 'dynamic-apply', now })
    operation.change?.(model)
    operations.push(operation)
  }
  return { model, operations, texts: operations.map(({ text }) => text) }
}

describe('the operations of a run', () => {
  test('are the same for the same seed, at another time', () => {
    expect(sequence(7, 300, new Date('2020-01-01T00:00:00Z')).texts).toEqual(sequence(7, 300, new Date('2030-01-01T00:00:00Z')).texts)
  })

  test('of a shorter run are the first ones of a longer run', () => {
    const { texts } = sequence(7, 100)
    expect(sequence(7, 300).texts.slice(0, texts.length)).toEqual(texts)
  })

  test('differ by the seed', () => {
    expect(sequence(8, 100).texts).not.toEqual(sequence(7, 100).texts)
  })

  test('are of all kinds', () => {
    const kinds = new Set(sequence(1, 3000).operations.map(({ kind }) => kind))
    expect([...kinds].sort()).toEqual([
      'add namespace', 'create Tenant', 'create class', 'delete Tenant', 'delete data', 'delete namespace', 'delete object', 'delete orphaned',
      'delete retained', 'edit Tenant', 'edit class', 'foreign label', 'hold object', 'invalid edit', 'kill apiserver', 'kill engine', 'kill hook',
      'orphan Tenant', 'refused tampering', 'release object', 'remove namespace', 'tampering', 'write data'
    ])
  })

  test.each([1, 2, 3, 4, 5])('leave Tenants that can be settled (seed %i)', seed => {
    const { model } = sequence(seed, 400)
    const now = new Date()
    for (let next = settleTenant(model, now); next !== undefined; next = settleTenant(model, now)) next.change?.(model)
    expect([...model.tenants.values()].filter(tenant => !isExpectedReady(model, tenant, now))).toEqual([])
    expect([...model.tenants.keys()].flatMap(name => unlistedOf(model, name))).toEqual([])
  })

  test('leave few orphaned namespaces', () => {
    expect(sequence(4, 1500).model.orphanedNamespaces.length).toBeLessThan(10)
  })

  test('hold few objects at a time, which can be released', () => {
    const { model } = sequence(3, 400)
    expect(model.held.length).toBeLessThanOrEqual(3)
    for (let next = releaseObject(model); next !== undefined; next = releaseObject(model)) next.change?.(model)
    expect(model.held).toEqual([])
  })
})
