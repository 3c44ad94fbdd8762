import type { KubeObject } from '../cluster/kube-object.ts'
import { nameOf } from './object-map.ts'
import { controllerOf } from './owner.ts'

export interface Store {
  get (name: string): KubeObject | undefined
  all (): KubeObject[]
  /** The objects whose controller has this uid. */
  controlledBy (uid: string): KubeObject[]
  /** The objects without a controller. */
  orphans (): KubeObject[]
  /** Returns the replaced object of the same name. */
  set (object: KubeObject): KubeObject | undefined
  delete (object: KubeObject): void
}

const noController = ''

/** Stores objects of one kind by name and by controller: a sync must not iterate over those of all tenants. */
export function createStore (): Store {
  const byName = new Map<string, KubeObject>()
  const byController = new Map<string, Map<string, KubeObject>>()
  const controllerUid = (object: KubeObject) => controllerOf(object)?.uid ?? noController
  const of = (uid: string) => [...byController.get(uid)?.values() ?? []]

  function forget (name: string): KubeObject | undefined {
    const before = byName.get(name)
    if (before === undefined) return undefined
    byName.delete(name)
    const siblings = byController.get(controllerUid(before))
    siblings?.delete(name)
    if (siblings?.size === 0) byController.delete(controllerUid(before))
    return before
  }

  return {
    get: name => byName.get(name),
    all: () => [...byName.values()],
    controlledBy: uid => of(uid),
    orphans: () => of(noController),
    set (object) {
      const name = nameOf(object)
      const before = forget(name)
      byName.set(name, object)
      const siblings = byController.get(controllerUid(object)) ?? new Map<string, KubeObject>()
      byController.set(controllerUid(object), siblings.set(name, object))
      return before
    },
    delete: object => { forget(nameOf(object)) }
  }
}
