import { displayName } from '../../kubernetes/object.ts'
import type { Comparison } from '../drift/comparison.ts'

/** How many objects are desired, and which of them are not up to date, by display name. */
export interface Readiness {
  objects: number
  missing: string[]
  drifted: string[]
}

export function readinessOf (comparisons: readonly Comparison[]): Readiness {
  const named = (...actions: Array<Comparison['action']>) => comparisons.filter(({ action }) => actions.includes(action))
    .map(({ manifest }) => displayName(manifest)).sort()
  return { objects: comparisons.length, missing: named('create'), drifted: named('correct', 'recreate') }
}
