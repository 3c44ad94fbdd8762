import { united, type Fields } from '../kubernetes/json.ts'
import { isEngineEntry } from './last-applied.ts'
import type { ObservedObject } from '../kubernetes/object.ts'

/** The fields that somebody else owns, alone or along with the engine, in one tree of `f:` steps. */
export function ownedByOthers ({ metadata }: ObservedObject): Fields {
  return (metadata.managedFields ?? []).filter(entry => !isEngineEntry(entry))
    .reduce<Fields>((all, { fieldsV1 = {} }) => united(all, fieldsV1), {})
}
