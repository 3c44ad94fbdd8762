import { builtInRoles } from '../api/role-names.ts'
import { classRoles } from '../api/class-roles.ts'
import type { Subject } from '../api/subject.ts'
import type { TenantClass } from '../api/tenant-class.ts'
import type { Tenant } from '../api/tenant.ts'
import { rulesBeyond } from '../kubernetes/role-rules.ts'
import { accessEnd, hasAccess, subjectKey } from '../tenancy/subjects/listed-subjects.ts'
import { subjectName } from '../kubernetes/binding-subjects.ts'
import { declaredLists, type DeclaredLists } from './declared-lists.ts'
import { findingAt, type Finding } from './finding.ts'
import type { Sourced } from './source.ts'

export type ClassesByName = ReadonlyMap<string, Sourced<TenantClass>>

/** Checks the subjects of a Tenant, each where it is written. */
export function subjectFindings (tenant: Sourced<Tenant>, classes: ClassesByName, now: Date): Finding[] {
  const levels = declaredLists(tenant.object)
  return [
    ...withoutAdmin(tenant, levels, now),
    ...levels.flatMap(level => level.lists).flatMap(list => [...expired(tenant, list, now), ...repeated(tenant, list)]),
    ...levels.flatMap(level => lesserRoles(tenant, level, classes.get(level.className)?.object))
  ]
}

type List = DeclaredLists['lists'][number]

function withoutAdmin ({ source }: Sourced<Tenant>, levels: readonly DeclaredLists[], now: Date): Finding[] {
  const admins = levels.flatMap(({ lists }) => lists).filter(({ role }) => role === 'admin').flatMap(({ subjects }) => subjects)
  if (admins.some(subject => hasAccess(subject, now))) return []
  const message = admins.length === 0
    ? 'no namespace of the Tenant has an admin, so its members cannot manage Secrets and ServiceAccounts. List one'
    : 'the access of all admins has ended, so members cannot manage Secrets and ServiceAccounts. List one whose access continues'
  return [findingAt(source, 'tenant-without-admin', { path: ['spec', 'admins'], message })]
}

function expired ({ source }: Sourced<Tenant>, { subjects, path }: List, now: Date): Finding[] {
  return subjects.flatMap((subject, index) => {
    if (hasAccess(subject, now)) return []
    const message = `the access of ${subjectName(subject)} ended at ${subject.expiresAt ?? ''}. Remove the subject, or set a later time`
    return [findingAt(source, 'expired-subject', { path: [...path, index, 'expiresAt'], message })]
  })
}

function repeated ({ source }: Sourced<Tenant>, { subjects, path, field }: List): Finding[] {
  const keys = new Set<string>()
  return subjects.flatMap((subject, index) => {
    const isRepeated = keys.has(subjectKey(subject))
    keys.add(subjectKey(subject))
    if (!isRepeated) return []
    const message = `${field} lists ${subjectName(subject)} twice, and the later end of access counts. Remove one of them`
    return [findingAt(source, 'duplicate-subject', { path: [...path, index], message })]
  })
}

/** Reports subjects that have all of a role, for as long, by another. */
function lesserRoles ({ source }: Sourced<Tenant>, { lists }: DeclaredLists, tenantClass: TenantClass | undefined): Finding[] {
  const built = builtInRoles.flatMap(role => lists.filter(list => list.role === role && list.subjects.length > 0))
  return built.flatMap((list, index) => {
    const greater = built.slice(0, index).filter(({ role }) => tenantClass !== undefined && includes(tenantClass, role, list.role))
    const ends = greater.map(({ field, subjects }) => ({ field, ends: endsOf(subjects) }))
    return list.subjects.flatMap((subject, place) => {
      const found = ends.find(other => (other.ends.get(subjectKey(subject)) ?? -Infinity) >= accessEnd(subject))
      if (found === undefined) return []
      const message = `${subjectName(subject)} is listed under ${found.field} too, which grants all that ${list.field} do. ` +
        'Remove one of them'
      return [findingAt(source, 'subject-in-several-roles', { path: [...list.path, place], message })]
    })
  })
}

function endsOf (subjects: readonly Subject[]): Map<string, number> {
  const ends = new Map<string, number>()
  for (const subject of subjects) ends.set(subjectKey(subject), Math.max(accessEnd(subject), ends.get(subjectKey(subject)) ?? -Infinity))
  return ends
}

const included = new WeakMap<TenantClass, Map<string, boolean>>()

/** Whether a role of a class grants all of another. Computed once for each class: many Tenants share one. */
function includes (tenantClass: TenantClass, greater: string, lesser: string): boolean {
  const known = included.get(tenantClass) ?? new Map<string, boolean>()
  included.set(tenantClass, known)
  const key = `${greater} ${lesser}`
  const result = known.get(key) ?? rulesBeyond(rulesOf(tenantClass, lesser), rulesOf(tenantClass, greater)).length === 0
  known.set(key, result)
  return result
}

function rulesOf ({ spec }: TenantClass, name: string) {
  return classRoles(spec).find(role => role.name === name)?.rules ?? []
}
