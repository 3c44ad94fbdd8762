import { apiVersion, labels } from '../../api/group.ts'
import type { ReleaseSituation } from '../../adoption/release-steps.ts'
import type { Situation } from '../../adoption/situation.ts'
import { childKinds } from '../../tenancy/desired/child-kinds.ts'
import type { ObservedTenant } from '../../tenancy/observed/loose-tenant.ts'
import { isNamespace, type ObservedObject, type OwnerReference } from '../../kubernetes/object.ts'
import { ClusterError } from '../cluster/cluster-error.ts'
import type { Cluster, Resource } from '../cluster/cluster.ts'
import { InputError } from '../input/input-error.ts'

const tenants: Resource = { apiVersion, kind: 'Tenant', resource: 'tenants' }
const classes: Resource = { apiVersion, kind: 'TenantClass', resource: 'tenantclasses' }
const namespaces: Resource = { apiVersion: 'v1', kind: 'Namespace', resource: 'namespaces' }
const pods: Resource = { apiVersion: 'v1', kind: 'Pod', resource: 'pods' }

/** How the API server serves a kind that a Tenant comes to. */
export function resourceOf ({ apiVersion, kind }: ObservedObject): Resource {
  const found = childKinds.find(child => child.apiVersion === apiVersion && child.kind === kind)
  if (found === undefined) throw new TypeError(`${kind} is no kind that a Tenant comes to`)
  return found
}

/** The API server gives every Tenant its uid and generation. */
export async function readTenants (cluster: Cluster): Promise<ObservedTenant[]> {
  return await cluster.list(tenants).catch((error: unknown) => {
    if (error instanceof ClusterError && error.code === 404) throw new InputError('this cluster knows no Tenants: install k8s-mtp first, or choose another --context')
    throw error
  }) as ObservedTenant[]
}

/** Namespaces that bear the label of any Tenant. */
export async function readMarkedNamespaces (cluster: Cluster): Promise<ObservedObject[]> {
  return await cluster.list(namespaces, { labelSelector: labels.tenant })
}

/** @throws InputError where there is no such Tenant */
export async function readSituation (cluster: Cluster, tenantName: string, namespaceName: string): Promise<Situation> {
  const [all, allClasses, namespace, contents, present] = await Promise.all([
    readTenants(cluster), cluster.list(classes), readNamespace(cluster, namespaceName), readContents(cluster, namespaceName), readPods(cluster, namespaceName)])
  const tenant = all.find(({ metadata }) => metadata.name === tenantName)
  if (tenant === undefined) throw new InputError(`there is no Tenant ${tenantName} (${all.length === 0 ? 'there is none at all' : `there are: ${namesOf(all)}`}): create it first`)
  return {
    now: new Date(),
    tenant,
    namespaceName,
    namespace,
    contents,
    pods: present,
    classes: new Map(allClasses.map(object => [object.metadata.name, object])),
    owners: new Map([...tenantOwners(all), ...await otherOwners(cluster, namespaceName, [...contents, ...(namespace === undefined ? [] : [namespace])])])
  }
}

export async function readRelease (cluster: Cluster, tenantName: string, namespaceName: string): Promise<ReleaseSituation> {
  const [all, namespace, contents] = await Promise.all([readTenants(cluster), readNamespace(cluster, namespaceName), readContents(cluster, namespaceName)])
  return { tenantName, tenant: all.find(({ metadata }) => metadata.name === tenantName), namespaceName, namespace, contents, tenants: new Map(tenantOwners(all)) }
}

async function readNamespace (cluster: Cluster, name: string): Promise<ObservedObject | undefined> {
  const found = await cluster.find(namespaces, { name })
  return found && { ...found, apiVersion: 'v1', kind: 'Namespace' }
}

async function readContents (cluster: Cluster, namespace: string): Promise<ObservedObject[]> {
  const lists = await Promise.all(childKinds.filter(kind => !isNamespace(kind)).map(kind => cluster.list(kind, { namespace })))
  return lists.flat()
}

/** Only to say what would get tighter: who may not read them can adopt all the same. */
async function readPods (cluster: Cluster, namespace: string): Promise<ObservedObject[] | undefined> {
  return await cluster.list(pods, { namespace }).catch((error: unknown) => {
    if (error instanceof ClusterError && error.code === 403) return undefined
    throw error
  })
}

function tenantOwners (all: readonly ObservedTenant[]): Array<[string, string]> {
  return all.map(({ metadata }) => [metadata.uid, `Tenant/${metadata.name}`])
}

/** Of the owners that objects name, Tenants apart, those that are there. One that may not be read counts as there: nothing is taken from it. */
async function otherOwners (cluster: Cluster, namespace: string, objects: readonly ObservedObject[]): Promise<Array<[string, string]>> {
  const named = new Map(objects.flatMap(({ metadata }) => metadata.ownerReferences ?? []).filter(({ kind }) => kind !== 'Tenant').map(reference => [reference.uid, reference]))
  const found = await Promise.all([...named.values()].map(async reference => await isThere(cluster, namespace, reference) ? [`${reference.uid}`, `${reference.kind ?? ''}/${reference.name ?? ''}`] as [string, string] : undefined))
  return found.filter(entry => entry !== undefined)
}

async function isThere (cluster: Cluster, namespace: string, { apiVersion = '', kind = '', name = '', uid }: OwnerReference): Promise<boolean> {
  try {
    const resource = await cluster.resourceOf({ apiVersion, kind })
    if (resource === undefined) return false
    const owner = await cluster.find(resource, { name }) ?? await cluster.find(resource, { name, namespace })
    return owner?.metadata.uid === uid
  } catch (error) {
    if (error instanceof ClusterError && error.code === 403) return true
    throw error
  }
}

function namesOf (all: readonly ObservedTenant[]): string {
  return all.map(({ metadata }) => metadata.name).sort().slice(0, 20).join(', ')
}
