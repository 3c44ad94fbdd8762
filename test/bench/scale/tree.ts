import { sync } from '../../../src/hook/sync.ts'
import type { ObservedObject } from '../../../src/kubernetes/object.ts'
import { isTenantNamespace } from '../../../src/tenancy/children/further-namespaces.ts'
import type { KubeObject } from '../../cluster/kube-object.ts'
import { ownedBy } from '../../stand-in/owner.ts'
import { withLastApplied } from '../../stand-in/last-applied.ts'
import { defaultClass } from '../../support/objects.ts'
import { applied, now, settled, syncRequest, uid } from '../../support/requests.ts'

/**
 * A Tenant or TenantNamespace with its objects as Metacontroller creates them, and its first and last status: what the hook responds,
 * without a cluster.
 */
export interface Tree {
  parent: KubeObject
  children: KubeObject[]
  further: Tree[]
  statuses: object[]
}

/** How many writes create a tree, without those of further namespaces. */
export function writesOf ({ children, statuses }: Tree): number {
  return 1 + children.length + statuses.length
}

/** The uid of each parent in the objects of a tree. Its owner must exist, or the garbage collector deletes them. */
export const uidInTree = uid

export function treeOf (parent: KubeObject): Tree {
  const world = { tenant: parent, classes: [withUid(defaultClass())] }
  const first = sync(syncRequest(world), now).response.status
  const { response } = settled(world)
  const further = response.children.filter(isTenantNamespace).map(child => treeOf(asCreated(parent, child as KubeObject)))
  const reconciled = response.children.map((child): ObservedObject => {
    const { metadata, ...stored } = applied(child)
    const status = further.find(tree => tree.parent.metadata.name === metadata.name)?.statuses.at(-1)
    return { ...stored, metadata: { ...metadata, generation: 1 }, ...(status !== undefined && { status }) }
  })
  const last = sync(syncRequest({ ...world, children: reconciled, status: response.status }), now).response.status
  return {
    parent,
    children: response.children.filter(child => !isTenantNamespace(child)).map(child => asCreated(parent, child as KubeObject)),
    further,
    statuses: [first, last]
  }
}

function asCreated (parent: KubeObject, child: KubeObject): KubeObject {
  const labels = { ...child.metadata.labels, 'controller-uid': uid }
  const labeled = { ...child, metadata: { ...child.metadata, labels } }
  return ownedBy({ ...parent, metadata: { ...parent.metadata, uid } }, withLastApplied(labeled, labeled))
}

function withUid<T extends object> (object: T): T {
  return { ...object, metadata: { ...(object as unknown as KubeObject).metadata, uid: 'class', generation: 1 } }
}
