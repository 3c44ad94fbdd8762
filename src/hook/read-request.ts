import { identity, type Observed, type ObservedObject } from '../kubernetes/object.ts'
import { childKinds, kindKey, namespaceKey, tenantClassKey } from '../tenancy/desired/child-kinds.ts'
import type { SyncRequest } from './schema.ts'

/** The maps of the wire, indexed by what the objects themselves say they are. */
export function observedIn ({ children, related }: SyncRequest): Observed {
  const owned: ObservedObject[] = Object.values(children).flatMap(ofKind => Object.values(ofKind))
  return {
    children: new Map(owned.map(object => [identity(object), object])),
    namespaces: byName(related?.[namespaceKey]),
    classes: byName(related?.[tenantClassKey]),
    kindsNotSent: childKinds.map(kindKey).filter(key => !Object.hasOwn(children, key))
  }
}

function byName (objects: Record<string, ObservedObject> | undefined): Map<string, ObservedObject> | undefined {
  return objects === undefined ? undefined : new Map(Object.values(objects).map(object => [object.metadata.name, object]))
}
