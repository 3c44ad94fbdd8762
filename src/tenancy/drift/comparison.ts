import { lastAppliedAnnotation } from '../../api/group.ts'
import type { DesiredNamespace } from '../desired/desired-state.ts'
import { differences, governedPart } from './managed-view.ts'
import { isLastAppliedBroken } from '../../metacontroller/last-applied.ts'
import type { Manifest } from '../desired/manifest.ts'
import { displayName, identity, isNamespace, type Observed, type ObservedObject } from '../../kubernetes/object.ts'

/** How many objects are declared, and which of them are not as declared, judged by content. */
export interface Readiness {
  objects: number
  missing: string[]
  drifted: string[]
}

export function readinessOf (comparisons: readonly Comparison[]): Readiness {
  const named = (isMeant: (differs: Comparison['differs']) => boolean) =>
    comparisons.filter(({ differs }) => isMeant(differs)).map(({ manifest }) => displayName(manifest)).sort()
  return {
    objects: comparisons.length,
    missing: named(differs => differs === 'missing'),
    drifted: named(differs => differs !== 'missing' && differs.length > 0)
  }
}

/** A declared object, what is observed of it, and where the two differ. */
export interface Comparison {
  manifest: Manifest
  object: ObservedObject | undefined
  differs: 'missing' | string[]
}

/** What is observed of a namespace against what is desired, object by object. */
export function comparisonsOf ({ namespace, contents, reservedPrefixes }: DesiredNamespace, { children }: Observed): Comparison[] {
  return [namespace, ...contents].map(manifest => {
    const object = children.get(identity(manifest))
    if (object === undefined) return { manifest, object, differs: 'missing' }
    return { manifest, object, differs: drift(manifest, object, isNamespace(manifest) ? reservedPrefixes : []) }
  })
}

/** The paths at which an observed object is not as declared, or has something beside it that only we give. */
export function drift (manifest: Manifest, object: ObservedObject, reservedPrefixes: readonly string[] = []): string[] {
  const paths = differences(governedPart(manifest, manifest, reservedPrefixes), governedPart(object, manifest, reservedPrefixes))
  return isLastAppliedBroken(object) ? [...paths, `metadata.annotations.${lastAppliedAnnotation}`] : paths
}
