import { displayName } from '../../kubernetes/object.ts'
import type { Comparison } from '../drift/comparison.ts'
import type { Drift } from '../drift/detected-drift.ts'

/** How many objects are desired, and which of them are not up to date, by display name. */
export interface Readiness {
  objects: number
  upToDate: number
  missing: string[]
  /** Existing objects that others have changed. */
  drifted: string[]
  /** Existing objects that a rollout has not reached, or not yet. */
  outdated: string[]
}

export function readinessOf (comparisons: readonly Comparison[], rollingOut: ReadonlySet<string>, drift: Drift): Readiness {
  const named = (isListed: (comparison: Comparison, name: string) => boolean) => comparisons
    .map(comparison => ({ comparison, name: displayName(comparison.manifest) }))
    .filter(({ comparison, name }) => isListed(comparison, name)).map(({ name }) => name).sort()
  return {
    objects: comparisons.length,
    upToDate: comparisons.filter(({ action }) => action === 'keep').length,
    missing: named(({ action }) => action === 'create'),
    drifted: named(({ action }, name) => action !== 'create' && drift.has(name)),
    outdated: named(({ action }, name) => action !== 'create' && rollingOut.has(name))
  }
}
