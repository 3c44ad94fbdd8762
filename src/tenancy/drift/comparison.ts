import { lastAppliedAnnotation } from '../../api/group.ts'
import { differencesBetween, isEqualJson, isFields, type Difference, type Fields } from '../../kubernetes/json.ts'
import { identity, isNamespace, type ObservedObject } from '../../kubernetes/object.ts'
import { forgottenKeys } from '../../metacontroller/forgotten-keys.ts'
import { isLastAppliedBroken } from '../../metacontroller/last-applied.ts'
import { isNeverDeleted } from '../desired/child-kinds.ts'
import type { DesiredNamespace } from '../desired/desired-state.ts'
import type { Manifest } from '../desired/manifest.ts'
import { managedPart, managedView, type Undeclared } from './managed-view.ts'

/** A desired object against the observed one. Status, correction, records and adoption all read it. */
export type Comparison = Missing | Existing
export type Existing = UpToDate | Differing

interface Missing {
  action: 'create'
  manifest: Manifest
  observed: undefined
}

interface UpToDate {
  action: 'keep'
  manifest: Manifest
  observed: ObservedObject
  differences: readonly never[]
}

export interface Differing {
  /** `recreate`: the drift cannot be corrected in place, so the object is deleted and created in the next sync. */
  action: 'correct' | 'recreate'
  manifest: Manifest
  observed: ObservedObject
  /** The managed views: the desired and the observed one. */
  desiredView: Fields
  observedView: Fields
  /** From the observed to the desired view. */
  differences: readonly Difference[]
}

/** Compares the namespace and each of its objects. */
export function compareAll (
  { namespace, contents, reservedPrefixes }: DesiredNamespace, children: ReadonlyMap<string, ObservedObject>
): Comparison[] {
  return [namespace, ...contents].map(manifest => compare(manifest, children.get(identity(manifest)), reservedPrefixes))
}

export function compare (manifest: Manifest, observed: ObservedObject | undefined, reservedPrefixes: readonly string[] = []): Comparison {
  if (observed === undefined) return { action: 'create', manifest, observed }
  const undeclared = isNamespace(manifest) ? undeclaredOf(observed, reservedPrefixes) : none
  const upToDate: Comparison = { action: 'keep', manifest, observed, differences: [] }
  // In steady state lists have the declared order too, so most objects need no views.
  const isEqual = isEqualJson(managedPart(observed, manifest, undeclared), managedPart(manifest, manifest, undeclared))
  if (isEqual && !isLastAppliedBroken(observed)) return upToDate
  const desiredView = managedView(manifest, manifest, undeclared)
  const observedView = managedView(observed, manifest, undeclared)
  const differences = [...differencesBetween(observedView, desiredView).filter(hasMeaning), ...brokenLastApplied(observed)]
  if (differences.length === 0) return upToDate
  return { action: mustRecreate(manifest, observed) ? 'recreate' : 'correct', manifest, observed, desiredView, observedView, differences }
}

const none: Undeclared = { prefixes: [], labels: [], annotations: [] }

/** Only a namespace has labels and annotations of its class and its Tenant, which change. */
function undeclaredOf (observed: ObservedObject, prefixes: readonly string[]): Undeclared {
  return { prefixes, labels: forgottenKeys(observed, 'labels'), annotations: forgottenKeys(observed, 'annotations') }
}

/** An empty map that is not declared says nothing. */
function hasMeaning ({ from, to }: Difference): boolean {
  return to !== undefined || !isFields(from) || Object.keys(from).length > 0
}

export function differingPaths (comparison: Comparison): string[] {
  return comparison.action === 'create' ? [] : pathsOf(comparison.differences)
}

/** `spec.hard.pods`, as status and records name a field. */
export function pathsOf (differences: readonly Difference[]): string[] {
  return differences.map(({ path }) => path.join('.'))
}

function brokenLastApplied (observed: ObservedObject): Difference[] {
  if (!isLastAppliedBroken(observed)) return []
  const from = observed.metadata.annotations?.[lastAppliedAnnotation]
  return [{ path: ['metadata', 'annotations', lastAppliedAnnotation], from, to: undefined }]
}

function mustRecreate (manifest: Manifest, observed: ObservedObject): boolean {
  if (isNeverDeleted(manifest)) return false
  // roleRef is immutable: a binding to another role would keep granting its permissions.
  const roleRef = 'roleRef' in manifest ? manifest.roleRef : undefined
  return isLastAppliedBroken(observed) || !isEqualJson(roleRef, observed['roleRef'])
}
