import { existingOf } from '../../api/further-namespace.ts'
import { tenantAndEntry } from '../../api/tenant-namespace.ts'
import { isFields, type Fields } from '../../kubernetes/json.ts'
import { displayName, identity, type KubernetesObject, type ObservedObject } from '../../kubernetes/object.ts'
import { appliedConfiguration } from '../../metacontroller/applied-configuration.ts'
import { correct } from '../correction/correct.ts'
import { recordCorrections, withRecord, type Correction } from '../correction/record.ts'
import type { Input } from '../decision/decide.ts'
import { tenantNamespaceKind } from '../desired/child-kinds.ts'
import { inherited, tenantNamespaces } from '../desired/tenant-namespace-manifest.ts'
import { compare, differingPaths, type Comparison } from '../drift/comparison.ts'
import { detectDrift } from '../drift/detected-drift.ts'
import type { LooseTenant } from '../observed/loose-tenant.ts'
import type { SyncContext } from '../observed/sync-context.ts'
import { hasAccess, subjectKey, subjectsOfRole, type ListedSubject } from '../subjects/listed-subjects.ts'

/** The further namespaces of a Tenant. */
export interface FurtherNamespaces {
  /** Of the entries of spec.namespaces; empty on hold. */
  listed: Comparison[]
  /** The observed objects that no entry is for; on hold all of them. */
  others: ObservedObject[]
  children: KubernetesObject[]
  /** Drift of the listed objects that this sync corrects. */
  corrected: Correction[]
}

export function isTenantNamespace ({ apiVersion, kind }: Pick<KubernetesObject, 'apiVersion' | 'kind'>): boolean {
  return apiVersion === tenantNamespaceKind.apiVersion && kind === tenantNamespaceKind.kind
}

/**
 * Compares the TenantNamespaces of a Tenant. Each observed one is returned, listed or not: its deletion would delete a namespace with
 * its data.
 */
export function furtherNamespaces (input: Input, context: SyncContext): FurtherNamespaces {
  const { children } = context.observed
  const desired = input.tenant === undefined ? [] : tenantNamespaces(input.tenant)
  const listed = desired.map(manifest => compare(manifest, children.get(identity(manifest))))
  const identities = new Set(desired.map(identity))
  const others = [...children.values()].filter(child => isTenantNamespace(child) && !identities.has(identity(child)))
  const records = recordCorrections(listed, detectDrift(listed, new Set(listed.filter(mayRollOut).map(nameOf))), context)
  return {
    listed,
    others,
    children: [...listed.flatMap(correct).map(child => withRecord(child, records)), ...others.map(child => keep(child, input, context))],
    corrected: records.corrected
  }
}

const nameOf = ({ manifest }: Comparison): string => displayName(manifest)

/** Nothing changes the desired labels. Under server-side apply Metacontroller notices drifted ones only by the record of the correction. */
function mayRollOut (comparison: Comparison): boolean {
  return comparison.action === 'create' || !differingPaths(comparison).every(path => path.startsWith('metadata.'))
}

/** Leaves an object as applied, except for what concerns all namespaces of the Tenant: access may shrink, and pods may be refused. */
function keep (child: ObservedObject, input: Input, { tenant, now }: SyncContext): KubernetesObject {
  const applied = appliedConfiguration(child)
  if (!isFields(applied['spec'])) return applied
  const { deletionPolicy, cordoned, paused, ...spec } = applied['spec']
  const isExisting = existingOf(tenantAndEntry(child.metadata.name)[1]) !== undefined
  const shared = input.tenant === undefined
    ? { ...applied['spec'], ...(tenant.cordoned && { cordoned: true }), ...(tenant.paused && { paused: true }) }
    : { ...spec, ...inherited(input.tenant.spec), ...(isExisting && { deletionPolicy }) }
  return { ...applied, spec: withoutRevoked(shared, child.metadata.name, tenant, now) }
}

/** Removes the subjects that the Tenant no longer lists, or whose access has ended. */
function withoutRevoked (spec: Fields, name: string, tenant: LooseTenant, now: Date): Fields {
  const { subjects: byRole, ...others } = spec
  if (!isFields(byRole)) return spec
  const kept = Object.entries(byRole).flatMap(([role, subjects]) => {
    const allowed = allowedSubjects(role, name, tenant)?.filter(subject => hasAccess(subject, now)).map(subjectKey)
    if (allowed === undefined || !isFields(subjects)) return [[role, subjects]]
    const entries = Object.entries(subjects).filter(([key]) => allowed.includes(key))
    return entries.length === 0 ? [] : [[role, Object.fromEntries(entries)]]
  })
  return kept.length === 0 ? others : { ...others, subjects: Object.fromEntries(kept) as Fields }
}

/** Those of its entry; without an entry, those of any namespace of the Tenant. Undefined where a list cannot be read. */
function allowedSubjects (role: string, name: string, { subjects, entries }: LooseTenant): readonly ListedSubject[] | undefined {
  const [, entry] = tenantAndEntry(name)
  const own = entries.get(entry)
  if (own !== undefined) return subjectsOfRole(own, role)
  const lists = [subjects, ...entries.values()].map(byRole => subjectsOfRole(byRole, role))
  return lists.includes(undefined) ? undefined : lists.flatMap(list => list ?? [])
}
