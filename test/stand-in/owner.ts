import type { KubeObject, OwnerReference } from '../cluster/kube-object.ts'

function ownerReferenceTo (parent: KubeObject): OwnerReference {
  return {
    apiVersion: parent.apiVersion,
    kind: parent.kind,
    name: parent.metadata.name,
    uid: parent.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true
  }
}

export function controllerOf (object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(({ controller }) => controller === true)
}

/** Keeps an existing reference to the parent, even one that is no controller. */
export function ownedBy (parent: KubeObject, object: KubeObject): KubeObject {
  const references = object.metadata.ownerReferences ?? []
  return references.some(({ uid }) => uid === parent.metadata.uid)
    ? object
    : withOwners(object, [...references, ownerReferenceTo(parent)])
}

export function adopted (parent: KubeObject, object: KubeObject): KubeObject {
  const reference = ownerReferenceTo(parent)
  const references = object.metadata.ownerReferences ?? []
  return references.some(({ uid }) => uid === reference.uid)
    ? withOwners(object, references.map(other => other.uid === reference.uid ? reference : other))
    : withOwners(object, [...references, reference])
}

export function released (parent: KubeObject, object: KubeObject): KubeObject {
  return withOwners(object, (object.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== parent.metadata.uid))
}

function withOwners (object: KubeObject, ownerReferences: OwnerReference[]): KubeObject {
  return { ...object, metadata: { ...object.metadata, ownerReferences } }
}
