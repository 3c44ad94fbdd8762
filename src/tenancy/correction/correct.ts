import { isFields, type Fields } from '../../kubernetes/json.ts'
import { isNamespace, type KubernetesObject, type ObservedObject } from '../../kubernetes/object.ts'
import { forgottenKeys } from '../../metacontroller/forgotten-keys.ts'
import { lastAppliedOf } from '../../metacontroller/last-applied.ts'
import { fieldsOfOthers, isServerSideApplied } from '../../metacontroller/managed-fields.ts'
import type { Manifest } from '../desired/manifest.ts'
import type { Comparison, Differing } from '../drift/comparison.ts'
import { adoptUnmanagedFields } from './adopt-unmanaged-fields.ts'
import { takeOverFields } from './take-over-fields.ts'

/**
 * Returns the child by which the engine corrects all drift of an object; none where it must be recreated. Metacontroller
 * leaves alone what it has never applied, so an unmanaged field goes in two syncs: it is made the engine's, then left
 * out. How depends on the apply strategy, which the observed object tells.
 */
export function correct (comparison: Comparison): KubernetesObject[] {
  switch (comparison.action) {
    case 'create':
    case 'keep': return [comparison.manifest]
    case 'recreate': return []
    case 'correct': return [withFields(comparison.manifest, correctedFields(comparison))]
  }
}

function correctedFields ({ observed, desiredView, observedView }: Differing): Fields {
  if (isServerSideApplied(observed)) return takeOverFields(desiredView, observedView, fieldsOfOthers(observed))
  return adoptUnmanagedFields(desiredView, observedView, lastAppliedOf(observed) ?? withoutRecord(observed, observedView))
}

/**
 * Without a record nothing is adopted yet: the strategy is not known before the first apply. Of a namespace, which is never recreated, the
 * field managers tell it.
 */
function withoutRecord (observed: ObservedObject, observedView: Fields): Fields {
  return isNamespace(observed) && forgottenKeys(observed, 'labels').length > 0 ? {} : observedView
}

function withFields ({ apiVersion, kind, metadata: { name, namespace } }: Manifest, { metadata, ...content }: Fields): KubernetesObject {
  // The API server drops an empty map, so an empty one can never be declared.
  const maps = Object.entries(isFields(metadata) ? metadata : {}).filter(([, map]) => isFields(map) && Object.keys(map).length > 0)
  return { apiVersion, kind, ...content, metadata: { name, ...(namespace !== undefined && { namespace }), ...Object.fromEntries(maps) } }
}
