import type { RoleRule } from '../../api/role-rule.ts'
import { displayName } from '../../kubernetes/object.ts'
import { mergedRules, readRules, rulesBeyond, rulesByResource } from '../../kubernetes/role-rules.ts'
import type { RoleManifest } from '../desired/manifest.ts'
import { compare, type Comparison } from '../drift/comparison.ts'
import type { RefusedRole, RefusedRoles } from '../drift/refused-roles.ts'

type Rules = RoleManifest['rules']

/** How long one choice of rules is tried, in milliseconds: as long as until the next sync without an event. */
const attemptTime = 20_000

/**
 * Reduces each refused Role to the rules that the engine can grant, so that members keep them and drift is corrected.
 * Once those are in force, tries the others in turn: what the engine can grant follows at once, and the rest remains.
 */
export function withGrantableRules (comparisons: readonly Comparison[], refused: RefusedRoles, now: Date): Comparison[] {
  return comparisons.map(comparison => {
    const role = refused.get(displayName(comparison.manifest))
    if (role === undefined || comparison.action === 'recreate') return comparison
    // Only Roles are refused.
    const manifest = comparison.manifest as RoleManifest
    return compare({ ...manifest, rules: grantableRules(comparison, manifest.rules, role, now) }, comparison.observed)
  })
}

function grantableRules (comparison: Comparison, desired: Rules, { granted, missing }: RefusedRole, now: Date): Rules {
  if (comparison.action === 'create') return granted
  const present = readRules(comparison.observed['rules'])
  if (!grantSame(present, granted)) return granted
  // The API server refuses an object as a whole, so all else is corrected first.
  if (comparison.differences.some(({ path }) => path[0] !== 'rules')) return present
  const attempts = [desired, ...rulesByResource(missing).map(rule => mergedRules([...granted, rule]))]
  return attempts[Math.floor(now.getTime() / attemptTime) % attempts.length] ?? desired
}

function grantSame (a: readonly RoleRule[], b: readonly RoleRule[]): boolean {
  return rulesBeyond(a, b).length === 0 && rulesBeyond(b, a).length === 0
}
