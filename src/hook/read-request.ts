import { apiVersion } from '../api/group.ts'
import { identity, type ObservedObject } from '../kubernetes/object.ts'
import { kindKey } from '../metacontroller/kind-key.ts'
import { childKinds } from '../tenancy/desired/child-kinds.ts'
import type { ObservedState } from '../tenancy/observed/observed-state.ts'
import type { SyncRequest } from './schema.ts'

/** Indexes the objects of a request by their own identity, not by the keys of the request. */
export function readRequest ({ children, related }: SyncRequest): ObservedState {
  const owned: ObservedObject[] = Object.values(children).flatMap(ofKind => Object.values(ofKind))
  return {
    children: new Map(owned.map(object => [identity(object), object])),
    namespaces: byName(related?.[kindKey({ apiVersion: 'v1', kind: 'Namespace' })]),
    classes: byName(related?.[kindKey({ apiVersion, kind: 'TenantClass' })]),
    missingKinds: childKinds.map(kindKey).filter(key => !Object.hasOwn(children, key))
  }
}

function byName (objects: Record<string, ObservedObject> | undefined): Map<string, ObservedObject> | undefined {
  return objects === undefined ? undefined : new Map(Object.values(objects).map(object => [object.metadata.name, object]))
}
