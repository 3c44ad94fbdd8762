import { readFile } from 'node:fs/promises'
import { knownSubjects, type KnownSubject, type KnownSubjects } from '../../lint/known-subjects.ts'
import { InputError, throwFindings } from './input-error.ts'

const anyName = /^(\*?[^*]+|[^*]+\*)$/
const validNames: Record<KnownSubject['kind'], RegExp> = {
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
  return knownSubjects(file, entries.flatMap(({ entry }) => entry ?? []))
}

function entryOf (text: string): KnownSubject | undefined {
  const [, kind, name = ''] = /^(User|Group|ServiceAccount)\s+(.+)$/.exec(text) ?? []
  return (kind === 'User' || kind === 'Group' || kind === 'ServiceAccount') && validNames[kind].test(name) ? { kind, name } : undefined
}
