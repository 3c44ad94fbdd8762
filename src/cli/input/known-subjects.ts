import { readFile } from 'node:fs/promises'
import { closest, distance } from 'fastest-levenshtein'
import { subjectLists } from '../../api/subject-lists.ts'
import type { Subject } from '../../api/subject.ts'
import type { Tenant } from '../../api/tenant.ts'
import { InputError, throwFindings } from './input-error.ts'
import { at, type Sourced } from './manifest-set.ts'

/** The subjects that exist, as far as a file says: Kubernetes accepts any name of a user or group, and a mistyped one gets no access. */
export interface KnownSubjects { file: string, entries: Entry[] }

/** A name, or a pattern with `*` for any text at its start or its end. */
interface Entry { kind: Subject['kind'], name: string }

const anyName = /^(\*?[^*]+|[^*]+\*)$/
const validNames: Record<Entry['kind'], RegExp> = {
  User: anyName,
  Group: anyName,
  ServiceAccount: /^[^*/\s]+\/([^*/\s]+|[^*/\s]*\*)$/
}

/** @throws InputError if there is no such file, or a line has another form */
export async function readKnownSubjects (file: string): Promise<KnownSubjects> {
  const text = await readFile(file, 'utf8').catch(() => { throw new InputError(`${file}: no such file. Check the path.`) })
  // A name may have spaces, and # without a space before it.
  const lines = text.split(/\r?\n/).map((text, index) => ({ number: index + 1, text: text.replace(/(^|\s)#.*$/, '').trim() }))
    .filter(({ text }) => text !== '')
  const entries = lines.map(({ number, text }) => ({ number, entry: entryOf(text) }))
  throwFindings(entries.filter(({ entry }) => entry === undefined).map(({ number }) => `${file}:${number}: write one subject: ` +
    'User NAME, Group NAME or ServiceAccount NAMESPACE/NAME. A name may begin or end with *'))
  return { file, entries: entries.flatMap(({ entry }) => entry ?? []) }
}

function entryOf (text: string): Entry | undefined {
  const [, kind, name = ''] = /^(User|Group|ServiceAccount)\s+(.+)$/.exec(text) ?? []
  return (kind === 'User' || kind === 'Group' || kind === 'ServiceAccount') && validNames[kind].test(name) ? { kind, name } : undefined
}

/** Lists the subjects of a Tenant that are not known, each at its line, with the most similar name. */
export function unknownSubjects ({ object, source }: Sourced<Tenant>, { file, entries }: KnownSubjects): string[] {
  return subjectLists(object.spec).flatMap(({ subjects, path }) => subjects.flatMap((subject, index) => {
    const name = subject.kind === 'ServiceAccount' ? `${subject.namespace}/${subject.name}` : subject.name
    if (entries.some(entry => entry.kind === subject.kind && matches(entry, name))) return []
    const message = `${subject.kind} ${name} is not in ${file}. ${suggestion(subject.kind, name, entries)}` +
      'Correct it, or add it to the file.'
    return [at(source, { path: [...path, index], message })]
  }))
}

function matches ({ name }: Entry, text: string): boolean {
  if (name.endsWith('*')) return text.startsWith(name.slice(0, -1))
  return name.startsWith('*') ? text.endsWith(name.slice(1)) : name === text
}

/** A name of another kind, or one that differs in a third of its characters at most. */
function suggestion (kind: Subject['kind'], name: string, entries: readonly Entry[]): string {
  const other = entries.find(entry => matches(entry, name))
  if (other !== undefined) return `It is known as a ${other.kind}. `
  const names = entries.filter(entry => entry.kind === kind && !entry.name.includes('*')).map(entry => entry.name)
  const nearest = names.length === 0 ? undefined : closest(name, names)
  return nearest !== undefined && distance(name, nearest) <= Math.max(1, name.length / 3) ? `Did you mean ${nearest}? ` : ''
}
