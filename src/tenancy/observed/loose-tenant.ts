import { entryKey, specOfEntry } from '../../api/further-namespace.ts'
import { builtInRoles, roleSubjects } from '../../api/role-names.ts'
import { maxClassNameLength, namespaceName } from '../../api/tenant.ts'
import { compareText } from '../../kubernetes/compare-text.ts'
import { isFields, textAt, type Fields } from '../../kubernetes/json.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'
import { isSubject, type ListedSubject, type SubjectsByRole } from '../subjects/listed-subjects.ts'

/** A Tenant as Metacontroller sends it: name and uid are known, its spec is not validated. */
export interface ObservedTenant extends ObservedObject {
  metadata: ObservedObject['metadata'] & { uid: string, generation: number }
  /** The key of its entry in spec.namespaces, where the object is the TenantNamespace of one. */
  entry?: string
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
  /** Undefined where no class can have the name. */
  className: string | undefined
  paused: boolean
  cordoned: boolean
  subjects: SubjectsByRole
  /** By key, the entries of spec.namespaces that can be read. */
  entries: ReadonlyMap<string, SubjectsByRole>
}

/** Reads a spec of any shape. */
export function readLooseTenant ({ metadata, spec, entry }: ObservedTenant): LooseTenant {
  const fields = isFields(spec) ? spec : undefined
  const name = fields?.['name']
  return {
    name: metadata.name,
    namespace: typeof name === 'string' ? namespaceName({ metadata, spec: { name }, ...(entry !== undefined && { entry }) }) : undefined,
    className: classNameIn(fields),
    paused: fields?.['paused'] === true,
    cordoned: fields?.['cordoned'] === true,
    subjects: subjectsByRole(fields),
    entries: entriesIn(fields)
  }
}

function classNameIn (spec: Fields = {}): string | undefined {
  const className = textAt(spec, 'className')
  return className === '' || className.length > maxClassNameLength ? undefined : className
}

function entriesIn (spec: Fields = {}): LooseTenant['entries'] {
  const { namespaces } = spec
  return new Map((Array.isArray(namespaces) ? namespaces : []).filter(isFields)
    .map(entry => [entryKey(entry), subjectsByRole(specOfEntry(spec, entry))]))
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
