import type { KubeObject } from '../cluster/kube-object.ts'
import { selects, type LabelSelector } from './label-selector.ts'
import { controllerOf } from './owner.ts'

export interface Claim {
  /** Ours already, and still selected. */
  kept: KubeObject[]
  /** Owned by nobody and selected: they get our ownerReference, and are then children like the others. */
  adopt: KubeObject[]
  /** Ours and no longer selected: they lose our ownerReference, and are not seen again. */
  release: KubeObject[]
}

/** Whose the objects of a child kind are. A parent that is being deleted keeps what it has, and adopts and releases nothing. */
export function claim (parent: KubeObject, selector: LabelSelector, objects: KubeObject[]): Claim {
  const going = parent.metadata.deletionTimestamp !== undefined
  const selected = (object: KubeObject) => selects(selector, object.metadata.labels)
  const ours = objects.filter(object => controllerOf(object)?.uid === parent.metadata.uid)
  const orphans = objects.filter(object => controllerOf(object) === undefined && object.metadata.deletionTimestamp === undefined)
  return {
    kept: ours.filter(selected),
    adopt: going ? [] : orphans.filter(selected),
    release: going ? [] : ours.filter(object => !selected(object))
  }
}
