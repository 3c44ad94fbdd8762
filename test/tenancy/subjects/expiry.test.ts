import { describe, expect, it } from 'vitest'
import type { Subject } from '../../../src/api/subject.ts'
import { expiryOf, secondsUntilExpiry } from '../../../src/tenancy/subjects/expiry.ts'
import { hasAccess } from '../../../src/tenancy/subjects/listed-subjects.ts'
import { looseTenant } from '../../support/contexts.ts'
import { now } from '../../support/requests.ts'

const subjectsIn = (spec: unknown) => looseTenant(spec).subjects
const at = (milliseconds: number) => new Date(now.getTime() + milliseconds)
const past = '2026-11-22T11:59:59Z'
const soon = '2026-11-22T12:00:05Z'
const later = '2026-11-23T12:00:00Z'
const eve = (expiresAt?: string): Subject =>
  ({ kind: 'User', name: 'eve', ...(expiresAt !== undefined && { expiresAt }) })

describe('the expiry of a Tenant', () => {
  const group = { kind: 'Group', name: 'auditors', expiresAt: later }
  const robot = { kind: 'ServiceAccount', name: 'deployer', namespace: 'ci', expiresAt: past }
  const none = { next: undefined, expired: [] }
  it.each([
    ['is empty while no access ends', { viewers: [eve()] }, none],
    ['has the first end that is to come', { admins: [group], viewers: [eve(soon)] }, { next: soon, expired: [] }],
    ['has its time in UTC', { viewers: [eve('2026-11-22T14:00:05+02:00')] }, { next: soon, expired: [] }],
    ['lists access that has ended, by role', { admins: [group], operators: [robot], viewers: [eve(past)] }, {
      next: later,
      expired: [{ role: 'operator', ...robot }, { role: 'viewer', ...eve(past) }]
    }],
    ['ignores an entry beside one that ends later', { viewers: [eve(past), eve(soon), eve()] }, none],
    [
      'lists each role of a subject separately',
      { admins: [eve(past)], viewers: [eve(soon)] },
      { next: soon, expired: [{ role: 'admin', ...eve(past) }] }
    ],
    [
      'ignores lists and entries that cannot be read',
      { admins: eve(past), operators: null, viewers: [null, 'eve', { name: 'eve', expiresAt: past }] },
      none
    ],
    [
      'ignores an entry that the status would refuse',
      {
        viewers: [
          { kind: 'Robot', name: 'r2', expiresAt: past },
          { kind: 'User', name: 'x'.repeat(254), expiresAt: past }
        ]
      },
      none
    ],
    [
      'has no other fields of an entry',
      { viewers: [{ ...eve(past), role: 'admin', note: 'x' }] },
      { next: undefined, expired: [{ role: 'viewer', ...eve(past) }] }
    ],
    ['lists further roles after those of every class, by name', { viewers: [eve(past)], roles: { b: [eve(past)], a: [eve(past), group] } }, {
      next: later,
      expired: [{ role: 'viewer', ...eve(past) }, { role: 'a', ...eve(past) }, { role: 'b', ...eve(past) }]
    }],
    ['ignores a role that the status would refuse', { roles: { 'A b': [eve(past)], ['r'.repeat(64)]: [eve(past)] } }, none],
    ['is empty without a spec', null, none]
  ])('%s', (_, spec, expected) => {
    expect(expiryOf(subjectsIn(spec), now)).toEqual(expected)
  })

  it('lists no more than the status accepts', () => {
    const many = Array.from({ length: 256 }, (_, index) => ({ ...eve(past), name: `user-${index}` }))
    expect(expiryOf(subjectsIn({ admins: many, viewers: many }), now).expired).toHaveLength(50)
  })
})

describe('the delay until access ends', () => {
  it.each([
    ['is undefined where no access ends', undefined, undefined],
    ['is in whole seconds', soon, 5],
    ['is a second where the end has just passed', past, 1],
    ['is an hour at most', '2099-12-31T23:59:59Z', 3600]
  ])('%s', (_, next, seconds) => {
    expect(secondsUntilExpiry({ next }, now)).toBe(seconds)
  })

  it('is never so short that the subject still has access', () => {
    for (let milliseconds = 0; milliseconds < 5_000; milliseconds += 7) {
      const delay = secondsUntilExpiry({ next: soon }, at(milliseconds)) ?? 0
      expect(hasAccess(eve(soon), at(milliseconds + delay * 1000))).toBe(false)
      expect(delay * 1000 - (5_000 - milliseconds)).toBeLessThan(1_000)
    }
  })
})
