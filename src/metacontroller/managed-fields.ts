import { engineFieldManager } from '../api/group.ts'
import { mergeFields, type Fields } from '../kubernetes/json.ts'
import type { ManagedFieldsEntry, ObservedObject } from '../kubernetes/object.ts'

/** True where the engine applies with server-side apply: it then writes no last-applied annotation. */
export function isServerSideApplied ({ metadata }: ObservedObject): boolean {
  return metadata.managedFields?.some(isEngineEntry) === true
}

/** True for the fields that the engine has applied; its updates set the status and ownerReferences only. */
export function isEngineEntry (entry: ManagedFieldsEntry): boolean {
  return isEntryOfEngine(entry, 'Apply')
}

function isEntryOfEngine ({ manager, operation, subresource }: ManagedFieldsEntry, wanted: 'Apply' | 'Update'): boolean {
  return manager === engineFieldManager && operation === wanted && subresource === undefined
}

/** The fields that updates of the engine have set and nothing has changed since, as a tree of `f:` steps: those of dynamic-apply. */
export function fieldsOfUpdates ({ metadata }: ObservedObject): Fields {
  return metadata.managedFields?.find(entry => isEntryOfEngine(entry, 'Update'))?.fieldsV1 ?? {}
}

/** The fields that the engine has applied, as a tree of `f:` steps. */
export function fieldsOfEngine ({ metadata }: ObservedObject): Fields {
  return metadata.managedFields?.find(isEngineEntry)?.fieldsV1 ?? {}
}

/** The fields with another owner, shared ones included, as one tree of `f:` steps. */
export function fieldsOfOthers ({ metadata }: ObservedObject): Fields {
  return (metadata.managedFields ?? []).filter(entry => !isEngineEntry(entry))
    .reduce<Fields>((all, { fieldsV1 = {} }) => mergeFields(all, fieldsV1), {})
}
