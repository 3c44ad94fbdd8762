import { isFields, type Difference } from '../kubernetes/json.ts'
import { plural } from '../plural.ts'

/** A field that changes, in words. */
export interface FieldChange {
  /** `labels.team`, `spec.hard.pods`. */
  field: string
  from: string
  to: string
}

const absent = '(none)'
const maxLength = 48

export function fieldChanges (differences: readonly Difference[]): FieldChange[] {
  return differences.map(({ path, from, to }) => ({ field: path.filter(step => step !== 'metadata').join('.'), ...inWords(from, to) }))
}

function inWords (from: unknown, to: unknown): { from: string, to: string } {
  const short = { from: brief(from), to: brief(to) }
  // Two long lists look alike once shortened.
  return short.from === short.to ? { from: short.from, to: `${short.to}, others` } : short
}

function brief (value: unknown): string {
  if (value === undefined) return absent
  if (typeof value === 'string') return value === '' ? '""' : shorten(value)
  if (Array.isArray(value) && value.length > 0 && value.every(isNamed)) {
    return shorten(value.map(({ kind, name }) => kind === undefined ? name : `${String(kind)} ${name}`).join(', '))
  }
  const json = JSON.stringify(value)
  if (json.length <= maxLength) return json
  return Array.isArray(value) ? plural(value.length, 'item') : shorten(json)
}

function shorten (text: string): string {
  return text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text
}

function isNamed (item: unknown): item is { name: string, kind?: unknown } {
  return isFields(item) && typeof item['name'] === 'string'
}
