import { fieldsAt, isFields } from '../kubernetes/json.ts'

/** Somebody who has a role in the namespace. */
export interface Right {
  /** `User ada@acme.example`, `ServiceAccount ci/deployer`. */
  subject: string
  /** `Role/tenant-admin`, `ClusterRole/edit`. */
  role: string
}

export interface PeopleChanges {
  gained: Right[]
  lost: Right[]
  /** They keep their role, whose rules become others. */
  otherRules: Right[]
}

interface KubeObject { kind: string, [field: string]: unknown }

/** Who gains and who loses rights between two states of a namespace, by all the bindings in it, whoever made them. */
export function peopleChanges (before: readonly KubeObject[], after: readonly KubeObject[], rolesThatChange: ReadonlySet<string>): PeopleChanges {
  const [had, have] = [rightsIn(before), rightsIn(after)]
  const without = (rights: Map<string, Right>, others: Map<string, Right>) => [...rights].filter(([key]) => !others.has(key)).map(([, right]) => right)
  return {
    gained: without(have, had),
    lost: without(had, have),
    otherRules: [...have].filter(([key, { role }]) => had.has(key) && rolesThatChange.has(role)).map(([, right]) => right)
  }
}

function rightsIn (objects: readonly KubeObject[]): Map<string, Right> {
  const rights = objects.filter(({ kind }) => kind === 'RoleBinding').flatMap(binding => {
    const { kind, name } = fieldsAt(binding, 'roleRef')
    const subjects = Array.isArray(binding['subjects']) ? binding['subjects'].filter(isFields) : []
    return subjects.map(subject => ({ subject: subjectName(subject), role: `${String(kind)}/${String(name)}` }))
  })
  const sorted = rights.map(right => [`${right.role} ${right.subject}`, right] as const).sort(([a], [b]) => a < b ? -1 : 1)
  return new Map(sorted)
}

function subjectName ({ kind, name, namespace }: Record<string, unknown>): string {
  return `${String(kind)} ${namespace === undefined ? '' : `${String(namespace)}/`}${String(name)}`
}
