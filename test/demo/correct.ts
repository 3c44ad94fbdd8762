import { isDeepStrictEqual } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import { isRecord } from '../cluster/api-error.ts'
import type { KubeClient } from '../cluster/client.ts'
import { describe, type KubeObject, type ObjectRef } from '../cluster/kube-object.ts'
import { quotaKind, roleKind } from './kinds.ts'

export interface Corrected {
  what: string
  milliseconds: number
}

const TIMEOUT = 20_000

/** A client in the break-glass group, which may change managed objects; cluster admins may not. */
function breakGlass (client: KubeClient): KubeClient {
  return client.as('break-glass', ['system:masters', 'k8s-mtp:break-glass', 'system:authenticated'])
}

/** Deletes a Role, and waits until it is recreated with the same rules. */
export async function correctDeletedRole (client: KubeClient, namespace: string): Promise<Corrected> {
  const ref = { ...roleKind, namespace, name: 'tenant-operator' }
  const before = await client.get(ref)
  const start = performance.now()
  await breakGlass(client).delete(ref)
  await until(`${describe(ref)} was not recreated`, async () => {
    const now = await client.find(ref)
    return now !== undefined && now.metadata.uid !== before.metadata.uid && isDeepStrictEqual(now.rules, before.rules)
  })
  return { what: `deleted ${describe(ref)}`, milliseconds: since(start) }
}

/** Changes a quota, and waits until it has its value again. */
export async function correctEditedQuota (client: KubeClient, namespace: string): Promise<Corrected> {
  const ref = { ...quotaKind, namespace, name: 'tenant-quota' }
  const before = await podsOf(client, ref)
  const start = performance.now()
  const edited = await breakGlass(client).patch(ref, { spec: { hard: { pods: '9999' } } })
  await until(`${describe(ref)} was not corrected`, async () => await podsOf(client, ref) === before)
  return { what: `set pods from ${before} to ${hardPods(edited)} in ${describe(ref)}`, milliseconds: since(start) }
}

async function podsOf (client: KubeClient, ref: ObjectRef): Promise<string> {
  return hardPods(await client.get(ref))
}

function hardPods ({ spec }: KubeObject): string {
  return isRecord(spec) && isRecord(spec.hard) ? String(spec.hard.pods) : 'no limit'
}

async function until (failure: string, isDone: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + TIMEOUT
  while (!await isDone()) {
    if (Date.now() > deadline) throw new Error(`${failure} within ${TIMEOUT / 1000} s`)
    await sleep(2)
  }
}

export function since (start: number): number {
  return Math.round(performance.now() - start)
}
