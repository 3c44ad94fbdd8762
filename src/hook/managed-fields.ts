import { isFields, type Fields } from '../tenancy/fields.ts'
import { isEngineEntry } from '../tenancy/last-applied.ts'
import type { ObservedObject } from '../tenancy/observed.ts'

/** The fields that somebody else owns, alone or along with the engine, in one tree of `f:` steps. */
export function ownedByOthers ({ metadata }: ObservedObject): Fields {
  return (metadata.managedFields ?? []).filter(entry => !isEngineEntry(entry))
    .reduce<Fields>((all, { fieldsV1 = {} }) => united(all, fieldsV1), {})
}

function united (a: Fields, b: Fields): Fields {
  const common = Object.entries(b).map(([step, below]) => {
    const other = a[step]
    return [step, isFields(other) && isFields(below) ? united(other, below) : below]
  })
  return { ...a, ...Object.fromEntries(common) }
}
