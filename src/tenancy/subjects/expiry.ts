import { Expired, maxExpired } from '../../api/tenant-status.ts'
import { guardOf } from '../../api/validation/checker.ts'
import { formatTime } from '../../kubernetes/time.ts'
import { accessEnd, hasAccess, uniqueSubjects, type ListedSubject, type SubjectsByRole } from './listed-subjects.ts'

/** Which access has ended, and when the next access ends. */
export interface Expiry {
  /** RFC 3339, in UTC; undefined where no access ends. */
  next: string | undefined
  /** At most as many as the status takes. */
  expired: Expired[]
}

/** A subject with its role. */
export type Access = ListedSubject & { role: string }

const isExpired = guardOf(Expired)

/** Access ends also while the Tenant is on hold, so this reads subjects that are not validated. */
export function expiryOf (subjects: SubjectsByRole, now: Date): Expiry {
  const ends = endingAccess(subjects, now).map(accessEnd)
  return {
    next: ends.length === 0 ? undefined : formatTime(new Date(ends.reduce((first, end) => Math.min(first, end)))),
    // The API server refuses the whole status for one invalid entry.
    expired: accessIn(subjects).filter(access => !hasAccess(access, now))
      .filter(access => isExpired(access)).slice(0, maxExpired)
  }
}

/** Lists the access that is granted now and ends later, by role and name. */
export function endingAccess (subjects: SubjectsByRole, now: Date): Access[] {
  return accessIn(subjects).filter(access => hasAccess(access, now) && Number.isFinite(accessEnd(access)))
}

function accessIn (subjects: SubjectsByRole): Access[] {
  // Field by field: the API server drops unknown fields from the status, and the next status would differ again.
  return [...subjects.lists].flatMap(([role, listed = []]) => uniqueSubjects(listed).map(({ kind, name, namespace, expiresAt }) =>
    ({ role, kind, name, ...(namespace !== undefined && { namespace }), expiresAt })))
}

/** Bounds the delay: the next sync tells what is left of a longer one. */
const maxDelaySeconds = 3600

/** Seconds until the next access has just ended; undefined where none ends. */
export function secondsUntilExpiry ({ next }: Pick<Expiry, 'next'>, now: Date): number | undefined {
  if (next === undefined) return undefined
  const seconds = Math.ceil((Date.parse(next) - now.getTime()) / 1000)
  return Math.min(Math.max(seconds, 1), maxDelaySeconds)
}
