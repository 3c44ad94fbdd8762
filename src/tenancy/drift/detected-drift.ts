import { lastAppliedAnnotation } from '../../api/group.ts'
import type { Difference } from '../../kubernetes/json.ts'
import { displayName } from '../../kubernetes/object.ts'
import { changedSinceApplied } from '../../metacontroller/changed-since-applied.ts'
import { pathsOf, type Comparison } from './comparison.ts'

/** The changed fields of each object that others changed or deleted, by display name; none for a deleted object. */
export type Drift = ReadonlyMap<string, readonly string[]>

/**
 * Tells drift from rollouts. An object that does not roll out has drifted in all that differs. One that does has drifted
 * in what differs from the state that was applied last too, whatever is rolling out and whether it can be applied.
 */
export function detectDrift (comparisons: readonly Comparison[], rollingOut: ReadonlySet<string>): Drift {
  return new Map(comparisons.flatMap((comparison): Array<[string, string[]]> => {
    const name = displayName(comparison.manifest)
    if (comparison.action === 'keep') return []
    if (comparison.action === 'create') return rollingOut.has(name) ? [] : [[name, []]]
    const changed = rollingOut.has(name) ? comparison.differences.filter(isChanged(comparison.observed)) : comparison.differences
    return changed.length === 0 ? [] : [[name, pathsOf(changed)]]
  }))
}

function isChanged (observed: Parameters<typeof changedSinceApplied>[0]): (difference: Difference) => boolean {
  const isChangedSinceApplied = changedSinceApplied(observed)
  // No rollout makes the annotation unreadable.
  return ({ path, from }) => path.at(-1) === lastAppliedAnnotation || isChangedSinceApplied(path, from)
}
