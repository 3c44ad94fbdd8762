import type { Condition, Reason } from '../../api/condition.ts'
import { lastAppliedAnnotation } from '../../api/group.ts'
import type { DesiredNamespace } from '../desired/desired-state.ts'
import { isKeptInPlace } from '../correction/never-deleted.ts'
import { listed } from './shorten-list.ts'
import { displayName } from '../../kubernetes/object.ts'
import type { Readiness } from '../drift/comparison.ts'

/** After this long what was asked for is no longer late, and somebody has to look. */
const patienceMilliseconds = 60_000

export interface Progress {
  reason: Reason
  message: string
  needsSomebody: boolean
}

/** How far a tenant is that nothing holds back, and what to do where it does not get further by itself. */
export function progressOf (desired: DesiredNamespace, { objects, missing, drifted }: Readiness, previous: readonly Condition[], now: Date): Progress {
  const namespace = desired.namespace.metadata.name
  if (missing.includes(displayName(desired.namespace))) {
    return inTime('NamespacePending', `waiting for Metacontroller to create namespace ${namespace}${hint}`, previous, now)
  }
  if (missing.length > 0) {
    const pending = inTime('ObjectsPending', `waiting for Metacontroller to create in ${namespace}: ${listed(missing)}${hint}`, previous, now)
    return pending.needsSomebody || isReason('ObjectsMissing', previous) ? objectsMissing(namespace, missing) : pending
  }
  if (drifted.length > 0) {
    return inTime('DriftDetected', `being put right in ${namespace}: ${listed(drifted)}${driftRemedy(desired, drifted)}${rightsRemedy(drifted)}`, previous, now)
  }
  return { reason: 'UpToDate', message: `namespace ${namespace} and the ${objects - 1} objects in it are as declared`, needsSomebody: false }
}

/** What takes longer than it should needs somebody to look; what it is and since when stands in the condition before. */
function inTime (reason: Reason, message: string, previous: readonly Condition[], now: Date): Progress {
  const ready = previous.find(({ type }) => type === 'Ready')
  const since = ready?.message === message ? Date.parse(ready.lastTransitionTime) : NaN
  return { reason, message, needsSomebody: now.getTime() - since >= patienceMilliseconds }
}

function isReason (reason: Reason, previous: readonly Condition[]): boolean {
  return previous.some(condition => condition.type === 'Ready' && condition.reason === reason)
}

/** Most drift is gone within a second. What is not has a cause that the engine cannot see past. */
function driftRemedy ({ namespace, contents }: DesiredNamespace, drifted: string[]): string {
  const stuck = [namespace, ...contents].filter(manifest => isKeptInPlace(manifest) && drifted.includes(displayName(manifest)))
  if (stuck.length === 0) return `. What is still listed after a minute can be deleted ${asBreakGlass}: it is made anew`
  const commands = stuck.map(({ kind, metadata: { name, namespace } }) =>
    `kubectl ${namespace === undefined ? '' : `-n ${namespace} `}annotate ${kind.toLowerCase()} ${name} ${lastAppliedAnnotation}-`)
  return `. If it is still listed after a minute, have Metacontroller begin anew with it, ${asBreakGlass}: ${commands.join('; ')}`
}

/** Managed objects are guarded against everybody else. */
const asBreakGlass = 'as a member of a break-glass group'

/** Nobody can give rights that he does not hold: a class with further rules needs further rights of the engine. */
function rightsRemedy (names: string[]): string {
  if (!names.some(name => /^Role(Binding)?\//.test(name))) return ''
  return '. Roles are refused while the class gives rights that Metacontroller does not hold: apply what `k8s-mtp rbac --classes` prints'
}

const hint = '. If it stays so, the events of the Tenant say why: kubectl events --all-namespaces --types=Warning'

/**
 * Metacontroller takes "already exists" for done, so an object that is there under another owner, or was released by
 * removing its label, is never made again. Deleting it is what mends it.
 */
function objectsMissing (namespace: string, missing: string[]): Progress {
  const commands = missing.map(name => `kubectl -n ${namespace} delete ${name.replace('/', ' ').toLowerCase()} --ignore-not-found`)
  return {
    reason: 'ObjectsMissing',
    message: `asked for and still not owned by this Tenant, because they were released by hand, their names are taken, or the API server refuses them: ${listed(missing)}. ` +
      `A refusal is among the events (kubectl events --all-namespaces --types=Warning)${rightsRemedy(missing)}. Otherwise look at them, then delete them ${asBreakGlass}, and they are made anew: ${listed(commands, '; ')}`,
    needsSomebody: true
  }
}
