import type { RoleBinding, Subject as RbacSubject } from 'kubernetes-types/rbac/v1.js'
import type { Subject } from '../../api/subject.ts'
import type { RoleName } from '../../api/tenant.ts'
import { isInForce, oncePerSubject, subjectKey } from '../subjects/listed-subjects.ts'
import { shortHash } from './short-hash.ts'
import { placedMetadata, type Manifest, type Placement } from './manifest.ts'
import { roleObjectName } from './role.ts'

const rbacGroup = 'rbac.authorization.k8s.io'

/**
 * The bindings of one role. Mostly one; a subject whose name is taken in it (a User and a Group, or ServiceAccounts of
 * two namespaces, called alike) gets one of its own, since Metacontroller merges lists of subjects by name alone and
 * one of the two would lose its access. Which bindings there are follows from the list alone: when rights end, subjects go, and no object.
 */
export function roleBindings (role: RoleName, subjects: Subject[], placement: Placement, now: Date): Manifest[] {
  const { first, others } = onePerName(subjects)
  const inForce = (some: Subject[]) => some.filter(subject => isInForce(subject, now))
  return [
    roleBinding(roleObjectName(role), role, inForce(first), placement),
    ...others.map(subject => roleBinding(`${roleObjectName(role)}-${shortHash(subjectKey(subject))}`, role, inForce([subject]), placement))
  ]
}

function roleBinding (name: string, role: RoleName, subjects: Subject[], placement: Placement): Manifest {
  return {
    apiVersion: `${rbacGroup}/v1`,
    kind: 'RoleBinding',
    metadata: placedMetadata(name, placement),
    roleRef: { apiGroup: rbacGroup, kind: 'Role', name: roleObjectName(role) },
    // The API server drops an empty list, so an empty one can never be declared.
    ...(subjects.length > 0 && { subjects: subjects.map(rbacSubject) })
  } satisfies RoleBinding
}

function rbacSubject ({ kind, name, namespace }: Subject): RbacSubject {
  return kind === 'ServiceAccount' && namespace !== undefined ? { kind, name, namespace } : { apiGroup: rbacGroup, kind, name }
}

function onePerName (subjects: Subject[]): { first: Subject[], others: Subject[] } {
  const sorted = oncePerSubject(subjects)
  const isFirst = (subject: Subject) => sorted.find(({ name }) => name === subject.name) === subject
  return { first: sorted.filter(isFirst), others: sorted.filter(subject => !isFirst(subject)) }
}
