import type { KubeObject } from '../cluster/kube-object.ts'

export interface Kind { group: string, version: string, kind: string }

/** Objects by kind and name. A kind may have no objects. */
export interface ObjectMap { kinds: Map<string, { kind: Kind, objects: Map<string, KubeObject> }> }

export function mapOf (objects: Iterable<KubeObject>, kinds: Kind[] = []): ObjectMap {
  const map: ObjectMap = { kinds: new Map() }
  for (const kind of kinds) addKind(map, kind)
  for (const object of objects) insert(map, object)
  return map
}

/** Returns the objects of the kind, none if it is new. */
export function addKind ({ kinds }: ObjectMap, { group, version, kind }: Kind): Map<string, KubeObject> {
  const key = keyOf({ group, version, kind })
  const entry = kinds.get(key) ?? { kind: { group, version, kind }, objects: new Map<string, KubeObject>() }
  kinds.set(key, entry)
  return entry.objects
}

/** Replaces an object of the same kind and name. */
export function insert (map: ObjectMap, object: KubeObject): void {
  addKind(map, kindOf(object)).set(nameOf(object), object)
}

/** Sorts kinds as Metacontroller does: by group, version and kind. A LimitRange comes before its Namespace. */
export function orderedKinds ({ kinds }: ObjectMap): { kind: Kind, objects: Map<string, KubeObject> }[] {
  const parts = ({ group, version, kind }: Kind) => [group, version, kind]
  return [...kinds.values()].sort((left, right) => compare(parts(left.kind), parts(right.kind)))
}

export function objectsOf ({ kinds }: ObjectMap, kind: Kind): Map<string, KubeObject> {
  return kinds.get(keyOf(kind))?.objects ?? new Map()
}

export function kindOf ({ apiVersion, kind }: { apiVersion: string, kind: string }): Kind {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/', 2) : ['', apiVersion]
  return { group: group ?? '', version: version ?? '', kind }
}

/** `namespace/name`: a namespace on a cluster-scoped child gives it another name. */
export function nameOf ({ metadata: { name, namespace } }: KubeObject): string {
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`
}

/** The key on the wire: `Role.rbac.authorization.k8s.io/v1`, `Namespace.v1`. */
export function keyOf ({ group, version, kind }: Kind): string {
  return group === '' ? `${kind}.${version}` : `${kind}.${group}/${version}`
}

function compare (left: string[], right: string[]): number {
  for (const [index, part] of left.entries()) {
    const other = right[index] ?? ''
    if (part !== other) return part < other ? -1 : 1
  }
  return 0
}
