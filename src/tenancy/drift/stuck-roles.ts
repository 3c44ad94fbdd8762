import { displayName } from '../../kubernetes/object.ts'
import { readRules, rulesBeyond } from '../../kubernetes/role-rules.ts'
import type { SyncContext } from '../observed/sync-context.ts'
import type { Comparison, Existing } from './comparison.ts'
import { isOverdue } from './rollout.ts'

/**
 * Recreates the Roles that still grant more than is desired some time after their drift was found. Under server-side apply Metacontroller
 * removes the last-applied annotation before it applies, and RBAC refuses any update after which a Role grants what the writer lacks.
 * Such an annotation remains after a change of the apply strategy, or is written by hand.
 */
export function recreateStuckRoles (
  comparisons: readonly Comparison[], { tenant: { namespace = '' }, previous, now }: Pick<SyncContext, 'tenant' | 'previous' | 'now'>
): readonly Comparison[] {
  const drifted = previous.namespaces.get(namespace)?.drifted ?? []
  if (drifted.length === 0 || !isOverdue(previous, now)) return comparisons
  const isStuck = (comparison: Existing) => drifted.includes(displayName(comparison.manifest)) && grantsTooMuch(comparison)
  return comparisons.map(comparison =>
    comparison.action === 'correct' && isStuck(comparison) ? { ...comparison, action: 'recreate' } : comparison)
}

function grantsTooMuch ({ manifest, observed }: Existing): boolean {
  return manifest.kind === 'Role' && rulesBeyond(readRules(observed['rules']), readRules(manifest.rules)).length > 0
}
