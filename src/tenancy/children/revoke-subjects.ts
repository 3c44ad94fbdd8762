import { labels } from '../../api/group.ts'
import { roleNames } from '../../api/tenant.ts'
import type { ObservedTenant } from '../decide.ts'
import { isFields } from '../../kubernetes/json.ts'
import type { Manifest } from '../desired/manifest.ts'
import { roleObjectName } from '../desired/role.ts'
import type { Owner } from '../observed/ownership.ts'
import { isInForce, isSubject, listedFor, subjectKey } from '../subjects/listed-subjects.ts'

/** Whose answer it is, and when. */
export interface Asked {
  tenant: ObservedTenant
  owner: Owner
  now: Date
}

/**
 * A binding that is held, without the subjects that the Tenant no longer lists, or whose rights have ended. Rights may shrink while everything
 * else stays as it is: somebody who was taken off the list must not stay in because of a typing error elsewhere.
 */
export function withoutLostRights ({ tenant, owner, now }: Asked, manifest: Manifest): Manifest {
  const inForce = subjectsInForce(tenant, manifest, now)
  const { subjects, ...binding } = manifest
  if (inForce === undefined || !Array.isArray(subjects) || !isBindingOf(owner, manifest)) return manifest
  const kept = subjects.filter(subject => isSubject(subject) && inForce.has(subjectKey(subject)))
  return { ...binding, metadata: manifest.metadata, apiVersion: manifest.apiVersion, kind: manifest.kind, ...(kept.length > 0 && { subjects: kept }) }
}

/** In the tenant's namespace, or in one that it had before and that is kept: it bears our labels. */
function isBindingOf ({ tenant, namespace }: Owner, { metadata }: Manifest): boolean {
  return metadata.namespace === namespace || metadata.labels?.[labels.tenant] === tenant
}

/** The subjects that the Tenant lists for the role of a binding; undefined for any other object, and where the list cannot be read. */
function subjectsInForce ({ spec }: ObservedTenant, { kind, roleRef }: Manifest, now: Date): Set<string> | undefined {
  const role = roleNames.find(name => kind === 'RoleBinding' && isFields(roleRef) && roleRef['name'] === roleObjectName(name))
  const listed = role === undefined ? undefined : listedFor(role, spec)
  return listed === undefined ? undefined : new Set(listed.filter(subject => isInForce(subject, now)).map(subjectKey))
}
