import { apiVersion } from '../api/group.ts'
import { identity, type ObservedObject } from '../kubernetes/object.ts'
import { childKindsOf } from '../tenancy/desired/child-kinds.ts'
import type { ObservedState } from '../tenancy/observed/observed-state.ts'
import type { SyncRequest } from './schema.ts'

/** Indexes the objects of a request by their own identity, not by the keys of the request. */
export function readRequest ({ parent, children, related }: SyncRequest): ObservedState {
  const owned: ObservedObject[] = Object.values(children).flatMap(ofKind => Object.values(ofKind))
  const namespaces = related?.[kindKey({ apiVersion: 'v1', kind: 'Namespace' })]
  const classes = related?.[kindKey({ apiVersion, kind: 'TenantClass' })]
  return {
    children: new Map(owned.map(object => [identity(object), object])),
    namespaces: byName(namespaces),
    classes: byName(classes),
    missingKinds: [
      ...childKindsOf[parent.kind].map(kindKey).filter(key => !Object.hasOwn(children, key)),
      ...(namespaces === undefined ? ['related Namespaces'] : []),
      ...(classes === undefined ? ['related TenantClasses'] : [])
    ]
  }
}

/** How Metacontroller names a kind in its requests: `Role.rbac.authorization.k8s.io/v1`, `Namespace.v1`. */
export function kindKey ({ apiVersion, kind }: { apiVersion: string, kind: string }): string {
  return `${kind}.${apiVersion}`
}

function byName (objects: Record<string, ObservedObject> = {}): Map<string, ObservedObject> {
  return new Map(Object.values(objects).map(object => [object.metadata.name, object]))
}
