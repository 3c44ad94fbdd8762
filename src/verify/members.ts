import type { Identity } from '../kubernetes/api-request.ts'
import { hasAccess, subjectKey, uniqueSubjects, type ListedSubject } from '../tenancy/subjects/listed-subjects.ts'

/** A subject with access to a namespace. */
export interface Member {
  subject: ListedSubject
  roles: string[]
  identity: Identity
}

const authenticated = 'system:authenticated'

/**
 * The user that has what a subject has. Other groups of a user are known to its identity provider only. A group is asked about by a
 * user with no other permissions.
 */
export function identityOf ({ kind, name, namespace = '' }: ListedSubject): Identity {
  if (kind === 'Group') return { user: 'k8s-mtp:verify', groups: [name, ...(name === authenticated ? [] : [authenticated])] }
  if (kind === 'User') return { user: name, groups: [authenticated] }
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, authenticated]
  return { user: `system:serviceaccount:${namespace}:${name}`, groups }
}

/** Merges the lists of roles into members, sorted, without those whose access has ended. */
export function membersOf (lists: Iterable<readonly [role: string, subjects: readonly ListedSubject[]]>, now: Date): Member[] {
  const members = new Map<string, Member>()
  for (const [role, subjects] of lists) {
    for (const subject of uniqueSubjects(subjects).filter(subject => hasAccess(subject, now))) {
      const key = subjectKey(subject)
      const known = members.get(key)
      members.set(key, { subject, roles: [...known?.roles ?? [], role], identity: identityOf(subject) })
    }
  }
  return [...members.values()]
}
