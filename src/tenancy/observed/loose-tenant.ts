import { builtInRoles, roleSubjects } from '../../api/role-names.ts'
import { namespaceName } from '../../api/tenant.ts'
import { compareText } from '../../kubernetes/compare-text.ts'
import { isFields, type Fields } from '../../kubernetes/json.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'
import { isSubject, type ListedSubject, type SubjectsByRole } from '../subjects/listed-subjects.ts'

/** A Tenant as Metacontroller sends it: name and uid are known, its spec is not validated. */
export interface ObservedTenant extends ObservedObject {
  metadata: ObservedObject['metadata'] & { uid: string, generation: number }
}

/** Whose objects are judged: a tenant, in one namespace. */
export interface Owner {
  /** metadata.name of the Tenant. */
  name: string
  /** Undefined where spec.name cannot be read. */
  namespace: string | undefined
}

/** The parts of a spec that take effect even while it is invalid: on hold, access is revoked and pods are refused. */
export interface LooseTenant extends Owner {
  paused: boolean
  cordoned: boolean
  subjects: SubjectsByRole
}

/** Reads a spec of any shape. */
export function readLooseTenant ({ metadata, spec }: ObservedTenant): LooseTenant {
  const fields = isFields(spec) ? spec : undefined
  const name = fields?.['name']
  return {
    name: metadata.name,
    namespace: typeof name === 'string' ? namespaceName({ metadata, spec: { name } }) : undefined,
    paused: fields?.['paused'] === true,
    cordoned: fields?.['cordoned'] === true,
    subjects: subjectsByRole(fields)
  }
}

function subjectsByRole (spec: Fields | undefined): SubjectsByRole {
  const builtIn = builtInRoles.map(role => [role, subjectsIn(spec, roleSubjects[role])] as const)
  const roles = spec !== undefined && !Object.hasOwn(spec, 'roles') ? {} : spec?.['roles']
  if (!isFields(roles)) return { lists: new Map(builtIn), others: undefined }
  const names = Object.keys(roles).filter(name => !builtInRoles.some(role => role === name)).sort(compareText)
  return { lists: new Map([...builtIn, ...names.map(name => [name, subjectsIn(roles, name)] as const)]), others: [] }
}

function subjectsIn (fields: Fields | undefined, field: string): ListedSubject[] | undefined {
  if (fields === undefined) return undefined
  const listed = Object.hasOwn(fields, field) ? fields[field] : []
  return Array.isArray(listed) ? listed.filter(isSubject) : undefined
}
