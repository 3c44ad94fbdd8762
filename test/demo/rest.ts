import { setTimeout as sleep } from 'node:timers/promises'
import type { AuditWrite } from '../cluster/audit.ts'
import type { Platform } from '../cluster/platform.ts'

export interface Rest {
  seconds: number
  /** Writes by anybody but the API server itself. */
  writes: AuditWrite[]
  /** The API server renews a lease of its own, whatever else is installed. */
  ownWrites: number
}

/** How long there must have been no write before rest is taken to have begun, and how long that is waited for, in milliseconds. */
const QUIET = 2_000
const PATIENCE = 20_000

/** Waits until the writes that follow from earlier changes are done, then counts those of so many seconds. */
export async function countWritesAtRest (platform: Platform, seconds: number): Promise<Rest> {
  const byOthers = (since: number): AuditWrite[] => platform.auditWrites(since).filter(({ user }) => user !== 'system:apiserver')
  const deadline = Date.now() + PATIENCE
  do await sleep(QUIET / 4)
  while (byOthers(Date.now() - QUIET).length > 0 && Date.now() < deadline)

  const start = Date.now()
  await sleep(seconds * 1000)
  const writes = byOthers(start)
  return { seconds, writes, ownWrites: platform.auditWrites(start).length - writes.length }
}
