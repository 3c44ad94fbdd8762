import { describe, expect, it } from 'vitest'
import type { LooseTenant } from '../../../src/tenancy/observed/loose-tenant.ts'
import { looseTenant } from '../../support/contexts.ts'

const nothing: LooseTenant = {
  name: 'acme',
  namespace: undefined,
  paused: false,
  cordoned: false,
  subjects: { admin: undefined, operator: undefined, viewer: undefined }
}
const empty = { admin: [], operator: [], viewer: [] }
const ada = { kind: 'User', name: 'ada' }

describe('reading a Tenant without validation', () => {
  it.each<[string, unknown, LooseTenant]>([
    ['knows its name only without a spec', undefined, nothing],
    ['knows its name only where the spec is null', null, nothing],
    ['knows its name only where the spec is a list', [{ name: 'shop' }], nothing],
    [
      'takes an absent list of subjects for an empty one',
      { name: 'shop' },
      { ...nothing, namespace: 'tenant-acme-shop', subjects: empty }
    ],
    ['has no namespace where spec.name is no text', { name: 5 }, { ...nothing, subjects: empty }],
    [
      'reads flags that are true',
      { paused: true, cordoned: true },
      { ...nothing, paused: true, cordoned: true, subjects: empty }
    ],
    ['takes any other flag for false', { paused: 'true', cordoned: 1 }, { ...nothing, subjects: empty }],
    [
      'reads each list by its role',
      { admins: [ada], operators: [{ ...ada, name: 'bob' }], viewers: [] },
      { ...nothing, subjects: { admin: [ada], operator: [{ ...ada, name: 'bob' }], viewer: [] } }
    ],
    ['cannot read a list that is no list', { admins: ada, operators: null, viewers: 'ada' }, nothing],
    [
      'skips entries that are no subjects',
      { admins: [null, 'ada', { name: 'x' }, ada, [ada]] },
      { ...nothing, subjects: { ...empty, admin: [ada] } }
    ],
    [
      'keeps an entry with an unreadable end',
      { admins: [{ ...ada, expiresAt: 5 }] },
      { ...nothing, subjects: { ...empty, admin: [{ ...ada, expiresAt: 5 }] } }
    ]
  ])('%s', (_, spec, expected) => {
    expect(looseTenant(spec)).toEqual(expected)
  })
})
