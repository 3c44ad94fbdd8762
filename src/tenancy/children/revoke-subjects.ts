import { labels } from '../../api/group.ts'
import { isFields, type Fields } from '../../kubernetes/json.ts'
import type { KubernetesObject, ObservedObject } from '../../kubernetes/object.ts'
import { lastAppliedOf } from '../../metacontroller/last-applied.ts'
import { fieldsOfEngine, isServerSideApplied } from '../../metacontroller/managed-fields.ts'
import { adoptUnmanagedItems } from '../correction/adopt-unmanaged-fields.ts'
import { roleNameOf } from '../desired/role.ts'
import type { LooseTenant } from '../observed/loose-tenant.ts'
import { hasAccess, isSubject, subjectKey, subjectsOfRole, type ListedSubject } from '../subjects/listed-subjects.ts'

/**
 * Removes subjects from the bindings of a Tenant on hold that it no longer lists, or whose access has ended: access may
 * shrink, never grow. Returns roleRef and subjects even if others set them: a field that is left out stays with its other owners.
 * @param child the part of the binding that the engine has applied
 */
export function revokeSubjects (child: KubernetesObject, observed: ObservedObject, tenant: LooseTenant, now: Date): KubernetesObject {
  const { roleRef } = observed
  const allowed = allowedSubjects(tenant, observed, now)
  if (allowed === undefined || !isBindingOf(tenant, child, observed)) return child
  const { subjects: _, ...others } = child
  const present = Array.isArray(observed['subjects']) ? observed['subjects'].filter(isSubject) : []
  const kept = present.filter(subject => allowed.has(subjectKey(subject)))
  // The rest of a type with an index signature loses its known fields.
  return { ...others as KubernetesObject, roleRef, ...returnedSubjects(kept, present, observed) }
}

/** By its labels, or applied by the engine in the tenant's namespace. Another binding is unmanaged. */
function isBindingOf ({ name, namespace }: LooseTenant, child: KubernetesObject, { metadata }: ObservedObject): boolean {
  return metadata.labels?.[labels.tenant] === name || (metadata.namespace === namespace && isFields(child['roleRef']))
}

/** Undefined for all other objects, and where the list cannot be read. */
function allowedSubjects (tenant: LooseTenant, { kind, roleRef }: KubernetesObject, now: Date): Set<string> | undefined {
  const role = kind === 'RoleBinding' && isFields(roleRef) ? roleNameOf(roleRef['name']) : undefined
  const listed = role === undefined ? undefined : subjectsOfRole(tenant.subjects, role)
  return listed === undefined ? undefined : new Set(listed.filter(subject => hasAccess(subject, now)).map(subjectKey))
}

function returnedSubjects (kept: ListedSubject[], present: ListedSubject[], observed: ObservedObject): Fields {
  const applied = lastAppliedOf(observed)
  if (applied === undefined || isServerSideApplied(observed)) return forcedSubjects(kept, present, observed)
  const recorded = Array.isArray(applied['subjects']) ? applied['subjects'] : []
  const subjects = adoptUnmanagedItems(kept, present, recorded)
  // The API server drops an empty list, so dynamic-apply would write one in each sync.
  return subjects.length === 0 ? {} : { subjects }
}

/**
 * server-side-apply: a forced list, also an empty one, takes the field from all other owners. It stays while the engine
 * owns the field: the next sync would otherwise be a write. Without a trace of either strategy this one is assumed;
 * dynamic-apply then records the list, and the next sync is for that strategy.
 */
function forcedSubjects (kept: ListedSubject[], present: ListedSubject[], observed: ObservedObject): Fields {
  const isNeeded = present.length > 0 || Object.hasOwn(fieldsOfEngine(observed), 'f:subjects')
  return isNeeded ? { subjects: kept } : {}
}
