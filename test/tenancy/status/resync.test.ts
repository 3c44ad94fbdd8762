import { describe, expect, it } from 'vitest'
import type { TenantPhase } from '../../../src/api/tenant-status.ts'
import type { Decision } from '../../../src/tenancy/decision/decide.ts'
import { resyncAfterSeconds } from '../../../src/tenancy/status/resync.ts'
import { desiredOf } from '../../support/desired.ts'
import { now } from '../../support/requests.ts'

const declare: Decision = { kind: 'declare', desired: desiredOf(), class: { name: 'default', generation: 1 } }
const hold: Decision = { kind: 'hold', phase: 'Provisioning', problems: [{ reason: 'NamespaceTerminating', message: '' }] }

interface Case { decision?: Decision, phase?: TenantPhase, recurring?: boolean, next?: string }

function delay ({ decision = declare, phase = 'Active', recurring = false, next }: Case) {
  return resyncAfterSeconds({
    decision,
    status: { observedGeneration: 1, phase },
    records: { annotations: new Map(), corrected: [], recurring },
    expiry: { next, expired: [] },
    now
  })
}

describe('the next sync without an event', () => {
  it.each<[string, Case, number | undefined]>([
    ['is not needed while the Tenant is Active', {}, undefined],
    ['is not needed on hold', { decision: hold, phase: 'Blocked' }, undefined],
    [
      'is not needed while its namespace terminates, which causes an event',
      { decision: hold, phase: 'Provisioning' },
      undefined
    ],
    ['comes in 20 seconds while the Tenant makes progress', { phase: 'Provisioning' }, 20],
    [
      'comes in 6 seconds where drift recurs, when it counts as new drift',
      { phase: 'Provisioning', recurring: true },
      6
    ],
    ['comes when access ends', { next: '2026-11-22T12:10:00Z' }, 600],
    ['comes when access ends on hold too', { decision: hold, phase: 'Paused', next: '2026-11-22T12:10:00Z' }, 600],
    ['comes in an hour where access ends later', { next: '2027-01-01T00:00:00Z' }, 3600],
    ['comes at the sooner of both times', { phase: 'Provisioning', next: '2026-11-22T12:00:05Z' }, 5],
    [
      'does not wait for access that ends later than the next look at progress',
      { phase: 'Provisioning', next: '2026-11-22T12:10:00Z' },
      20
    ],
    ['comes after a second where access has just ended', { next: '2026-11-22T11:59:59Z' }, 1]
  ])('%s', (_, input, expected) => {
    expect(delay(input)).toBe(expected)
  })
})
