import type { KubeObject } from '../cluster/kube-object.ts'
import { selects, type LabelSelector } from './label-selector.ts'
import { controllerOf } from './owner.ts'

export interface Claim {
  /** Controlled by the parent, and still selected. */
  kept: KubeObject[]
  /** Without a controller, and selected: they get the ownerReference, and are children from then on. */
  adopt: KubeObject[]
  /** Controlled by the parent, and no longer selected: they lose the ownerReference. */
  release: KubeObject[]
}

/** Sorts the objects of a child kind. A terminating parent keeps its children, and adopts and releases none. */
export function claim (parent: KubeObject, selector: LabelSelector, objects: KubeObject[]): Claim {
  const isTerminating = parent.metadata.deletionTimestamp !== undefined
  const isSelected = (object: KubeObject) => selects(selector, object.metadata.labels)
  const owned = objects.filter(object => controllerOf(object)?.uid === parent.metadata.uid)
  const orphans = objects.filter(object => controllerOf(object) === undefined && object.metadata.deletionTimestamp === undefined)
  return {
    kept: owned.filter(isSelected),
    adopt: isTerminating ? [] : orphans.filter(isSelected),
    release: isTerminating ? [] : owned.filter(object => !isSelected(object))
  }
}
