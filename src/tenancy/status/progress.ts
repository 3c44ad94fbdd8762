import type { Reason } from '../../api/condition.ts'
import { lastAppliedAnnotation } from '../../api/group.ts'
import { displayName } from '../../kubernetes/object.ts'
import { formatRule } from '../../kubernetes/role-rules.ts'
import { isLastAppliedBroken } from '../../metacontroller/last-applied.ts'
import { isNeverDeleted } from '../desired/child-kinds.ts'
import type { Declare } from '../decision/decide.ts'
import type { Comparison } from '../drift/comparison.ts'
import { quotasNotInForce } from '../drift/quotas-in-force.ts'
import type { RefusedRoles } from '../drift/refused-roles.ts'
import { readyCondition } from '../observed/previous-status.ts'
import type { SyncContext } from '../observed/sync-context.ts'
import type { Problem } from '../policy/problem.ts'
import type { Readiness } from './readiness.ts'
import { shortenList } from './shorten-list.ts'

/** After this time in one reason, the Tenant is Stalled: it does not get further without help. */
const timeoutMilliseconds = 60_000

export interface Progress extends Problem {
  /** What does not get further without help; a rollout may be stalled while drift beside it is corrected. */
  stalled: Problem | undefined
}

export interface ProgressInput {
  decision: Declare
  comparisons: readonly Comparison[]
  readiness: Readiness
  refused: RefusedRoles
}

/** Tells how far the rollout or correction is, and what to do where it does not get further by itself. */
export function progressOf (input: ProgressInput, context: SyncContext): Progress {
  const { decision: { desired, class: { name: className } }, comparisons, readiness: { objects, missing }, refused } = input
  const namespace = desired.namespace.metadata.name
  if (missing.includes(displayName(desired.namespace))) {
    const message = `waiting for Metacontroller to create namespace ${namespace} and its ${objects - 1} objects. ${eventsHint}`
    return progress({ reason: 'NamespacePending', message }, hasTimedOut('NamespacePending', context))
  }
  const problems = [
    missing.length === 0 ? undefined : quotaProgress(missing, comparisons, context) ?? missingProgress(namespace, missing, context),
    driftProgress(namespace, input, context),
    rolloutProgress(namespace, input, context),
    permissionProgress(className, refused)
  ].filter(problem => problem !== undefined)
  const [first] = problems
  if (first === undefined) {
    return progress({ reason: 'UpToDate', message: `namespace ${namespace} and its ${objects - 1} objects are up to date` }, false)
  }
  return { ...first, stalled: problems.findLast(({ stalled }) => stalled !== undefined)?.stalled }
}

function progress (problem: Problem, isStalled: boolean): Progress {
  return { ...problem, stalled: isStalled ? problem : undefined }
}

const eventsHint = 'If this lasts, see the events: kubectl events --all-namespaces --types=Warning'

function hasTimedOut (reason: Reason, { previous, now }: SyncContext): boolean {
  const ready = readyCondition(previous)
  return ready?.reason === reason && now.getTime() - Date.parse(ready.lastTransitionTime) >= timeoutMilliseconds
}

/** Drift that is corrected meanwhile becomes the reason of Ready. */
function isStalledBy (reason: Reason, context: SyncContext): boolean {
  const wasStalled = context.previous.conditions.some(condition => condition.type === 'Stalled' && condition.reason === reason)
  return wasStalled || hasTimedOut(reason, context)
}

/** The WorkloadPolicy waits for the quotas. */
function quotaProgress (missing: string[], comparisons: readonly Comparison[], context: SyncContext): Progress | undefined {
  const quotas = quotasNotInForce(comparisons)
  if (quotas.length === 0 || missing.some(name => !name.startsWith('WorkloadPolicy/'))) return undefined
  const message = `waiting for Kubernetes to enforce ${shortenList(quotas)}; until then pods are refused. If this lasts, check that ` +
    'kube-controller-manager runs, with its resourcequota controller'
  return progress({ reason: 'ObjectsPending', message }, hasTimedOut('ObjectsPending', context))
}

/** Metacontroller takes AlreadyExists for success, so it never creates an object whose name is in use. */
function missingProgress (namespace: string, missing: string[], context: SyncContext): Progress {
  const isMissing = readyCondition(context.previous)?.reason === 'ObjectsMissing' || hasTimedOut('ObjectsPending', context)
  if (!isMissing) {
    const message = `waiting for Metacontroller to create in ${namespace}: ${shortenList(missing)}. ${eventsHint}`
    return progress({ reason: 'ObjectsPending', message }, false)
  }
  return progress({
    reason: 'ObjectsMissing',
    message: `not created in ${namespace}: ${shortenList(missing)}. ${readEvents}.${permissionsHint(missing)} ` +
      `If there are none, unmanaged objects have these names. k8s-mtp adopt ${context.tenant.name} ${namespace} names their owners, and ` +
      `with --yes replaces their content; or delete them ${asBreakGlass}: ` + deletions(namespace, missing, ' --ignore-not-found')
  }, true)
}

