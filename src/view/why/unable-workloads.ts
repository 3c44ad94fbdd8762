import { fieldsAt, numberAt, type Fields } from '../../kubernetes/json.ts'
import { isTerminating, type ObservedObject } from '../../kubernetes/object.ts'
import { shellQuoted } from '../../shell-quoted.ts'
import { conditionsOf } from '../../kubernetes/conditions.ts'
import type { Cause } from './cause.ts'
import type { ObservedEvent } from './observed-event.ts'
import { refusalAdvice, refusalText } from './refusals.ts'

/** The kinds whose controllers report FailedCreate, and that tell whether pods are missing. */
export const podOwnerKinds = ['ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job'] as const

/** An event of another kind, such as a CronJob, says nothing about now: it counts while it is new. */
const recentMilliseconds = 15 * 60_000

/**
 * Finds workloads for which the API server refuses pods: by the condition of ReplicaSets, which lasts as long as it is true, and for
 * others by events, as long as pods are missing.
 * @param owners all ReplicaSets, and the objects of other kinds that the events are about
 */
export function unableWorkloads (owners: readonly ObservedObject[], events: readonly ObservedEvent[], now: Date): Cause[] {
  const byCondition = owners.filter(lacksPods).flatMap(owner => conditionsOf(owner)
    .filter(({ type, status }) => type === 'ReplicaFailure' && status === 'True')
    .map(({ message }) => causeOf(owner, message)))
  const lacking = new Map(owners.filter(lacksPods).map(owner => [keyOf(owner.kind, owner.metadata.namespace, owner.metadata.name), owner]))
  const byEvent = latestOf(events).flatMap(event => {
    const owner = lacking.get(keyOf(event.kind, event.namespace, event.name))
    if (owner !== undefined) return owner.kind === 'ReplicaSet' ? [] : [causeOf(owner, event.message)]
    const isKnown = podOwnerKinds.some(kind => kind === event.kind)
    return isKnown || now.getTime() - event.lastSeen > recentMilliseconds ? [] : [causeOfEvent(event)]
  })
  return unique([...byCondition, ...byEvent])
}

function keyOf (kind: string, namespace = '', name: string): string {
  return [kind, namespace, name].join('/')
}

/** The last event of each object: earlier ones may be about what is corrected by now. */
function latestOf (events: readonly ObservedEvent[]): ObservedEvent[] {
  const latest = new Map<string, ObservedEvent>()
  for (const event of [...events].sort((a, b) => a.lastSeen - b.lastSeen)) {
    if (event.reason === 'FailedCreate') latest.set(keyOf(event.kind, event.namespace, event.name), event)
  }
  return [...latest.values()]
}

function lacksPods (owner: ObservedObject): boolean {
  if (isTerminating(owner)) return false
  const [wanted, present] = podsOf(owner)
  return present < wanted
}

/** Desired and existing pods. */
function podsOf ({ kind, metadata: _, ...content }: ObservedObject): [wanted: number, present: number] {
  const [spec, status] = [fieldsAt(content, 'spec'), fieldsAt(content, 'status')]
  if (kind === 'DaemonSet') return [numberAt(status, 'desiredNumberScheduled', 0), numberAt(status, 'currentNumberScheduled', 0)]
  if (kind === 'Job') return [isOver(spec, status) ? 0 : 1, numberAt(status, 'active', 0)]
  return [numberAt(spec, 'replicas', 1), numberAt(status, 'replicas', 0)]
}

function isOver (spec: Fields, status: Fields): boolean {
  return spec['suspend'] === true || 'completionTime' in status || (Array.isArray(status['conditions']) && status['conditions'].length > 0)
}

function causeOf (owner: ObservedObject, message: string): Cause {
  const [kind, name] = shownOwner(owner)
  const namespace = owner.metadata.namespace ?? ''
  const [wanted, present] = podsOf(owner)
  return cause(kind, namespace, name, `${present} of ${wanted} pods: ${refusalText(message)}`)
}

function causeOfEvent ({ kind, namespace, name, message }: ObservedEvent): Cause {
  return cause(kind, namespace, name, refusalText(message))
}

function cause (kind: string, namespace: string, name: string, problem: string): Cause {
  return {
    object: `${kind} ${namespace}/${name}`,
    reason: 'FailedCreate',
    ...refusalAdvice(problem),
    commands: [/exceeded quota/.test(problem)
      ? `k8s-mtp usage --namespace ${shellQuoted(namespace)}`
      : `kubectl --namespace ${shellQuoted(namespace)} ${verbFor(kind)} ${kind.toLowerCase()} ${shellQuoted(name)}`]
  }
}

/** The pod template of a Job cannot be changed. */
function verbFor (kind: string): 'edit' | 'describe' {
  return kind === 'Job' ? 'describe' : 'edit'
}

/** People know the Deployment of a ReplicaSet. */
export function shownOwner ({ kind, metadata: { name, ownerReferences = [] } }: ObservedObject): [kind: string, name: string] {
  const deployment = ownerReferences.find(({ controller, kind: ownerKind }) => controller === true && ownerKind === 'Deployment')
  return kind === 'ReplicaSet' && deployment?.name !== undefined ? ['Deployment', deployment.name] : [kind, name]
}

function unique (causes: readonly Cause[]): Cause[] {
  return [...new Map(causes.map(one => [`${one.object} ${one.message}`, one])).values()]
}

/** For a list of the objects that events are about. */
export function kindsIn (events: readonly ObservedEvent[]): string[] {
  return [...new Set(events.filter(({ reason }) => reason === 'FailedCreate').map(({ kind }) => kind))]
}
