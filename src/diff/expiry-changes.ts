import { subjectName } from '../kubernetes/binding-subjects.ts'
import { formatTime } from '../kubernetes/time.ts'
import type { SubjectList } from '../api/subject-lists.ts'
import { accessEnd, hasAccess, subjectKey, uniqueSubjects, type ListedSubject } from '../tenancy/subjects/listed-subjects.ts'
import { beforeAndAfter, pairsOf } from './keyed-pairs.ts'
import type { ExpiryChange } from './report.ts'

interface Listed { role: string, subject: ListedSubject }

/** Lists where the end of access changes, for subjects that stay and for those that come or go with an end. */
export function expiryChanges (before: readonly SubjectList[], after: readonly SubjectList[], now: Date): ExpiryChange[] {
  const [had, has] = [listedIn(before), listedIn(after)]
  const keyed = pairsOf(had, has).filter(([was, is]) => (endOf(was) ?? null) !== (endOf(is) ?? null))
  return keyed.map(([was, is]) => ({
    ...named(is ?? was), ...beforeAndAfter(endOf(was), endOf(is)), hasEnded: is !== undefined && !hasAccess(is.subject, now)
  }))
}

function named (listed: Listed | undefined): Pick<ExpiryChange, 'subject' | 'role'> {
  return { subject: listed === undefined ? '' : subjectName(listed.subject), role: listed?.role ?? '' }
}

function listedIn (lists: readonly SubjectList[]): Map<string, Listed> {
  return new Map(lists.flatMap(({ role, subjects }) => uniqueSubjects(subjects).map(subject =>
    [`${role} ${subjectKey(subject)}`, { role, subject }] as const)))
}

/** Null for no end, undefined where the subject is not listed. */
function endOf (listed: Listed | undefined): string | null | undefined {
  if (listed === undefined) return undefined
  const end = accessEnd(listed.subject)
  return Number.isFinite(end) ? formatTime(new Date(end)) : null
}
