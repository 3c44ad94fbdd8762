import type { Role, RoleBinding, Subject } from 'kubernetes-types/rbac/v1.js'

const changing = ['create', 'update', 'patch', 'delete', 'deletecollection', '*']

/** The number of resources in a role: `may change 31 resources, read 4 more`. */
export function describeRole ({ rules = [] }: Role): string[][] {
  const changed = new Set<string>()
  const read = new Set<string>()
  for (const { apiGroups = [], resources = [], verbs } of rules) {
    const target = verbs.some(verb => changing.includes(verb)) ? changed : read
    for (const group of apiGroups) for (const resource of resources) target.add(`${group}/${resource}`)
  }
  const more = [...read].filter(resource => !changed.has(resource)).length
  const parts = [
    ...(changed.size > 0 ? [`may change ${changed.size} resources`] : []),
    ...(more > 0 ? [changed.size > 0 ? `read ${more} more` : `may read ${more} resources`] : [])
  ]
  return [[parts.length === 0 ? 'no permissions' : parts.join(', ')]]
}

export function describeBinding ({ subjects = [] }: RoleBinding): string[][] {
  return subjects.length === 0 ? [['no subjects']] : subjects.map(subject => [subject.kind, subjectName(subject)])
}

function subjectName ({ name, namespace }: Subject): string {
  return namespace === undefined ? name : `${namespace}/${name}`
}
