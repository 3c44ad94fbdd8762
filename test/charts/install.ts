import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError, isAlreadyExists, isNotFound } from '../cluster/api-error.ts'
import type { KubeClient } from '../cluster/client.ts'
import { refOf, type KubeObject } from '../cluster/kube-object.ts'
import { inInstallOrder } from './objects.ts'
import { jobOf, podRefusal } from './pods-of.ts'
import type { Subject } from './remedies.ts'
import type { ChartTenant } from './tenant.ts'

/** An object that the API server refused, or whose pods it refused to their controller. */
export interface Refusal {
  object: KubeObject
  subject: Subject
  message: string
}

export interface Installed {
  /** As they were sent, and as the API server returned them. */
  admitted: Array<{ sent: KubeObject, stored: KubeObject }>
  refused: Refusal[]
}

/** Creates objects as the admin of the Tenant, and waits for the pods of workloads. Those that exist are replaced. */
export async function install (client: KubeClient, { admin, namespace }: ChartTenant, objects: KubeObject[]): Promise<Installed> {
  const installed: Installed = { admitted: [], refused: [] }
  for (const object of inInstallOrder(objects)) {
    const sent = { ...object, metadata: { ...object.metadata, namespace } }
    try {
      installed.admitted.push({ sent, stored: await create(admin, sent) })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      installed.refused.push({ object, subject: 'object', message: withoutPrefix(error.message) })
    }
  }
  const results = await Promise.all(installed.admitted.map(async each => ({ each, message: await refusalOf(client, admin, each.stored) })))
  for (const { each, message } of results) {
    if (message === undefined) continue
    installed.admitted.splice(installed.admitted.indexOf(each), 1)
    installed.refused.push({ object: each.sent, subject: /\bcreate Claim\b/i.test(message) ? 'claim' : 'pod', message: withoutPrefix(message) })
  }
  return installed
}

/** Controllers and the API server put names before the message, those of pods differ in each attempt. */
function withoutPrefix (message: string): string {
  return message
    .replace(/^(create (Pod|Claim) .* failed error: |Error creating: )/i, '')
    .replace(/^\S+ "[^"]*" is forbidden: /, '')
    .replace(/^ValidatingAdmissionPolicy '[^']*' with binding '[^']*' denied request: /, '')
}

async function refusalOf (client: KubeClient, admin: KubeClient, stored: KubeObject): Promise<string | undefined> {
  if (stored.kind !== 'CronJob') return await podRefusal(client, stored)
  try {
    return await podRefusal(client, await create(admin, jobOf(stored)))
  } catch (error) {
    if (error instanceof ApiError) return error.message
    throw error
  }
}

/** Deletes a former one first, and waits for its end. */
async function create (admin: KubeClient, object: KubeObject): Promise<KubeObject> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await admin.create(object, { fieldManager: 'helm' })
    } catch (error) {
      if (!isAlreadyExists(error) || attempt === 50) throw error
    }
    await admin.delete(refOf(object), { propagationPolicy: 'Background', gracePeriodSeconds: 0 }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error
    })
    await sleep(100)
  }
}
