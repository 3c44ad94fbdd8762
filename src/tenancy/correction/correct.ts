import { Value } from '@sinclair/typebox/value'
import { isFields, type Fields } from '../../kubernetes/json.ts'
import { governedPart } from '../drift/managed-view.ts'
import { isKeptInPlace } from './never-deleted.ts'
import { isLastAppliedBroken, isServerSideApplied, lastAppliedOf } from '../../metacontroller/last-applied.ts'
import type { Manifest } from '../desired/manifest.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'
import { withForeignOnce } from './adopt-unmanaged-fields.ts'
import { withForeignTaken } from './take-over-fields.ts'
import { ownedByOthers } from '../../metacontroller/managed-fields.ts'

/**
 * What to return for a declared object so that all drift goes away, also what somebody added to it. Metacontroller leaves alone
 * what it has never applied, so a foreign field goes in two steps, each answered by what is observed: first it is made
 * the engine's, then it is left out. How it is made the engine's depends on the apply strategy, which is read from the object.
 */
export function healing (manifest: Manifest, object: ObservedObject | undefined, reservedPrefixes: readonly string[] = []): Manifest[] {
  if (object === undefined) return [manifest]
  if (mustBeMadeAnew(manifest, object)) return []
  const declared = governedPart(manifest, manifest, reservedPrefixes)
  const observed = governedPart(object, manifest, reservedPrefixes)
  const lastApplied = lastAppliedOf(object)
  if (isServerSideApplied(object)) return [withPart(manifest, withForeignTaken(declared, observed, ownedByOthers(object)))]
  return [lastApplied === undefined ? manifest : withPart(manifest, withForeignOnce(declared, observed, lastApplied))]
}

/** What cannot be put right in place goes, by being left out of the answer, and is made anew in the sync that follows. */
export function mustBeMadeAnew (manifest: Manifest, object: ObservedObject): boolean {
  if (isKeptInPlace(manifest)) return false
  // roleRef cannot be changed: a binding to another role would stay, and with it the rights that it gives.
  return isLastAppliedBroken(object) || !Value.Equal(manifest['roleRef'], object['roleRef'])
}

function withPart ({ apiVersion, kind, metadata: { name, namespace } }: Manifest, { metadata, ...content }: Fields): Manifest {
  // The API server drops an empty map, so an empty one can never be declared.
  const maps = Object.entries(isFields(metadata) ? metadata : {}).filter(([, map]) => isFields(map) && Object.keys(map).length > 0)
  return { apiVersion, kind, ...content, metadata: { name, ...(namespace !== undefined && { namespace }), ...Object.fromEntries(maps) } }
}
