import { expiryMilliseconds } from '../../api/expires-at.ts'
import { compareText } from '../../kubernetes/compare-text.ts'
import { isFields } from '../../kubernetes/json.ts'

/** A subject in a list of a Tenant or a RoleBinding, as far as it can be read: on hold the spec may have any shape. */
export interface ListedSubject {
  kind: string
  name: string
  namespace?: string
  expiresAt?: unknown
}

type Subjects = readonly ListedSubject[] | undefined

/** The subjects of a Tenant; undefined where a list cannot be read. */
export interface SubjectsByRole {
  /** By role: the roles of every class, then others by name. */
  lists: ReadonlyMap<string, Subjects>
  /** Of any other role: none, unless the field with their lists cannot be read. */
  others: Subjects
}

export function subjectsOfRole ({ lists, others }: SubjectsByRole, role: string): Subjects {
  return lists.has(role) ? lists.get(role) : others
}

export function isSubject (value: unknown): value is ListedSubject {
  if (!isFields(value)) return false
  const { kind, name, namespace } = value
  return typeof kind === 'string' && typeof name === 'string' && (namespace === undefined || typeof namespace === 'string')
}

export function subjectKey ({ kind, name, namespace }: ListedSubject): string {
  return [kind, namespace ?? '', name].join('/')
}

/** When access ends, in milliseconds since 1970; Infinity without `expiresAt`, or where it is no time (the API server refuses that). */
export function accessEnd ({ expiresAt }: ListedSubject): number {
  return (typeof expiresAt === 'string' ? expiryMilliseconds(expiresAt) : undefined) ?? Infinity
}

export function hasAccess (subject: ListedSubject, now: Date): boolean {
  return now.getTime() < accessEnd(subject)
}

/** Removes duplicates and sorts; of several entries for one subject, the one that ends last counts. */
export function uniqueSubjects<S extends ListedSubject> (subjects: readonly S[]): S[] {
  const byKey = new Map<string, S>()
  for (const subject of subjects) {
    const other = byKey.get(subjectKey(subject))
    if (other === undefined || accessEnd(subject) > accessEnd(other)) byKey.set(subjectKey(subject), subject)
  }
  return [...byKey].sort(([a], [b]) => compareText(a, b)).map(([, subject]) => subject)
}
