import type { KubeClient } from '../cluster/client.ts'
import { describe, refOf, type KindRef, type KubeObject, type ObjectRef } from '../cluster/kube-object.ts'
import { contentKinds } from '../support/declared-part.ts'
import { dataKinds, dataLabel } from './data-operations.ts'
import { classKind, namespaceKind, tenantKind, tenantNamespaceKind } from './operation.ts'

/** The objects of a cluster that the model is compared with. */
export interface ClusterState {
  tenants: Map<string, KubeObject>
  classes: Map<string, KubeObject>
  tenantNamespaces: Map<string, KubeObject>
  namespaces: Map<string, KubeObject>
  /** Of the kinds that a Tenant manages, by namespace, without the data of the run. */
  contents: Map<string, KubeObject[]>
  /** By kind and name. */
  data: Map<string, KubeObject>
}

export const keyOf = (object: KubeObject): string => describe(refOf(object))
export const dataKey = (ref: ObjectRef): string => describe(ref)

export async function readTenants (client: KubeClient): Promise<Map<string, KubeObject>> {
  return byName((await client.list(tenantKind)).items)
}

export async function readCluster (client: KubeClient): Promise<ClusterState> {
  const list = async (kind: KindRef): Promise<KubeObject[]> => (await client.list(kind)).items
  const [tenants, classes, tenantNamespaces, namespaces] = await Promise.all([tenantKind, classKind, tenantNamespaceKind, namespaceKind].map(list))
  const contents = (await Promise.all(contentKinds.map(list))).flat().filter(object => !isData(object))
  const data = (await Promise.all(dataKinds.map(list))).flat().filter(isData)
  return {
    tenants: byName(tenants),
    classes: byName(classes),
    tenantNamespaces: byName(tenantNamespaces),
    namespaces: byName(namespaces),
    contents: grouped(contents),
    data: new Map(data.map(object => [keyOf(object), object]))
  }
}

function isData ({ metadata: { labels = {} } }: KubeObject): boolean {
  return Object.keys(dataLabel).every(key => Object.hasOwn(labels, key))
}

function byName (objects: KubeObject[] = []): Map<string, KubeObject> {
  return new Map(objects.map(object => [object.metadata.name, object]))
}

function grouped (objects: KubeObject[]): Map<string, KubeObject[]> {
  const groups = new Map<string, KubeObject[]>()
  for (const object of objects) {
    const { namespace = '' } = object.metadata
    groups.set(namespace, [...groups.get(namespace) ?? [], object])
  }
  return groups
}
