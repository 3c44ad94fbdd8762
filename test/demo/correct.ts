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

const PATIENCE = 20_000

/** In the group whose members may do to managed objects what even cluster admins may not. */
function breakingTheGlass (client: KubeClient): KubeClient {
  return client.as('break-glass', ['system:masters', 'k8s-mtp:break-glass', 'system:authenticated'])
}

/** Deletes a Role, and waits until one with the same rules is there again. */
export async function correctDeletedRole (client: KubeClient, namespace: string): Promise<Corrected> {
  const ref = { ...roleKind, namespace, name: 'tenant-operator' }
  const before = await client.get(ref)
  const start = performance.now()
  await breakingTheGlass(client).delete(ref)
  await until(`${describe(ref)} to come back`, async () => {
    const now = await client.find(ref)
    return now !== undefined && now.metadata.uid !== before.metadata.uid && isDeepStrictEqual(now.rules, before.rules)
  })
  return { what: `deleted ${describe(ref)}`, milliseconds: since(start) }
}

/** Raises a quota by hand, and waits until it is what it was. */
export async function correctEditedQuota (client: KubeClient, namespace: string): Promise<Corrected> {
  const ref = { ...quotaKind, namespace, name: 'tenant-quota' }
  const before = await podsOf(client, ref)
  const start = performance.now()
  const edited = await breakingTheGlass(client).patch(ref, { spec: { hard: { pods: '9999' } } })
  await until(`${describe(ref)} to be ${before} pods again`, async () => await podsOf(client, ref) === before)
  return { what: `set pods from ${before} to ${hardPods(edited)} in ${describe(ref)}`, milliseconds: since(start) }
}

async function podsOf (client: KubeClient, ref: ObjectRef): Promise<string> {
  return hardPods(await client.get(ref))
}

function hardPods ({ spec }: KubeObject): string {
  return isRecord(spec) && isRecord(spec.hard) ? String(spec.hard.pods) : 'no limit'
}

async function until (what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE
  while (!await isSo()) {
    if (Date.now() > deadline) throw new Error(`waited ${PATIENCE / 1000} s for ${what}, in vain`)
    await sleep(2)
  }
}

function since (start: number): number {
  return Math.round(performance.now() - start)
}
