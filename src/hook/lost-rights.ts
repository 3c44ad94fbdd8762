import { labels } from '../api/group.ts'
import { roleNames, roleSubjects } from '../api/tenant.ts'
import type { ObservedTenant } from '../tenancy/decision.ts'
import type { Manifest } from '../tenancy/manifests/manifest.ts'
import { subjectKey } from '../tenancy/manifests/role-binding.ts'
import { roleObjectName } from '../tenancy/manifests/role.ts'
import type { Owner } from '../tenancy/ownership.ts'

interface RawSubject { kind: string, name: string, namespace?: string }

/**
 * A binding that is held, without the subjects that the Tenant no longer lists. Rights may shrink while everything else
 * stays as it is: somebody who was taken off the list must not stay in because of a typing error elsewhere.
 */
export function withoutLostRights (tenant: ObservedTenant, owner: Owner, manifest: Manifest): Manifest {
  const listed = listedSubjects(tenant, manifest)
  const { subjects, ...binding } = manifest
  if (listed === undefined || !Array.isArray(subjects) || !isBindingOf(owner, manifest)) return manifest
  const kept = subjects.filter(subject => isSubject(subject) && listed.has(subjectKey(subject)))
  return { ...binding, metadata: manifest.metadata, apiVersion: manifest.apiVersion, kind: manifest.kind, ...(kept.length > 0 && { subjects: kept }) }
}

/** In the tenant's namespace, or in one that it had before and that is kept: it bears our labels. */
function isBindingOf ({ tenant, namespace }: Owner, { metadata }: Manifest): boolean {
  return metadata.namespace === namespace || metadata.labels?.[labels.tenant] === tenant
}

/** The subjects that the Tenant lists for the role of a binding, read without trust in the spec; undefined for any other object. */
function listedSubjects ({ spec }: ObservedTenant, { kind, roleRef }: Manifest): Set<string> | undefined {
  const role = roleNames.find(name => kind === 'RoleBinding' && hasField(roleRef, 'name') && roleRef.name === roleObjectName(name))
  if (role === undefined || typeof spec !== 'object' || spec === null) return undefined
  const field = roleSubjects[role]
  const listed: unknown = hasField(spec, field) ? spec[field] : []
  return Array.isArray(listed) ? new Set(listed.filter(isSubject).map(subjectKey)) : undefined
}

function isSubject (value: unknown): value is RawSubject {
  return hasField(value, 'kind') && typeof value.kind === 'string' && hasField(value, 'name') && typeof value.name === 'string' &&
    (!hasField(value, 'namespace') || typeof value.namespace === 'string')
}

function hasField<F extends string> (value: unknown, field: F): value is Record<F, unknown> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, field)
}
