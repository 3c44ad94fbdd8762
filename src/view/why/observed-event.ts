import { fieldsAt, textAt } from '../../kubernetes/json.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'

/** An event, of the fields that core/v1 and events.k8s.io/v1 share. */
export interface ObservedEvent {
  kind: string
  namespace: string
  name: string
  reason: string
  message: string
  count: number
  /** Milliseconds since 1970; 0 where it has no time. */
  lastSeen: number
}

/** Reads an event of core/v1. A series counts where there is one. */
export function readEvent ({ metadata, kind: _, ...event }: ObservedObject): ObservedEvent {
  const fields = { ...event }
  const [object, series] = [fieldsAt(fields, 'involvedObject'), fieldsAt(fields, 'series')]
  const times = [
    textAt(series, 'lastObservedTime'), textAt(fields, 'lastTimestamp'), textAt(fields, 'eventTime'),
    textAt({ ...metadata }, 'creationTimestamp')
  ]
  return {
    kind: textAt(object, 'kind'),
    namespace: textAt(object, 'namespace'),
    name: textAt(object, 'name'),
    reason: textAt(fields, 'reason'),
    message: textAt(fields, 'message'),
    count: Number(textAt(series, 'count') || textAt(fields, 'count') || 1),
    lastSeen: Date.parse(times.find(time => time !== '') ?? '') || 0
  }
}
