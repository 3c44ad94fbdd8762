import { isFields, united, type Fields } from '../kubernetes/json.ts'
import { isEngineEntry, lastAppliedOf } from './last-applied.ts'
import type { Manifest } from '../tenancy/desired/manifest.ts'
import type { ObservedObject } from '../kubernetes/object.ts'

/**
 * The observed object cut down to the fields that the engine has applied. Returned as a desired child it changes nothing
 * under either apply strategy: a full copy would claim fields of other tools, a smaller one would drop fields of ours.
 */
export function asApplied (object: ObservedObject): Manifest {
  // Of both strategies, for a cluster where it has been changed: both hold observed values, so they cannot disagree.
  const { metadata, ...content } = united(byLastApplied(object), byManagedFields(object))
  const { labels, annotations } = isFields(metadata) ? metadata : {}
  return {
    ...content,
    ...byIdentity(object),
    metadata: {
      ...byIdentity(object).metadata,
      ...(isStringMap(labels) && { labels }),
      ...(isStringMap(annotations) && { annotations })
    }
  }
}

function byIdentity ({ apiVersion, kind, metadata: { name, namespace } }: ObservedObject): Manifest {
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } }
}

/** dynamic-apply: the fields that its annotation lists, as observed. */
function byLastApplied (object: ObservedObject): Fields {
  const applied = lastAppliedOf(object)
  return applied === undefined ? {} : sameFields(applied, object)
}

function sameFields (applied: Fields, observed: Fields): Fields {
  return Object.fromEntries(Object.entries(applied)
    .filter(([field]) => Object.hasOwn(observed, field))
    .map(([field, value]) => {
      const present = observed[field]
      return [field, isFields(value) && isFields(present) ? sameFields(value, present) : present]
    }))
}

/** server-side-apply: the fields that the engine owns, as observed. */
function byManagedFields (object: ObservedObject): Fields {
  const entry = object.metadata.managedFields?.find(isEngineEntry)
  return entry?.fieldsV1 === undefined ? {} : ownedFields(entry.fieldsV1, object)
}

/** Of `f:name` to what is owned below it. Lists are taken whole: in the kinds that we declare they are atomic. */
function ownedFields (owned: Fields, observed: Fields): Fields {
  return Object.fromEntries(Object.entries(owned)
    .filter(([step]) => step.startsWith('f:') && Object.hasOwn(observed, step.slice(2)))
    .map(([step, below]) => {
      const field = step.slice(2)
      const present = observed[field]
      const goesDeeper = isFields(below) && Object.keys(below).some(key => key.startsWith('f:'))
      return [field, goesDeeper && isFields(present) ? ownedFields(below, present) : present]
    }))
}

function isStringMap (value: unknown): value is Record<string, string> {
  return isFields(value) && Object.keys(value).length > 0 && Object.values(value).every(item => typeof item === 'string')
}
