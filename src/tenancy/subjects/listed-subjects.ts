import { expiryMilliseconds } from '../../api/expires-at.ts'
import { roleSubjects, type RoleName } from '../../api/tenant.ts'
import { isFields } from '../../kubernetes/json.ts'

/** Somebody on a list of a Tenant, as far as it can be read: under hold the spec may be of any shape. */
export interface ListedSubject {
  kind: string
  name: string
  namespace?: string
  expiresAt?: unknown
}

export function subjectKey ({ kind, name, namespace }: ListedSubject): string {
  return [kind, namespace ?? '', name].join('/')
}

/**
 * When the rights of a subject end, in milliseconds since 1970; never, where it does not say. Nor where what it says cannot be read: the API
 * server refuses that, and the Tenant is held until somebody corrects it.
 */
export function endOf ({ expiresAt }: ListedSubject): number {
  return (typeof expiresAt === 'string' ? expiryMilliseconds(expiresAt) : undefined) ?? Infinity
}

export function isInForce (subject: ListedSubject, now: Date): boolean {
  return now.getTime() < endOf(subject)
}

/** Each subject once, sorted, with the entry that ends last: it counts while one of its entries does. */
export function oncePerSubject<S extends ListedSubject> (subjects: readonly S[]): S[] {
  const byKey = new Map<string, S>()
  for (const subject of subjects) {
    const other = byKey.get(subjectKey(subject))
    if (other === undefined || endOf(subject) > endOf(other)) byKey.set(subjectKey(subject), subject)
  }
  return [...byKey].sort(([a], [b]) => a < b ? -1 : 1).map(([, subject]) => subject)
}

/** Who is listed for a role, read without trust in the spec; undefined where the list is none. */
export function listedFor (role: RoleName, spec: unknown): ListedSubject[] | undefined {
  const field = roleSubjects[role]
  if (!isFields(spec)) return undefined
  const listed = Object.hasOwn(spec, field) ? spec[field] : []
  return Array.isArray(listed) ? listed.filter(isSubject) : undefined
}

/** Of a list of a Tenant, or of a binding. */
export function isSubject (value: unknown): value is ListedSubject {
  if (!isFields(value)) return false
  const { kind, name, namespace } = value
  return typeof kind === 'string' && typeof name === 'string' && (namespace === undefined || typeof namespace === 'string')
}
