import { maxNames } from '../../api/tenant-status.ts'
import { displayName, isNamespace } from '../../kubernetes/object.ts'
import type { Declare } from '../decision/decide.ts'
import { readyCondition, type PreviousNamespace, type PreviousStatus } from '../observed/previous-status.ts'
import type { SyncContext } from '../observed/sync-context.ts'
import type { Expiry } from '../subjects/expiry.ts'
import { differingPaths, type Comparison } from './comparison.ts'

/** In this time the engine applies a response and observes the result, in milliseconds. */
const applyTimeout = 10_000

/**
 * Names the objects that are missing or differ because an input changed and has not reached them yet. Without a previous
 * status everything is a rollout, and a rollout lasts until its object is up to date: the caches of the engine may lag
 * behind its own writes, and the API server may refuse them. Others may change an object meanwhile: see `detectDrift`.
 */
export function findRollingOut (
  comparisons: readonly Comparison[], decision: Pick<Declare, 'class'>, expiry: Pick<Expiry, 'next'>, context: SyncContext
): Set<string> {
  const { tenant, previous, now } = context
  const before = inputsAreSame(decision, expiry, context) ? previous.namespaces.get(tenant.namespace ?? '') : undefined
  const timedOut = isOverdue(previous, now)
  // The objects of a recreated namespace follow it.
  const contentsFollow = before?.phase !== 'Active' ||
    comparisons.some(({ manifest, action }) => isNamespace(manifest) && action === 'create')
  return new Set(comparisons.filter(({ action }) => action !== 'keep')
    .filter(comparison => before === undefined || (contentsFollow && !isNamespace(comparison.manifest)) ||
      isStillRollingOut(comparison, before, timedOut))
    .map(({ manifest }) => displayName(manifest)))
}

/** Everything that the desired state depends on. Another next expiry means that access has ended since. */
function inputsAreSame (
  { class: { name, uid, generation } }: Pick<Declare, 'class'>, { next }: Pick<Expiry, 'next'>, { parent, previous, version }: SyncContext
): boolean {
  return parent.metadata.generation === previous.generation && version === previous.version && next === previous.nextExpiry &&
    name === previous.class?.name && uid === previous.class.uid && generation === previous.class.generation
}

function isStillRollingOut (comparison: Comparison, before: PreviousNamespace, timedOut: boolean): boolean {
  // Under server-side apply Metacontroller does not notice drifted labels of an object that was just rolled out.
  if (timedOut && comparison.action !== 'create' && differingPaths(comparison).every(path => path.startsWith('metadata.'))) return false
  if (before.rollingOut.length >= maxNames) return true
  const name = displayName(comparison.manifest)
  // An object that existed in the last sync was deleted since.
  return before.rollingOut.includes(name) && (comparison.action !== 'create' || before.missing.includes(name))
}

/** When status or reason of Ready changed last, in milliseconds since 1970; NaN where that is unknown. */
export function lastTransition (previous: Pick<PreviousStatus, 'conditions'>): number {
  return Date.parse(readyCondition(previous)?.lastTransitionTime ?? '')
}

/** True where what Ready reports has lasted for longer than the engine needs to correct it. */
export function isOverdue (previous: Pick<PreviousStatus, 'conditions'>, now: Date): boolean {
  return now.getTime() - lastTransition(previous) >= applyTimeout
}