function driftProgress (
  namespace: string, { comparisons, readiness: { drifted } }: ProgressInput, context: SyncContext
): Progress | undefined {
  if (drifted.length === 0) return undefined
  const isStalled = hasTimedOut('DriftDetected', context)
  const remedy = remedyFor(drifted, namespace, comparisons, isStalled)
  return progress({ reason: 'DriftDetected', message: `correcting drift in ${namespace}: ${shortenList(drifted)}${remedy}` }, isStalled)
}

function rolloutProgress (
  namespace: string, { comparisons, readiness: { outdated }, refused }: ProgressInput, context: SyncContext
): Progress | undefined {
  const names = outdated.filter(name => !refused.has(name))
  if (names.length === 0) return undefined
  const isStalled = isStalledBy('RollingOut', context)
  const message = `applying a change of the Tenant, its class or k8s-mtp in ${namespace}: ${shortenList(names)}`
  return progress({ reason: 'RollingOut', message: message + remedyFor(names, namespace, comparisons, isStalled) }, isStalled)
}

/** Existing Roles only: a missing one may have another owner. */
function permissionProgress (className: string, refused: RefusedRoles): Progress | undefined {
  const lacking = [...refused].filter(([, { exists }]) => exists)
    .flatMap(([role, { missing }]) => missing.map(rule => `${formatRule(rule)} in ${role}`)).sort()
  if (lacking.length === 0) return undefined
  return progress({
    reason: 'PermissionsNotGranted',
    message: `Metacontroller cannot grant all permissions of TenantClass ${className}, since it does not have them: ` +
      `${shortenList(lacking, '; ')}. Members keep all others. Add the class to classes of the chart and run helm upgrade, or run with a ` +
      'folder of all classes: k8s-mtp rbac --classes classes/ | kubectl apply --server-side -f -'
  }, true)
}

function remedyFor (names: string[], namespace: string, comparisons: readonly Comparison[], isStalled: boolean): string {
  const outdated = comparisons.filter(({ manifest }) => names.includes(displayName(manifest)))
  const kept = outdated.filter(({ action, manifest }) => action === 'correct' && isNeverDeleted(manifest))
  const stuck = kept.filter(({ observed }) => isStalled || (observed !== undefined && isLastAppliedBroken(observed)))
  const others = outdated.filter(comparison => !kept.includes(comparison)).map(({ manifest }) => displayName(manifest)).sort()
  return (stuck.length > 0 ? resetRemedy(stuck) : '') + (isStalled ? deleteRemedy(namespace, others) : '')
}

/** A guardrail refuses managed objects to all other users. */
const asBreakGlass = 'as a member of a break-glass group'

/** Objects that are never deleted: without the annotation, Metacontroller applies all fields again. */
function resetRemedy (stuck: readonly Comparison[]): string {
  const commands = stuck.map(({ manifest: { kind, metadata: { name, namespace } } }) =>
    `kubectl ${namespace === undefined ? '' : `-n ${namespace} `}annotate ${kind.toLowerCase()} ${name} ${lastAppliedAnnotation}-`)
  return `. If this lasts, have Metacontroller apply them again, ${asBreakGlass}: ${commands.join('; ')}`
}

function deleteRemedy (namespace: string, names: string[]): string {
  if (names.length === 0) return ''
  const deletable = names.filter(name => !isAccess(name))
  return `. They have differed for over a minute. ${readEvents}.${permissionsHint(names)}` + (deletable.length === 0
    ? ''
    : ` If there are none, delete them ${asBreakGlass}, and they are recreated: ${deletions(namespace, deletable)}`)
}

const readEvents = 'Read what the API server refuses: kubectl events --all-namespaces --types=Warning'

/**
 * RBAC lets nobody grant permissions they do not have: new rules in a class need new permissions of Metacontroller. Until
 * then a deleted Role could not be recreated as it was, and its members would lose access.
 */
function permissionsHint (names: string[]): string {
  if (!names.some(isAccess)) return ''
  return ' If it refuses a Role, do not delete it, since it could not be recreated: grant Metacontroller the permissions of the class.'
}

function isAccess (name: string): boolean {
  return /^Role(Binding)?\//.test(name)
}

function deletions (namespace: string, names: string[], flags = ''): string {
  return shortenList(names.map(name => `kubectl -n ${namespace} delete ${name.replace('/', ' ').toLowerCase()}${flags}`), '; ')
}
