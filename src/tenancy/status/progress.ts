import type { Reason } from '../../api/condition.ts'
import { lastAppliedAnnotation } from '../../api/group.ts'
import { displayName } from '../../kubernetes/object.ts'
import { isLastAppliedBroken } from '../../metacontroller/last-applied.ts'
import { isNeverDeleted } from '../desired/child-kinds.ts'
import type { Declare } from '../decide.ts'
import type { Comparison } from '../drift/comparison.ts'
import { quotasNotInForce } from '../drift/quotas-in-force.ts'
import { readyCondition } from '../observed/previous-status.ts'
import type { SyncContext } from '../observed/sync-context.ts'
import type { Readiness } from './readiness.ts'
import { shortenList } from './shorten-list.ts'

/** After this time in one reason, the Tenant is Stalled: it does not get further without help. */
const timeoutMilliseconds = 60_000

export interface Progress {
  reason: Reason
  message: string
  isStalled: boolean
}

/** Tells how far the rollout or correction is, and what to do where it does not get further by itself. */
export function progressOf (
  { desired }: Declare, comparisons: readonly Comparison[], { objects, missing, drifted }: Readiness,
  context: SyncContext
): Progress {
  const namespace = desired.namespace.metadata.name
  if (missing.includes(displayName(desired.namespace))) {
    const message = `waiting for Metacontroller to create namespace ${namespace}. ${eventsHint}`
    return { reason: 'NamespacePending', message, isStalled: hasTimedOut('NamespacePending', context) }
  }
  if (missing.length > 0) return quotaProgress(missing, comparisons, context) ?? missingProgress(namespace, missing, context)
  if (drifted.length > 0) return driftProgress(namespace, comparisons, drifted, context)
  return { reason: 'UpToDate', message: `namespace ${namespace} and its ${objects - 1} objects are up to date`, isStalled: false }
}

const eventsHint = 'If this lasts, see the events: kubectl events --all-namespaces --types=Warning'

function hasTimedOut (reason: Reason, { previous, now }: SyncContext): boolean {
  const ready = readyCondition(previous)
  return ready?.reason === reason && now.getTime() - Date.parse(ready.lastTransitionTime) >= timeoutMilliseconds
}

/** The WorkloadPolicy waits for the quotas. */
function quotaProgress (missing: string[], comparisons: readonly Comparison[], context: SyncContext): Progress | undefined {
  const quotas = quotasNotInForce(comparisons)
  if (quotas.length === 0 || missing.some(name => !name.startsWith('WorkloadPolicy/'))) return undefined
  const message = `waiting for Kubernetes to enforce ${shortenList(quotas)}; until then pods are refused. If this lasts, check that ` +
    'kube-controller-manager runs, with its resourcequota controller'
  return { reason: 'ObjectsPending', message, isStalled: hasTimedOut('ObjectsPending', context) }
}

/** Metacontroller takes AlreadyExists for success, so it never creates an object whose name is in use. */
function missingProgress (namespace: string, missing: string[], context: SyncContext): Progress {
  const isMissing = readyCondition(context.previous)?.reason === 'ObjectsMissing' || hasTimedOut('ObjectsPending', context)
  if (!isMissing) {
    return {
      reason: 'ObjectsPending',
      message: `waiting for Metacontroller to create in ${namespace}: ${shortenList(missing)}. ${eventsHint}`,
      isStalled: false
    }
  }
  return {
    reason: 'ObjectsMissing',
    message: `not created in ${namespace}: ${shortenList(missing)}. ${readEvents}.${permissionsHint(missing)} ` +
      `If there are none, unmanaged objects have these names. k8s-mtp adopt ${context.tenant.name} ${namespace} names their owners, and ` +
      `with --yes replaces their content; or delete them ${asBreakGlass}: ` + deletions(namespace, missing, ' --ignore-not-found'),
    isStalled: true
  }
}

function driftProgress (namespace: string, comparisons: readonly Comparison[], drifted: string[], context: SyncContext): Progress {
  const isStalled = hasTimedOut('DriftDetected', context)
  const kept = comparisons.filter(({ action, manifest }) => action === 'correct' && isNeverDeleted(manifest))
  const stuck = kept.filter(({ observed }) => isStalled || (observed !== undefined && isLastAppliedBroken(observed)))
  const names = new Set(kept.map(({ manifest }) => displayName(manifest)))
  const remedy = (stuck.length > 0 ? resetRemedy(stuck) : '') +
    (isStalled ? deleteRemedy(namespace, drifted.filter(name => !names.has(name))) : '')
  return { reason: 'DriftDetected', message: `correcting drift in ${namespace}: ${shortenList(drifted)}${remedy}`, isStalled }
}

/** A guardrail refuses managed objects to all other users. */
const asBreakGlass = 'as a member of a break-glass group'

/** Objects that are never deleted: without the annotation, Metacontroller applies all fields again. */
function resetRemedy (stuck: readonly Comparison[]): string {
  const commands = stuck.map(({ manifest: { kind, metadata: { name, namespace } } }) =>
    `kubectl ${namespace === undefined ? '' : `-n ${namespace} `}annotate ${kind.toLowerCase()} ${name} ${lastAppliedAnnotation}-`)
  return `. If this lasts, have Metacontroller apply them again, ${asBreakGlass}: ${commands.join('; ')}`
}

function deleteRemedy (namespace: string, drifted: string[]): string {
  if (drifted.length === 0) return ''
  return `. They stay drifted for over a minute. ${readEvents}.${permissionsHint(drifted)} ` +
    `If there are none, delete them ${asBreakGlass}, and they are recreated: ${deletions(namespace, drifted)}`
}

const readEvents = 'Read what the API server refuses: kubectl events --all-namespaces --types=Warning'

/**
 * RBAC lets nobody grant permissions they do not have: new rules in a class need new permissions of Metacontroller. Until
 * then a deleted Role could not be recreated, and its members would lose access.
 */
function permissionsHint (names: string[]): string {
  if (!names.some(name => /^Role(Binding)?\//.test(name))) return ''
  return ' If it refuses a Role, do not delete it, since it could not be recreated: grant Metacontroller the permissions of the class.'
}

function deletions (namespace: string, names: string[], flags = ''): string {
  return shortenList(names.map(name => `kubectl -n ${namespace} delete ${name.replace('/', ' ').toLowerCase()}${flags}`), '; ')
}
