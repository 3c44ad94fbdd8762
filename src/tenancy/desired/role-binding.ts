import { createHash } from 'node:crypto'
import type { Subject as RbacSubject } from 'kubernetes-types/rbac/v1.js'
import type { Subject } from '../../api/subject.ts'
import { hasAccess, subjectKey, uniqueSubjects } from '../subjects/listed-subjects.ts'
import { placedMetadata, type Placement, type RoleBindingManifest } from './manifest.ts'
import { roleObjectName } from './role.ts'

const rbacGroup = 'rbac.authorization.k8s.io'

/**
 * The bindings of one role: mostly one. A subject with the name of another one (a User and a Group, or ServiceAccounts
 * of two namespaces) gets its own binding, since Metacontroller merges subjects by name and would drop one of them.
 * The list alone decides which bindings exist: an expired subject leaves its binding empty, and does not delete it.
 */
export function roleBindings (role: string, subjects: Subject[], placement: Placement, now: Date): RoleBindingManifest[] {
  const unique = uniqueSubjects(subjects)
  const isFirstOfName = (subject: Subject) => unique.find(({ name }) => name === subject.name) === subject
  return [
    roleBinding(roleObjectName(role), role, unique.filter(isFirstOfName)),
    ...unique.filter(subject => !isFirstOfName(subject))
      .map(subject => roleBinding(`${roleObjectName(role)}-${shortHash(subjectKey(subject))}`, role, [subject]))
  ]

  function roleBinding (name: string, role: string, subjects: Subject[]): RoleBindingManifest {
    const current = subjects.filter(subject => hasAccess(subject, now))
    return {
      apiVersion: `${rbacGroup}/v1`,
      kind: 'RoleBinding',
      metadata: placedMetadata(name, placement),
      roleRef: { apiGroup: rbacGroup, kind: 'Role', name: roleObjectName(role) },
      // The API server drops an empty list, so an empty one can never be declared.
      ...(current.length > 0 && { subjects: current.map(rbacSubject) })
    }
  }
}

function rbacSubject ({ kind, name, namespace }: Subject): RbacSubject {
  return kind === 'ServiceAccount' && namespace !== undefined ? { kind, name, namespace } : { apiGroup: rbacGroup, kind, name }
}

/** Keeps names apart and short; 64 bits. */
function shortHash (text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
