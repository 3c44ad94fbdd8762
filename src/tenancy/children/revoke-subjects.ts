import { labels } from '../../api/group.ts'
import { roleNames } from '../../api/tenant.ts'
import { isFields } from '../../kubernetes/json.ts'
import type { KubernetesObject } from '../../kubernetes/object.ts'
import { roleObjectName } from '../desired/role.ts'
import type { LooseTenant } from '../observed/loose-tenant.ts'
import { hasAccess, isSubject, subjectKey } from '../subjects/listed-subjects.ts'

/**
 * Removes subjects from the bindings of a Tenant on hold that it no longer lists, or whose access has ended: access may
 * shrink, never grow.
 */
export function revokeSubjects (child: KubernetesObject, tenant: LooseTenant, now: Date): KubernetesObject {
  const { subjects, ...others } = child
  // The rest of a type with an index signature loses its known fields.
  const binding = others as KubernetesObject
  const allowed = allowedSubjects(tenant, binding, now)
  if (allowed === undefined || !Array.isArray(subjects) || !isBindingOf(tenant, child)) return child
  const kept = subjects.filter(subject => isSubject(subject) && allowed.has(subjectKey(subject)))
  return kept.length === 0 ? binding : { ...binding, subjects: kept }
}

/** In the tenant's namespace, or with our labels in a namespace that it had before. */
function isBindingOf ({ name, namespace }: LooseTenant, { metadata }: KubernetesObject): boolean {
  return metadata.namespace === namespace || metadata.labels?.[labels.tenant] === name
}

/** Undefined for all other objects, and where the list cannot be read. */
function allowedSubjects (tenant: LooseTenant, { kind, roleRef }: KubernetesObject, now: Date): Set<string> | undefined {
  const role = roleNames.find(name => kind === 'RoleBinding' && isFields(roleRef) && roleRef['name'] === roleObjectName(name))
  const listed = role === undefined ? undefined : tenant.subjects[role]
  return listed === undefined ? undefined : new Set(listed.filter(subject => hasAccess(subject, now)).map(subjectKey))
}
