import type { RoleRule } from '../../api/role-rule.ts'
import { displayName } from '../../kubernetes/object.ts'
import { commonRules, readRules, rulesBeyond } from '../../kubernetes/role-rules.ts'
import { lastAppliedOf } from '../../metacontroller/last-applied.ts'
import { rulesOfAllClasses } from '../desired/role.ts'
import type { PreviousNamespace, PreviousStatus } from '../observed/previous-status.ts'
import type { SyncContext } from '../observed/sync-context.ts'
import type { Comparison } from './comparison.ts'
import { isOverdue } from './rollout.ts'

/** A Role that the engine could not apply in time: RBAC lets it grant no permissions that it does not have. */
export interface RefusedRole {
  exists: boolean
  /** The part of the desired rules that the engine has granted before, or can always grant. */
  granted: RoleRule[]
  /** The other part. */
  missing: RoleRule[]
}

/** By display name. */
export type RefusedRoles = ReadonlyMap<string, RefusedRole>

/**
 * Finds the Roles to which desired rules were never applied. The hook never learns why a write failed; under server-side
 * apply it knows the applied rules from the observed ones only.
 */
export function findRefusedRoles (
  comparisons: readonly Comparison[], { tenant: { namespace = '' }, previous, now }: Pick<SyncContext, 'tenant' | 'previous' | 'now'>
): RefusedRoles {
  const before = previous.namespaces.get(namespace)
  // Roles follow their namespace: in a pending one none was applied yet, however long that takes.
  if (before?.phase !== 'Active' || !(isRefused(previous) || isOverdue(previous, now))) return new Map()
  return new Map(comparisons.flatMap((comparison): Array<[string, RefusedRole]> => {
    const refused = wasOutdated(comparison, before) ? refusedRole(comparison) : undefined
    return refused === undefined ? [] : [[displayName(comparison.manifest), refused]]
  }))
}

/** True where the last status reports refused Roles: other reasons of Ready must not restart the time. */
function isRefused ({ conditions }: PreviousStatus): boolean {
  return conditions.some(({ type, reason }) => type === 'Stalled' && reason === 'PermissionsNotGranted')
}

/** A Role that is missing now, and was not, has just been deleted: it has not been applied since. */
function wasOutdated ({ action, manifest }: Comparison, { missing, drifted, rollingOut }: PreviousNamespace): boolean {
  const lists = action === 'create' ? [missing] : [missing, drifted, rollingOut]
  return lists.some(names => names.includes(displayName(manifest)))
}

function refusedRole ({ manifest, observed, action }: Comparison): RefusedRole | undefined {
  if (manifest.kind !== 'Role' || action === 'keep') return undefined
  const desired = readRules(manifest.rules)
  const applied = observed === undefined ? [] : readRules((lastAppliedOf(observed) ?? observed)['rules'])
  const granted = commonRules(desired, [...applied, ...rulesOfAllClasses(manifest.metadata.namespace ?? '')])
  const missing = rulesBeyond(desired, granted)
  return missing.length === 0 ? undefined : { exists: observed !== undefined, granted, missing }
}

/** Names the Roles that exist with a part of their rules: that is no drift. */
export function namesOfReduced (refused: RefusedRoles): string[] {
  return [...refused].filter(([, { exists }]) => exists).map(([name]) => name)
}
