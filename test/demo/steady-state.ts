import { setTimeout as sleep } from 'node:timers/promises'
import type { AuditWrite } from '../cluster/audit.ts'
import type { Platform } from '../cluster/platform.ts'

export interface SteadyState {
  seconds: number
  /** Writes of all clients except the API server itself and nodes. */
  writes: AuditWrite[]
  /** The API server and nodes renew their own leases, and nodes report their pods. */
  ownWrites: number
}

/** Milliseconds without a write after which the state is steady, and how long to wait for that. */
const QUIET = 2_000
const TIMEOUT = 20_000

/** Waits until the writes of earlier changes are done, then counts writes for some seconds. */
export async function countSteadyStateWrites (platform: Platform, seconds: number): Promise<SteadyState> {
  const byOthers = (since: number): AuditWrite[] =>
    platform.auditWrites(since).filter(({ user }) => user !== 'system:apiserver' && !user.startsWith('system:node:'))
  const deadline = Date.now() + TIMEOUT
  do await sleep(QUIET / 4)
  while (byOthers(Date.now() - QUIET).length > 0 && Date.now() < deadline)

  const start = Date.now()
  await sleep(seconds * 1000)
  const writes = byOthers(start)
  return { seconds, writes, ownWrites: platform.auditWrites(start).length - writes.length }
}
