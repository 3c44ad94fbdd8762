import { subjectLists } from '../../api/subject-lists.ts'
import { serviceAccountPrefixes, type Subject } from '../../api/subject.ts'
import { namespaceName, type Tenant } from '../../api/tenant.ts'
import { onOneLine } from '../output/print.ts'
import { at, type Sourced } from './manifest-set.ts'

/** Warns of what a valid Tenant allows, and its author may not expect. */
export function tenantWarnings ({ object, source }: Sourced<Tenant>): string[] {
  const own = namespaceName(object)
  const lists = subjectLists(object.spec).filter(({ role }) => role !== 'viewer')
  return lists.flatMap(({ subjects, path }) => subjects.flatMap((subject, index) => {
    if (!isServiceAccountIn(own, subject)) return []
    const message = `${subject.name} is a ServiceAccount in the namespace of this Tenant: anyone who may create pods there can act as ` +
      'it, and a running pod keeps its access when theirs ends. Use a ServiceAccount of another namespace.'
    return [onOneLine(at(source, { path: [...path, index], message }))]
  }))
}

/** True for each way to name one: as an object, as a user, and all of the namespace as a group. */
function isServiceAccountIn (namespace: string, subject: Subject): boolean {
  if (subject.kind === 'ServiceAccount') return subject.namespace === namespace
  const [user, group] = serviceAccountPrefixes
  return subject.kind === 'User' ? subject.name.startsWith(`${user}${namespace}:`) : subject.name === `${group}${namespace}`
}
