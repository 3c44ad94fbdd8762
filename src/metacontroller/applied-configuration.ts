import { isFields, mergeFields, type Fields } from '../kubernetes/json.ts'
import type { KubernetesObject, ObservedObject } from '../kubernetes/object.ts'
import { lastAppliedOf } from './last-applied.ts'
import { fieldsOfEngine } from './managed-fields.ts'

/**
 * Reduces an observed object to the fields that the engine has applied. Returned as a child, it changes nothing under
 * either apply strategy: a full copy would claim fields of other tools, a smaller one would drop managed fields.
 */
export function appliedConfiguration (object: ObservedObject): KubernetesObject {
  // After a change of strategy both have entries: both hold observed values, so they agree.
  const byLastApplied = observedValues(lastAppliedOf(object) ?? {}, object)
  const { metadata, ...content } = mergeFields(byLastApplied, ownedFields(fieldsOfEngine(object), object))
  const { labels, annotations } = isFields(metadata) ? metadata : {}
  const { apiVersion, kind, metadata: { name, namespace } } = object
  return {
    ...content,
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(isStringMap(labels) && { labels }),
      ...(isStringMap(annotations) && { annotations })
    }
  }
}

/** dynamic-apply: the fields in the last-applied annotation, with their observed values. */
function observedValues (applied: Fields, observed: Fields): Fields {
  return Object.fromEntries(Object.entries(applied).filter(([field]) => Object.hasOwn(observed, field))
    .map(([field, value]) => {
      const present = observed[field]
      return [field, isFields(value) && isFields(present) ? observedValues(value, present) : present]
    }))
}

/**
 * server-side-apply: the fields that the engine owns, with their observed values. Follows the `f:` steps. Lists are taken
 * whole: they are atomic in the kinds that we declare.
 */
function ownedFields (owned: Fields, observed: Fields): Fields {
  return Object.fromEntries(Object.entries(owned).filter(([step]) => step.startsWith('f:') && Object.hasOwn(observed, step.slice(2)))
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
