import { describe, expect, it } from 'vitest'
import {
  readPreviousStatus,
  readyCondition,
  type PreviousStatus
} from '../../../src/tenancy/observed/previous-status.ts'

const nothing: PreviousStatus = {
  generation: undefined,
  class: undefined,
  version: undefined,
  nextExpiry: undefined,
  conditions: [],
  namespaces: new Map()
}
const read = (status: unknown) =>
  readPreviousStatus({ apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', metadata: { name: 'acme' }, status })
const noNames = { phase: undefined, missing: [], drifted: [], rollingOut: [] }
const ready = {
  type: 'Ready',
  status: 'True',
  reason: 'UpToDate',
  message: '',
  lastTransitionTime: '2026-11-22T12:00:00Z'
} as const

describe('reading the last status', () => {
  it.each<[string, unknown, Partial<PreviousStatus>]>([
    ['finds nothing in an absent one', undefined, {}],
    ['finds nothing in null', null, {}],
    ['finds nothing in text', 'Ready', {}],
    ['finds nothing in a list', [ready], {}],
    ['reads the generation', { observedGeneration: 5 }, { generation: 5 }],
    ['skips a generation that is text', { observedGeneration: '5' }, {}],
    [
      'reads the class',
      { class: { name: 'default', uid: 'u', generation: 2 } },
      { class: { name: 'default', uid: 'u', generation: 2 } }
    ],
    [
      'reads a class without a uid',
      { class: { name: 'default', generation: 0 } },
      { class: { name: 'default', generation: 0 } }
    ],
    ['skips a class without a generation', { class: { name: 'default' } }, {}],
    ['skips a class that is its name', { class: 'default' }, {}],
    ['skips a class whose uid is a number', { class: { name: 'default', uid: 1, generation: 0 } }, {}],
    [
      'reads version and next expiry',
      { version: '1.2.3', nextExpiry: '2026-12-01T00:00:00Z' },
      { version: '1.2.3', nextExpiry: '2026-12-01T00:00:00Z' }
    ],
    ['skips a version and an expiry that are no text', { version: 1, nextExpiry: {} }, {}],
    [
      'reads conditions that have a time',
      { conditions: [ready, { type: 'Stalled' }, null, 'Ready', { lastTransitionTime: 'x' }] },
      { conditions: [ready] }
    ],
    ['skips conditions that are no list', { conditions: { Ready: ready } }, {}],
    [
      'reads the names of a namespace',
      { namespaces: [{ name: 'a', phase: 'Active', missing: ['x', 1], drifted: ['y', null], rollingOut: ['z'] }] },
      { namespaces: new Map([['a', { phase: 'Active', missing: ['x'], drifted: ['y'], rollingOut: ['z'] }]]) }
    ],
    [
      'skips lists of a namespace that are no lists',
      { namespaces: [{ name: 'a', phase: 5, missing: 'x', drifted: {} }] },
      { namespaces: new Map([['a', noNames]]) }
    ],
    ['skips namespaces that are no objects', { namespaces: [null, 'a', ['a']] }, {}],
    [
      'keeps the last of two namespaces of one name',
      { namespaces: [{ name: 'a', phase: 'Pending' }, { name: 'a', phase: 'Active' }] },
      { namespaces: new Map([['a', { ...noNames, phase: 'Active' }]]) }
    ]
  ])('%s', (_, status, expected) => {
    expect(read(status)).toEqual({ ...nothing, ...expected })
  })

  it('finds the Ready condition among others', () => {
    expect(readyCondition(read({ conditions: [{ ...ready, type: 'Stalled' }, ready] }))).toEqual(ready)
    expect(readyCondition(read({ conditions: [{ ...ready, type: 'Stalled' }] }))).toBeUndefined()
  })
})
