import { Value } from '@sinclair/typebox/value'
import { Expired, mostExpired } from '../../api/tenant-status.ts'
import { roleNames, type RoleName } from '../../api/tenant.ts'
import { endOf, isInForce, listedFor, oncePerSubject, type ListedSubject } from './listed-subjects.ts'
import { toSeconds } from '../../kubernetes/time.ts'

/** What of the rights that a Tenant lists has ended, and when the next one does. */
export interface Expiries {
  /** RFC 3339, in UTC; undefined where none ends any more. */
  next: string | undefined
  /** As many as the status takes. */
  expired: Expired[]
}

/** A role of somebody. */
export type Right = ListedSubject & { role: RoleName }

/** Read without trust in the spec, as rights end also where it cannot be declared. */
export function expiriesOf (spec: unknown, now: Date): Expiries {
  const rights = rightsOf(spec)
  const ends = endingRights(spec, now).map(endOf)
  return {
    next: ends.length === 0 ? undefined : toSeconds(new Date(ends.reduce((first, end) => Math.min(first, end)))),
    // One entry that the CRD does not take would have the API server refuse the whole status.
    expired: rights.filter(right => !isInForce(right, now)).filter(right => Value.Check(Expired, right)).slice(0, mostExpired)
  }
}

/** Those that are in force and will not be one day, in the order of roles and names. */
export function endingRights (spec: unknown, now: Date): Right[] {
  return rightsOf(spec).filter(right => isInForce(right, now) && Number.isFinite(endOf(right)))
}

function rightsOf (spec: unknown): Right[] {
  // Field by field: what else stands there, the API server would drop from the status, and the next answer would differ from it again.
  return roleNames.flatMap(role => oncePerSubject(listedFor(role, spec) ?? []).map(({ kind, name, namespace, expiresAt }) =>
    ({ role, kind, name, ...(namespace !== undefined && { namespace }), expiresAt })))
}

/** A delay of years helps nobody, and an engine may take it for another number; asked again, the hook says what is left. */
const longestDelaySeconds = 3600

/** In how many whole seconds the next right has just ended; undefined where none does. */
export function secondsUntilExpiry ({ next }: Pick<Expiries, 'next'>, now: Date): number | undefined {
  if (next === undefined) return undefined
  const seconds = Math.ceil((Date.parse(next) - now.getTime()) / 1000)
  return Math.min(Math.max(seconds, 1), longestDelaySeconds)
}
