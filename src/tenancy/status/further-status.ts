import { Value } from '@sinclair/typebox/value'
import { NamespaceStatus } from '../../api/tenant-status.ts'
import { existingOf } from '../../api/further-namespace.ts'
import { tenantAndEntry } from '../../api/tenant-namespace.ts'
import { furtherNamespaceName } from '../../api/tenant.ts'
import { group } from '../../api/group.ts'
import { compareText } from '../../kubernetes/compare-text.ts'
import { fieldsAt, textAt } from '../../kubernetes/json.ts'
import { displayName, type KubernetesObject, type ObservedObject } from '../../kubernetes/object.ts'
import type { FurtherNamespaces } from '../children/further-namespaces.ts'
import type { Comparison } from '../drift/comparison.ts'
import { readPreviousStatus } from '../observed/previous-status.ts'
import type { SyncContext } from '../observed/sync-context.ts'
import type { Problem } from '../policy/problem.ts'
import type { ConditionState } from './conditions.ts'
import { reasonAndMessage } from './namespace-message.ts'
import type { Progress } from './progress.ts'
import { shortenList } from './shorten-list.ts'

/** What the status of a Tenant says about its further namespaces. */
export interface FurtherStatus {
  namespaces: NamespaceStatus[]
  /** Undefined where all that are listed are ready. */
  progress: Progress | undefined
  conditions: ConditionState[]
}

export const noFurther: FurtherStatus = { namespaces: [], progress: undefined, conditions: [] }

interface State {
  status: NamespaceStatus
  /** It does not get further until a person acts. */
  isStalled: boolean
}

/** Summarises the status of each TenantNamespace, which its own sync has written. */
export function furtherStatus ({ listed, others }: FurtherNamespaces, { tenant }: SyncContext): FurtherStatus {
  const kept = others.filter(({ metadata }) => tenantAndEntry(metadata.name)[0] === tenant.name)
  const unlisted = kept.filter(({ metadata }) => !tenant.entries.has(tenantAndEntry(metadata.name)[1]))
  const states = listed.map(stateOf)
  const namespaces = [
    ...states.map(({ status }) => status),
    ...kept.map(object => ({ ...observedState(object).status, ...(unlisted.includes(object) && unlistedProblem(object)) }))
  ]
  return {
    namespaces: namespaces.sort((a, b) => compareText(a.name, b.name)),
    progress: progressOf(states.filter(({ status }) => !status.ready)),
    conditions: unlistedCondition(unlisted)
  }
}

function stateOf ({ action, manifest, observed }: Comparison): State {
  const name = displayName(manifest)
  if (action === 'create') return waiting(manifest, { reason: 'NamespacePending', message: `waiting for Metacontroller to create ${name}` })
  if (action !== 'keep') return waiting(observed, { reason: 'RollingOut', message: `applying a change of the Tenant to ${name}` })
  return observedState(observed)
}

/** The last status of a TenantNamespace counts only for its current generation. */
function observedState (object: ObservedObject): State {
  const { generation, conditions } = readPreviousStatus(object)
  const ready = conditions.find(({ type }) => type === 'Ready')
  if (generation !== object.metadata.generation || ready === undefined) {
    return waiting(object, { reason: 'RollingOut', message: `waiting for the reconciliation of ${displayName(object)}` })
  }
  const own = namespaceOf(object)
  const isReady = own?.ready === true && ready.status === 'True'
  return {
    status: {
      ...identityOf(object),
      phase: own?.phase ?? 'Pending',
      ready: isReady,
      ...reasonAndMessage(ready, isReady),
      ...(own?.objects !== undefined && { objects: own.objects })
    },
    isStalled: conditions.some(({ type }) => type === 'Stalled')
  }
}

function waiting (object: KubernetesObject, { reason, message }: Problem): State {
  const phase = namespaceOf(object)?.phase ?? 'Pending'
  return { status: { ...identityOf(object), phase, ready: false, reason, message }, isStalled: false }
}

/** The entry for its namespace in the status of a TenantNamespace. */
function namespaceOf (object: KubernetesObject): NamespaceStatus | undefined {
  const { namespaces } = fieldsAt(object, 'status')
  const own: unknown = Array.isArray(namespaces) ? namespaces[0] : undefined
  return Value.Check(NamespaceStatus, own) ? own : undefined
}

function identityOf (object: KubernetesObject): Pick<NamespaceStatus, 'name' | 'className'> {
  return { name: furtherNamespaceName(object.metadata.name), className: textAt(fieldsAt(object, 'spec'), 'className') }
}

function progressOf (unready: readonly State[]): Progress | undefined {
  if (unready.length === 0) return undefined
  const problem = problemOf(unready)
  const stalled = unready.filter(({ isStalled }) => isStalled)
  return { ...problem, stalled: stalled.length === 0 ? undefined : problemOf(stalled) }
}

function problemOf (states: readonly State[]): Problem {
  const names = states.map(({ status: { name, reason = '' } }) => `${name} (${reason})`)
  return { reason: 'NamespacesNotReady', message: `not ready: ${shortenList(names)}. status.namespaces has the message of each` }
}

function unlistedProblem (object: ObservedObject): Pick<NamespaceStatus, 'reason' | 'message'> {
  return { reason: 'NamespaceUnlisted', message: `spec.namespaces does not list it; it is kept. ${remedyOf([object])}` }
}

function unlistedCondition (unlisted: readonly ObservedObject[]): ConditionState[] {
  if (unlisted.length === 0) return []
  const names = unlisted.map(object => identityOf(object).name).sort()
  const message = `kept with their data and isolation, since spec.namespaces no longer lists them: ${shortenList(names)}. `
  return [{ type: 'UnlistedNamespaces', status: 'True', reason: 'NamespaceUnlisted', message: message + remedyOf(unlisted) }]
}

function remedyOf (unlisted: readonly ObservedObject[]): string {
  const existing = unlisted.filter(isOfExisting)
  const created = unlisted.filter(object => !isOfExisting(object))
  return ['Add its entry again', ...(created.length > 0 ? [deletion(created)] : []), ...(existing.length > 0 ? [releaseOf(existing)] : [])]
    .join('; or ')
}

function isOfExisting ({ metadata }: ObservedObject): boolean {
  return existingOf(tenantAndEntry(metadata.name)[1]) !== undefined
}

function deletion (objects: readonly ObservedObject[]): string {
  return 'delete the namespace with its data, as a member of a break-glass group: ' +
    `kubectl delete tenantnamespaces.${group} ${oneOrNAME(objects.map(({ metadata }) => metadata.name))}`
}

function releaseOf (objects: readonly ObservedObject[]): string {
  const [tenant] = tenantAndEntry(objects[0]?.metadata.name ?? '')
  return `release the existing namespace: k8s-mtp release ${tenant} ${oneOrNAME(objects.map(object => identityOf(object).name))}`
}

function oneOrNAME (names: readonly string[]): string {
  return names.length === 1 ? names.join() : `NAME (${shortenList([...names].sort())})`
}
