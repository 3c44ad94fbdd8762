import type { Resource } from '../../kubernetes/api-request.ts'
import { keeper } from '../../api/existing-namespace.ts'
import { labels } from '../../api/group.ts'
import type { ReleaseSituation } from '../../adoption/release-steps.ts'
import { findOrphan, ownerMetadata, type Orphan } from '../../adoption/orphaned.ts'
import { isTenantReference, ownerName } from '../../adoption/owners.ts'
import type { Situation } from '../../adoption/situation.ts'
import { tenantFor } from '../../adoption/tenant-for.ts'
import { childKinds } from '../../tenancy/desired/child-kinds.ts'
import type { ObservedTenant } from '../../tenancy/observed/loose-tenant.ts'
import { asTenant } from '../../tenancy/observed/tenant-namespace.ts'
import { isNamespace, type ObservedObject, type OwnerReference } from '../../kubernetes/object.ts'
import { resources } from '../../kubernetes/resources.ts'
import { unless } from '../cluster/cluster-error.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { InputError } from '../input/input-error.ts'

/** The API resource of a child kind. */
export function resourceOf ({ apiVersion, kind }: ObservedObject): Resource {
  const found = childKinds.find(child => child.apiVersion === apiVersion && child.kind === kind)
  if (found === undefined) throw new TypeError(`${kind} is not a child kind of a Tenant`)
  return found
}

/** Reads all Tenants, then their further namespaces, each as a Tenant with that namespace alone. */
export async function readTenants (cluster: Cluster): Promise<ObservedTenant[]> {
  const { all, further } = await readParents(cluster)
  return [...all, ...further.map(asTenant)]
}

/** Finds what --cascade=orphan left behind of a further namespace. */
export async function readOrphan (cluster: Cluster, tenantName: string, namespaceName: string): Promise<Orphan | undefined> {
  const { all, further } = await readParents(cluster)
  return findOrphan(tenantName, namespaceName, all, further)
}

export async function giveToTenant (cluster: Cluster, orphan: Orphan): Promise<void> {
  await cluster.patchMetadata(resources.tenantNamespaces, orphan.object, ownerMetadata(orphan))
}

/** The API server sets the uid and generation of every object. */
async function readParents (cluster: Cluster): Promise<{ all: ObservedTenant[], further: ObservedTenant[] }> {
  const [all, further] = await Promise.all([
    unless(404, cluster.list(resources.tenants), () => {
      throw new InputError('this cluster does not serve the kind Tenant. Install k8s-mtp first, or choose another --context.')
    }),
    unless(404, cluster.list(resources.tenantNamespaces), () => [])
  ])
  return { all: all as ObservedTenant[], further: further as ObservedTenant[] }
}

/** Reads all namespaces with the label of a Tenant. */
export async function readLabelledNamespaces (cluster: Cluster): Promise<ObservedObject[]> {
  return await cluster.list(resources.namespaces, { labelSelector: labels.tenant })
}

/** @throws InputError if the Tenant does not exist */
export async function readSituation (cluster: Cluster, tenantName: string, namespaceName: string): Promise<Situation> {
  const [all, allClasses, namespace, contents, present] = await Promise.all([
    readTenants(cluster),
    cluster.list(resources.classes),
    readNamespace(cluster, namespaceName),
    readContents(cluster, namespaceName),
    readPods(cluster, namespaceName)
  ])
  const tenant = tenantFor(tenantName, namespaceName, all)
  if (tenant === undefined) throw new InputError(tenantNotFound(tenantName, all))
  const objects = [...contents, ...(namespace === undefined ? [] : [namespace])]
  return {
    now: new Date(),
    tenant,
    namespaceName,
    namespace,
    contents,
    pods: present,
    classes: new Map(allClasses.map(object => [object.metadata.name, object])),
    owners: new Map([...tenantOwners(all), ...await otherOwners(cluster, namespaceName, objects)]),
    keeper: await readKeeper(cluster)
  }
}

export async function readRelease (cluster: Cluster, tenantName: string, namespaceName: string): Promise<ReleaseSituation> {
  const [all, namespace, contents] = await Promise.all([
    readTenants(cluster), readNamespace(cluster, namespaceName), readContents(cluster, namespaceName)
  ])
  const tenant = tenantFor(tenantName, namespaceName, all)
  return { tenantName, tenant, namespaceName, namespace, contents, tenants: new Map(tenantOwners(all)) }
}

async function readKeeper (cluster: Cluster): Promise<OwnerReference | undefined> {
  const found = await unless<ObservedObject | undefined>(403, cluster.find(resources.namespaces, { name: keeper.name }), () => undefined)
  return found?.metadata.uid === undefined ? undefined : { ...keeper, uid: found.metadata.uid }
}

async function readNamespace (cluster: Cluster, name: string): Promise<ObservedObject | undefined> {
  const found = await cluster.find(resources.namespaces, { name })
  return found && { ...found, apiVersion: 'v1', kind: 'Namespace' }
}

async function readContents (cluster: Cluster, namespace: string): Promise<ObservedObject[]> {
  const namespaced = childKinds.filter(kind => !isNamespace(kind))
  return (await Promise.all(namespaced.map(kind => cluster.list(kind, { namespace })))).flat()
}

/** Pods only show which limits get stricter, so an adoption needs no permission to read them. */
async function readPods (cluster: Cluster, namespace: string): Promise<ObservedObject[] | undefined> {
  return await unless<ObservedObject[] | undefined>(403, cluster.list(resources.pods, { namespace }), () => undefined)
}

type Owner = [uid: string, name: string]

function tenantOwners (all: readonly ObservedTenant[]): Owner[] {
  return all.map(({ metadata }) => [metadata.uid, `Tenant/${metadata.name}`])
}

/** The existing owners of objects, except Tenants. An owner that must not be read counts as existing. */
async function otherOwners (cluster: Cluster, namespace: string, objects: readonly ObservedObject[]): Promise<Owner[]> {
  const references = objects.flatMap(({ metadata }) => metadata.ownerReferences ?? []).filter(reference => !isTenantReference(reference))
  const byUid = new Map(references.map(reference => [reference.uid, reference]))
  const owners = await Promise.all([...byUid.values()].map(async (reference): Promise<Owner[]> => {
    return await unless(403, exists(cluster, namespace, reference), () => true) ? [[reference.uid, ownerName(reference)]] : []
  }))
  return owners.flat()
}

async function exists (
  cluster: Cluster, namespace: string, { apiVersion = '', kind = '', name = '', uid }: OwnerReference
): Promise<boolean> {
  const resource = await cluster.resourceOf({ apiVersion, kind })
  if (resource === undefined) return false
  const owner = await cluster.find(resource, { name }) ?? await cluster.find(resource, { name, namespace })
  return owner?.metadata.uid === uid
}

function tenantNotFound (name: string, all: readonly ObservedTenant[]): string {
  const names = [...new Set(all.map(({ metadata }) => metadata.name))].sort().slice(0, 20).join(', ')
  return `Tenant ${name} does not exist. Create it first${names === '' ? '' : `, or use one of: ${names}`}.`
}
