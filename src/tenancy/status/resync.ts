import type { TenantStatus } from '../../api/tenant-status.ts'
import { sameDriftTimeout, type Records } from '../correction/record.ts'
import type { Decision } from '../decision/decide.ts'
import { secondsUntilExpiry, type Expiry } from '../subjects/expiry.ts'

/** While the Tenant makes progress: an object that is late causes no event. */
const progressSeconds = 20
/** Recurring drift is recorded again, and so noticed by Metacontroller, only when it no longer counts as the same drift. */
const recurringSeconds = sameDriftTimeout / 1000 + 1

interface ResyncInput {
  decision: Decision
  status: TenantStatus
  records: Records
  expiry: Expiry
  now: Date
}

/** Seconds until Metacontroller has to call again even without an event; undefined where nothing is due. */
export function resyncAfterSeconds ({ decision, status, records, expiry, now }: ResyncInput): number | undefined {
  const isWaiting = decision.kind === 'declare' && status.phase === 'Provisioning'
  const delays = [isWaiting ? (records.recurring ? recurringSeconds : progressSeconds) : undefined, secondsUntilExpiry(expiry, now)]
    .filter(delay => delay !== undefined)
  return delays.length === 0 ? undefined : Math.min(...delays)
}
