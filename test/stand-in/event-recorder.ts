import { randomBytes } from 'node:crypto'
import type { KubeClient } from '../cluster/client.ts'
import type { KubeObject, ObjectRef } from '../cluster/kube-object.ts'
import { log } from './log.ts'
import { errorMessage } from '../../src/error-message.ts'

export interface EventRecorder {
  record (object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void
}

/** The burst of events of an object; after it one more every five minutes. */
const burst = 25
const refill = 300_000
const longestMessage = 1000

/** Counts repeated events. Events of cluster-scoped objects are in the namespace default. */
export function createEventRecorder (client: KubeClient): EventRecorder {
  const known = new Map<string, { ref: ObjectRef, count: number }>()
  const budgets = new Map<string, { left: number, at: number }>()
  let last: Promise<void> = Promise.resolve()

  function isWithinBudget (uid: string): boolean {
    const now = Date.now()
    const { left, at } = budgets.get(uid) ?? { left: burst, at: now }
    const available = Math.min(burst, left + (now - at) / refill)
    budgets.set(uid, { left: available >= 1 ? available - 1 : available, at: now })
    return available >= 1
  }

  async function write (object: KubeObject, type: string, reason: string, message: string): Promise<void> {
    const key = [object.metadata.uid, type, reason, message].join('\n')
    const lastTimestamp = new Date().toISOString().replace(/\.\d+/, '')
    const seen = known.get(key)
    if (seen !== undefined) {
      seen.count++
      await client.patch(seen.ref, { count: seen.count, lastTimestamp }, { type: 'strategic' })
      return
    }
    const event = eventOf(object, { type, reason, message, lastTimestamp })
    known.set(key, {
      ref: { ...kind, name: event.metadata.name, namespace: event.metadata.namespace ?? 'default' },
      count: 1
    })
    await client.create(event)
  }

  return {
    record (object, type, reason, message) {
      if (!isWithinBudget(object.metadata.uid ?? '')) return
      last = last.then(() => write(object, type, reason, message.slice(0, longestMessage)))
        .catch((error: unknown) => log('error', 'event not written', { reason, error: errorMessage(error) }))
    }
  }
}

const kind = { apiVersion: 'v1', kind: 'Event' }
const component = 'metacontroller'

function eventOf (object: KubeObject, fields: Record<'type' | 'reason' | 'message' | 'lastTimestamp', string>): KubeObject {
  const { name, namespace = 'default', uid, resourceVersion } = object.metadata
  return {
    ...kind,
    metadata: { name: `${name}.${randomBytes(8).toString('hex')}`, namespace },
    involvedObject: {
      apiVersion: object.apiVersion,
      kind: object.kind,
      name,
      uid,
      resourceVersion,
      ...(object.metadata.namespace !== undefined && { namespace })
    },
    ...fields,
    firstTimestamp: fields.lastTimestamp,
    count: 1,
    source: { component },
    reportingComponent: component
  }
}
