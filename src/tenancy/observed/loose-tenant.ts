import { namespaceName, roleNames, roleSubjects } from '../../api/tenant.ts'
import { isFields, type Fields } from '../../kubernetes/json.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'
import { isSubject, type SubjectsByRole } from '../subjects/listed-subjects.ts'

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
    // fromEntries loses the keys
    subjects: Object.fromEntries(roleNames.map(role => [role, subjectsIn(fields, roleSubjects[role])])) as SubjectsByRole
  }
}

function subjectsIn (spec: Fields | undefined, field: string): SubjectsByRole['admin'] {
  if (spec === undefined) return undefined
  const listed = Object.hasOwn(spec, field) ? spec[field] : []
  return Array.isArray(listed) ? listed.filter(isSubject) : undefined
}
