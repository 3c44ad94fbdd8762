import { describe, expect, it } from 'vitest'
import type { Subject } from '../../../src/api/subject.ts'
import { readLooseTenant } from '../../../src/tenancy/observed/loose-tenant.ts'
import { expiryOf, secondsUntilExpiry } from '../../../src/tenancy/subjects/expiry.ts'
import { hasAccess, uniqueSubjects } from '../../../src/tenancy/subjects/listed-subjects.ts'

const now = new Date('2026-11-22T12:00:00Z')
const subjectsIn = (spec: unknown) => readLooseTenant({ apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', metadata: { name: 'acme', uid: 'u', generation: 1 }, spec }).subjects
const at = (milliseconds: number) => new Date(now.getTime() + milliseconds)
const past = '2026-11-22T11:59:59Z'
const soon = '2026-11-22T12:00:05Z'
const later = '2026-11-23T12:00:00Z'
const eve = (expiresAt?: string): Subject => ({ kind: 'User', name: 'eve', ...(expiresAt !== undefined && { expiresAt }) })

describe('whether a right is in force', () => {
  it.each([
    ['has no end', eve(), at(1e12), true],
    ['is a millisecond before its end', eve(soon), at(4_999), true],
    ['is at its end', eve(soon), at(5_000), false],
    ['is past its end', eve(past), now, false],
    ['has an end in another zone', eve('2026-11-22T13:00:05+01:00'), at(5_000), false],
    ['has an end that nobody can read', eve('soon'), now, true]
  ])('while it %s', (_, subject, time, inForce) => {
    expect(hasAccess(subject, time)).toBe(inForce)
  })

  it.each([
    ['later of two ends', [eve(past), eve(later)], later],
    ['later of two ends, in another order', [eve(later), eve(past)], later],
    ['entry without an end', [eve(later), eve(), eve(past)], undefined]
  ])('that is listed twice has the %s', (_, subjects, expiresAt) => {
    expect(uniqueSubjects(subjects)).toEqual([eve(expiresAt)])
  })
})

describe('what a Tenant says of the ends of its rights', () => {
  const group = { kind: 'Group', name: 'auditors', expiresAt: later }
  const robot = { kind: 'ServiceAccount', name: 'deployer', namespace: 'ci', expiresAt: past }
  const none = { next: undefined, expired: [] }
  it.each([
    ['nothing while none ends', { viewers: [eve()] }, none],
    ['the first end that is to come', { admins: [group], viewers: [eve(soon)] }, { next: soon, expired: [] }],
    ['it in UTC', { viewers: [eve('2026-11-22T14:00:05+02:00')] }, { next: soon, expired: [] }],
    ['what has ended, by role', { admins: [group], operators: [robot], viewers: [eve(past)] }, {
      next: later,
      expired: [{ role: 'operator', ...robot }, { role: 'viewer', ...eve(past) }]
    }],
    ['nothing of an entry beside one that counts longer', { viewers: [eve(past), eve(soon), eve()] }, none],
    ['each role of somebody apart', { admins: [eve(past)], viewers: [eve(soon)] }, { next: soon, expired: [{ role: 'admin', ...eve(past) }] }],
    ['nothing of lists that are none', { admins: eve(past), operators: null, viewers: [null, 'eve', { name: 'eve', expiresAt: past }] }, none],
    ['nothing of what the status could not take', { viewers: [{ kind: 'Robot', name: 'r2', expiresAt: past }, { kind: 'User', name: 'x'.repeat(254), expiresAt: past }] }, none],
    ['without what else stands there', { viewers: [{ ...eve(past), role: 'admin', note: 'x' }] }, { next: undefined, expired: [{ role: 'viewer', ...eve(past) }] }],
    ['nothing without a spec', null, none]
  ])('is %s', (_, spec, expected) => {
    expect(expiryOf(subjectsIn(spec), now)).toEqual(expected)
  })

  it('is as much of what has ended as the status takes', () => {
    const many = Array.from({ length: 256 }, (_, index) => ({ ...eve(past), name: `user-${index}` }))
    expect(expiryOf(subjectsIn({ admins: many, viewers: many }), now).expired).toHaveLength(50)
  })
})

describe('the delay until the next end', () => {
  it.each([
    ['there is none', undefined, undefined],
    ['it is in whole seconds', soon, 5],
    ['it has just passed', past, 1],
    ['it is years away', '2099-12-31T23:59:59Z', 3600]
  ])('when %s', (_, next, seconds) => {
    expect(secondsUntilExpiry({ next }, now)).toBe(seconds)
  })

  it('is never so short that the right is still in force', () => {
    for (let milliseconds = 0; milliseconds < 5_000; milliseconds += 7) {
      const delay = secondsUntilExpiry({ next: soon }, at(milliseconds)) ?? 0
      expect(hasAccess(eve(soon), at(milliseconds + delay * 1000))).toBe(false)
      expect(delay * 1000 - (5_000 - milliseconds)).toBeLessThan(1_000)
    }
  })
})
