import { Value } from '@sinclair/typebox/value'
import { isFields, type Fields } from '../kubernetes/json.ts'

/** One field of an object that gets another value, in the words of a person. */
export interface FieldChange {
  /** `labels.team`, `spec.hard.pods`. */
  field: string
  from: string
  to: string
}

const absent = '(none)'
const longest = 48

/** What differs between two objects, field by field; a list is one field. */
export function fieldChanges (from: Fields, to: Fields, path: readonly string[] = []): FieldChange[] {
  const fields = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort()
  return fields.flatMap(field => changesOf([...path, field], from[field], to[field]))
}

function changesOf (path: string[], from: unknown, to: unknown): FieldChange[] {
  if (Value.Equal(from, to)) return []
  if (isFields(from) || isFields(to)) {
    if ((isFields(from) || from === undefined) && (isFields(to) || to === undefined)) return fieldChanges(from ?? {}, to ?? {}, path)
  }
  return [{ field: path.filter(step => step !== 'metadata').join('.'), ...inWords(from, to) }]
}

function inWords (from: unknown, to: unknown): { from: string, to: string } {
  const short = { from: brief(from), to: brief(to) }
  // Two lists that are too long to be shown would read alike.
  return short.from === short.to ? { from: short.from, to: `${short.to}, others` } : short
}

function brief (value: unknown): string {
  if (value === undefined) return absent
  if (typeof value === 'string') return value === '' ? '""' : shortened(value)
  if (Array.isArray(value) && value.length > 0 && value.every(isNamed)) return shortened(value.map(({ kind, name }) => kind === undefined ? name : `${String(kind)} ${name}`).join(', '))
  const json = JSON.stringify(value)
  if (json.length <= longest) return json
  return Array.isArray(value) ? `${value.length} ${value.length === 1 ? 'item' : 'items'}` : shortened(json)
}

function shortened (text: string): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text
}

function isNamed (item: unknown): item is { name: string, kind?: unknown } {
  return isFields(item) && typeof item['name'] === 'string'
}
