import { maxNames, type ClassInForce } from '../../api/tenant-status.ts'
import { displayName, isNamespace } from '../../kubernetes/object.ts'
import type { Declare } from '../decide.ts'
import { readyCondition, type PreviousNamespace, type PreviousStatus } from '../observed/previous-status.ts'
import type { SyncContext } from '../observed/sync-context.ts'
import type { Expiry } from '../subjects/expiry.ts'
import { driftedPaths, type Comparison } from './comparison.ts'

/** Everything that the desired state depends on. */
export interface Inputs {
  /** metadata.generation of the Tenant. */
  generation: number
  class: ClassInForce
  /** Of k8s-mtp. */
  version: string
  /** Another one than before: access has ended meanwhile. */
  nextExpiry: string | undefined
}

export function inputsOf (decision: Declare, { next }: Expiry, { parent, version }: SyncContext): Inputs {
  return { generation: parent.metadata.generation, class: decision.class, version, nextExpiry: next }
}

/** After this time a rollout of labels and annotations counts as drift, in milliseconds (see {@link isStillRollingOut}). */
const metadataTimeout = 10_000

/**
 * Names the objects that are missing or differ because an input changed and has not reached them yet; all others have
 * drifted. Without a previous status everything is a rollout, and a rollout lasts until its object is up to date: the
 * caches of the engine may lag behind its own writes.
 */
export function findRollingOut (comparisons: readonly Comparison[], inputs: Inputs, { tenant, previous, now }: SyncContext): Set<string> {
  const before = haveNotChanged(inputs, previous) ? previous.namespaces.get(tenant.namespace ?? '') : undefined
  const timedOut = now.getTime() - lastTransition(previous) >= metadataTimeout
  // The objects of a recreated namespace follow it.
  const contentsFollow = before?.phase !== 'Active' ||
    comparisons.some(({ manifest, action }) => isNamespace(manifest) && action === 'create')
  return new Set(comparisons.filter(({ action }) => action !== 'keep')
    .filter(comparison => before === undefined || (contentsFollow && !isNamespace(comparison.manifest)) ||
      isStillRollingOut(comparison, before, timedOut))
    .map(({ manifest }) => displayName(manifest)))
}

function haveNotChanged (inputs: Inputs, { generation, class: inForce, version, nextExpiry }: PreviousStatus): boolean {
  return inputs.generation === generation && inputs.version === version && inputs.nextExpiry === nextExpiry &&
    inputs.class.name === inForce?.name && inputs.class.uid === inForce.uid && inputs.class.generation === inForce.generation
}

function isStillRollingOut (comparison: Comparison, before: PreviousNamespace, timedOut: boolean): boolean {
  // Under server-side apply Metacontroller does not notice drifted labels of an object that was just rolled out.
  if (timedOut && comparison.action !== 'create' && driftedPaths(comparison).every(path => path.startsWith('metadata.'))) return false
  return before.rollingOut.includes(displayName(comparison.manifest)) || before.rollingOut.length >= maxNames
}

/** When status or reason of Ready changed last, in milliseconds since 1970; NaN where that is unknown. */
export function lastTransition (previous: Pick<PreviousStatus, 'conditions'>): number {
  return Date.parse(readyCondition(previous)?.lastTransitionTime ?? '')
}
