import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { AuditWrite } from '../cluster/audit.ts'
import { ENGINE_USER } from '../cluster/credentials.ts'
import { auditWrites, eventually } from './context.ts'

/** What the engine has written into a namespace since a moment, whether it changed anything or not. */
export async function engineWrites (since: number, { namespace }: { namespace: string }): Promise<AuditWrite[]> {
  return (await auditWrites(since)).filter(write => write.user === ENGINE_USER && write.namespace === namespace)
}

/**
 * Waits until the engine leaves a namespace alone. Quotas that are being counted change, and under server-side apply
 * Metacontroller then applies them once more.
 */
export async function settled (tenant: { namespace: string }): Promise<void> {
  await eventually(async () => {
    const since = Date.now()
    await sleep(400)
    expect(await engineWrites(since, tenant)).toEqual([])
  })
}
