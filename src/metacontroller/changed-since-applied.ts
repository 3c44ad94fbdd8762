import { engineFieldManager } from '../api/group.ts'
import { fieldsAt, isEqualJson, isFields, type Fields } from '../kubernetes/json.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { lastAppliedOf } from './last-applied.ts'
import { fieldsOfEngine, fieldsOfOthers, isServerSideApplied } from './managed-fields.ts'
import { withoutListOrder } from './merged-lists.ts'

/** Whether a field differs from what the engine applied last. `present` is its observed value, without list order. */
export type IsChangedSinceApplied = (path: readonly string[], present: unknown) => boolean

/**
 * dynamic-apply records the applied values. server-side-apply records the owner of each field, and a change of a field
 * makes its writer the owner. An object without either is not known to have changed.
 */
export function changedSinceApplied (object: ObservedObject): IsChangedSinceApplied {
  const applied = lastAppliedOf(object)
  if (applied !== undefined) return (path, present) => !isEqualJson(stored(valueAt(applied, path)), stored(present))
  if (!isServerSideApplied(object)) return () => false
  const engine = fieldsOfEngine(object)
  const others = fieldsOfOthers({ ...object, metadata: { ...object.metadata, managedFields: entriesOfOthers(object) } })
  return (path, present) => present === undefined ? isRequired(path) : isOwnedByOthersOnly(path, engine, others)
}

/** A change of the apply strategy leaves an entry for the updates of the engine. */
function entriesOfOthers ({ metadata: { managedFields = [] } }: ObservedObject) {
  return managedFields.filter(({ manager }) => manager !== engineFieldManager)
}

function valueAt (fields: Fields, [field, ...below]: readonly string[]): unknown {
  if (field === undefined || !Object.hasOwn(fields, field)) return undefined
  const value = fields[field]
  return below.length === 0 ? value : isFields(value) ? valueAt(value, below) : undefined
}

/** As the API server stores it: without empty texts and lists. An empty list in last-applied is an absent field. */
function stored (value: unknown): unknown {
  return isEmpty(value) ? undefined : withoutListOrder(withoutEmpty(value))
}

function withoutEmpty (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty)
  if (!isFields(value)) return value
  const present = Object.entries(value).filter(([, below]) => !isEmpty(below))
  return Object.fromEntries(present.map(([field, below]) => [field, withoutEmpty(below)]))
}

function isEmpty (value: unknown): boolean {
  return value === '' || value === null || (Array.isArray(value) && value.length === 0)
}

/** A removed field has no owner. The content of an object is always declared, except the subjects of a binding. */
function isRequired ([field, ...below]: readonly string[]): boolean {
  return below.length === 0 && field !== 'subjects'
}

/**
 * Follows the `f:` steps. An owner of a whole list or map owns all that is in it.
 * @param engine undefined from the step on that the engine does not own
 */
function isOwnedByOthersOnly ([field, ...below]: readonly string[], engine: Fields | undefined, others: Fields): boolean {
  if (field === undefined) return engine === undefined || Object.keys(others).some(step => step !== '.' && !Object.hasOwn(engine, step))
  const step = `f:${field}`
  if (!Object.hasOwn(others, step)) return engine === undefined && Object.keys(others).length === 0
  return isOwnedByOthersOnly(below, Object.hasOwn(engine ?? {}, step) ? fieldsAt(engine ?? {}, step) : undefined, fieldsAt(others, step))
}
