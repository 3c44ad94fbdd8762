import type { Condition, Reason } from '../api/conditions.ts'
import { lastAppliedAnnotation } from '../api/group.ts'
import type { DesiredNamespace } from './desired-state.ts'
import { listed } from './listed.ts'
import { displayName } from './observed.ts'
import type { Readiness } from './readiness.ts'

/** After this long an object that was asked for is no longer late but missing, and somebody has to look. */
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
    return underWay('NamespacePending', `waiting for Metacontroller to create namespace ${namespace}${hint}`)
  }
  if (missing.length > 0) {
    const pending = underWay('ObjectsPending', `waiting for Metacontroller to create in ${namespace}: ${listed(missing)}${hint}`)
    return isOverdue(pending, previous, now) ? objectsMissing(namespace, missing) : pending
  }
  if (drifted.length > 0) {
    return underWay('DriftFound', `being put right in ${namespace}: ${listed(drifted)}${driftRemedy(desired, drifted)}`)
  }
  return { reason: 'AsDeclared', message: `namespace ${namespace} and the ${objects - 1} objects in it are as declared`, needsSomebody: false }
}

/** Most drift is gone within a second. What is not has a cause that the engine cannot see past. */
function driftRemedy ({ namespace }: DesiredNamespace, drifted: string[]): string {
  if (!drifted.includes(displayName(namespace))) return '. What is still listed after a minute can be deleted by hand: it is made anew'
  const { name } = namespace.metadata
  return `. If the namespace is still listed after a minute, have Metacontroller begin anew with its labels: kubectl annotate namespace ${name} ${lastAppliedAnnotation}-`
}

const hint = '. If it stays so, the events of the Tenant say why: kubectl events --all-namespaces --types=Warning'

function underWay (reason: Reason, message: string): Progress {
  return { reason, message, needsSomebody: false }
}

function isOverdue (pending: Progress, previous: readonly Condition[], now: Date): boolean {
  const ready = previous.find(({ type }) => type === 'Ready')
  if (ready?.reason === 'ObjectsMissing') return true
  const since = ready?.message === pending.message ? Date.parse(ready.lastTransitionTime) : NaN
  return now.getTime() - since >= patienceMilliseconds
}

/**
 * Metacontroller takes "already exists" for done, so an object that is there under another owner, or was released by
 * removing its label, is never made again. Deleting it is what mends it.
 */
function objectsMissing (namespace: string, missing: string[]): Progress {
  const commands = missing.map(name => `kubectl -n ${namespace} delete ${name.replace('/', ' ').toLowerCase()} --ignore-not-found`)
  return {
    reason: 'ObjectsMissing',
    message: `asked for and still not owned by this Tenant, because they were released by hand, their names are taken, or the API server refuses them: ${listed(missing)}. ` +
      `A refusal is among the events (kubectl events --all-namespaces --types=Warning). Otherwise look at them, then delete them, and they are made anew: ${listed(commands, '; ')}`,
    needsSomebody: true
  }
}
