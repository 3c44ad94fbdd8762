import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { AuditWrite } from '../cluster/audit.ts'
import { ENGINE_USER } from '../cluster/credentials.ts'
import { auditWrites, eventually } from './context.ts'

/** The writes of the engine in a namespace since a time, also those that changed nothing. */
export async function engineWrites (since: number, { namespace }: { namespace: string }): Promise<AuditWrite[]> {
  return (await auditWrites(since)).filter(write => write.user === ENGINE_USER && write.namespace === namespace)
}

/**
 * Waits until the engine is idle in a namespace. The status of new quotas changes, and under server-side apply
 * Metacontroller then applies them again.
 */
export async function settled (tenant: { namespace: string }): Promise<void> {
  await eventually(async () => {
    const since = Date.now()
    await sleep(400)
    expect(await engineWrites(since, tenant)).toEqual([])
  })
}
