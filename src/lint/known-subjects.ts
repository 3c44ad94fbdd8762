import { closest, distance } from 'fastest-levenshtein'
import { subjectLists } from '../api/subject-lists.ts'
import type { Subject } from '../api/subject.ts'
import type { TenantOfEntry } from '../tenancy/desired/tenant-of-entry.ts'
import { findingAt, type Finding } from './finding.ts'
import type { Sourced } from './source.ts'

/** A name, or a pattern with `*` for any text at its start or its end. */
export interface KnownSubject { kind: Subject['kind'], name: string }

/** The subjects that exist, as far as a file says: Kubernetes accepts any name of a user or group, and a mistyped one gets no access. */
export interface KnownSubjects {
  file: string
  has: (kind: Subject['kind'], name: string) => boolean
  /** The most similar name, in a sentence with a space after it; empty where no name is similar. */
  suggestion: (kind: Subject['kind'], name: string) => string
}

const kinds = ['User', 'Group', 'ServiceAccount'] as const

/** To compare a name with all others takes milliseconds, and a file may lack all names of the Tenants. */
const maxSuggestions = 200

/** Indexes the entries of a file by their names: Tenants may have tens of thousands of subjects. */
export function knownSubjects (file: string, entries: readonly KnownSubject[]): KnownSubjects {
  const namesOf = (kind: Subject['kind'], isPattern: boolean) =>
    new Set(entries.filter(entry => entry.kind === kind && entry.name.includes('*') === isPattern).map(({ name }) => name))
  const names = { User: namesOf('User', false), Group: namesOf('Group', false), ServiceAccount: namesOf('ServiceAccount', false) }
  const patterns = { User: namesOf('User', true), Group: namesOf('Group', true), ServiceAccount: namesOf('ServiceAccount', true) }
  const has: KnownSubjects['has'] = (kind, name) => names[kind].has(name) || [...patterns[kind]].some(pattern => matches(pattern, name))
  const suggestions = new Map<string, string>()
  const suggestion: KnownSubjects['suggestion'] = (kind, name) => {
    const key = `${kind} ${name}`
    const found = suggestions.get(key) ?? (suggestions.size < maxSuggestions ? suggest(kind, name, { has, names: [...names[kind]] }) : '')
    if (suggestions.size < maxSuggestions) suggestions.set(key, found)
    return found
  }
  return { file, has, suggestion }
}

/** Lists the subjects of a Tenant that are not known, each at its line, with the most similar name. */
export function unknownSubjects ({ object, source }: Sourced<TenantOfEntry>, { file, has, suggestion }: KnownSubjects): Finding[] {
  return subjectLists(object.spec).flatMap(({ subjects, path }) => subjects.flatMap((subject, index) => {
    const name = subject.kind === 'ServiceAccount' ? `${subject.namespace}/${subject.name}` : subject.name
    if (has(subject.kind, name)) return []
    const message = `${subject.kind} ${name} is not in ${file}. ${suggestion(subject.kind, name)}Correct it, or add it to the file.`
    return [findingAt(source, 'unknown-subject', { path: [...path, index], message })]
  }))
}

function matches (pattern: string, text: string): boolean {
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text.endsWith(pattern.slice(1))
}

/** A name of another kind, or one that differs in a third of its characters at most. */
function suggest (kind: Subject['kind'], name: string, { has, names }: Pick<KnownSubjects, 'has'> & { names: string[] }): string {
  const other = kinds.find(each => each !== kind && has(each, name))
  if (other !== undefined) return `It is known as a ${other}. `
  const nearest = names.length === 0 ? undefined : closest(name, names)
  return nearest !== undefined && distance(name, nearest) <= Math.max(1, name.length / 3) ? `Did you mean ${nearest}? ` : ''
}
