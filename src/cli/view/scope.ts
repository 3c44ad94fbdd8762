import type { Place, Resource } from '../../kubernetes/api-request.ts'
import { labels } from '../../api/group.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'
import { managedNamespaces, tenantByNamespace } from '../../view/tenant-namespaces.ts'
import { ClusterError, unless } from '../cluster/cluster-error.ts'
import { openCluster } from '../cluster/cluster.ts'
import { contextNamespace, type ConnectionOptions } from '../cluster/connection.ts'
import { resources } from '../../kubernetes/resources.ts'
import { createReader, type Reader } from '../cluster/reader.ts'
import { InputError } from '../input/input-error.ts'

export interface ViewOptions extends ConnectionOptions {
  /** One namespace, for callers who may read no other. */
  namespace?: string
  output: string
}

/** The Tenants and namespaces that a command shows, and what of them the caller may read. */
export interface Scope {
  reader: Reader
  /** Empty where the caller may not read them. */
  tenants: ObservedObject[]
  /** Undefined: the namespaces of all Tenants. */
  only: string[] | undefined
  /** The object of the only namespace, where the command was given one. */
  namespace?: ObservedObject
  /** Refusals by the API server, each once. */
  notReadable: string[]
}

export const advice = 'Name your namespace with --namespace, or ask the platform team for ClusterRole k8s-mtp-viewer.'
/** Above it, one list of the whole cluster takes less time than one in each namespace. */
const fewNamespaces = 10
const atOnce = 10

/**
 * Finds the Tenants to show. A caller who may not read Tenants, as a member of one, sees one namespace.
 * @throws InputError if a Tenant or the namespace does not exist
 */
export async function openScope (names: readonly string[], options: ViewOptions): Promise<Scope> {
  const reader = createReader(await openCluster(options, advice))
  const base = { reader, notReadable: [] }
  if (options.namespace !== undefined) return await scopeOfNamespace(base, options.namespace, names)
  const tenants = await readTenants(reader, names).catch(forbidden)
  if (!(tenants instanceof ClusterError)) {
    return { ...base, tenants, only: names.length === 0 ? undefined : tenants.flatMap(managedNamespaces) }
  }
  const namespace = await contextNamespace(options)
  if (namespace === undefined) throw tenants
  return await scopeOfNamespace(base, namespace, names)
}

function forbidden (error: unknown): ClusterError {
  if (error instanceof ClusterError && error.code === 403) return error
  throw error
}

async function readTenants (reader: Reader, names: readonly string[]): Promise<ObservedObject[]> {
  if (names.length === 0) return await unless(404, reader.list(resources.tenants), installFirst)
  return await Promise.all([...new Set(names)].map(async name => await reader.cluster.find(resources.tenants, { name }) ?? notFound(name)))
}

function installFirst (): never {
  throw new InputError('this cluster does not serve the kind Tenant. Install k8s-mtp first, or choose another --context.')
}

function notFound (name: string): never {
  throw new InputError(`Tenant ${name} does not exist. List those that do: k8s-mtp get.`)
}

/** The label of a namespace is guarded, so it tells the Tenant to callers who may not read Tenants. */
async function scopeOfNamespace (
  { reader, notReadable }: Pick<Scope, 'reader' | 'notReadable'>, name: string, tenantNames: readonly string[]
): Promise<Scope> {
  const namespace = await reader.cluster.find(resources.namespaces, { name })
  const tenant = namespace?.metadata.labels?.[labels.tenant]
  if (namespace === undefined || tenant === undefined || (tenantNames.length > 0 && !tenantNames.includes(tenant))) {
    throw notOfTenant(name, tenantNames)
  }
  return { reader, notReadable, tenants: [], only: [name], namespace }
}

/** Adds the Tenant of the only namespace, where the caller may read it. */
export async function withTenant (scope: Scope): Promise<Scope> {
  const name = scope.namespace?.metadata.labels?.[labels.tenant]
  const found = name === undefined ? undefined : await note(scope, scope.reader.cluster.find(resources.tenants, { name }))
  return found === undefined ? scope : { ...scope, tenants: [found] }
}

function notOfTenant (namespace: string, tenants: readonly string[]): InputError {
  return new InputError(`namespace ${namespace} is not of ${tenants.length === 0 ? 'a Tenant' : `Tenant ${tenants.join(', ')}`}. ` +
    'Choose another --namespace, or other Tenants: k8s-mtp get lists them.')
}

/** Undefined where the caller may not read it, which is noted. */
export async function note<T> ({ notReadable }: Pick<Scope, 'notReadable'>, response: Promise<T>): Promise<T | undefined> {
  return await response.catch((error: unknown) => {
    const { response } = forbidden(error)
    if (!notReadable.includes(response)) notReadable.push(response)
    return undefined
  })
}

/** Lists a kind in the namespaces of the scope: by one list of the cluster, or by one in each namespace. */
export async function listInScope (scope: Scope, resource: Resource, place: Place = {}): Promise<ObservedObject[]> {
  const { reader, only } = scope
  if (only === undefined) return await note(scope, reader.list(resource, place)) ?? []
  if (only.length > fewNamespaces) {
    const all = await reader.list(resource, place).catch(forbidden)
    if (!(all instanceof ClusterError)) return all.filter(({ metadata }) => only.includes(metadata.namespace ?? ''))
  }
  return await listInEach(scope, only, resource, place)
}

/** Lists a kind by one list in each namespace: for kinds of which a cluster has very many objects. */
export async function listInEach (
  scope: Pick<Scope, 'reader' | 'notReadable'>, namespaces: readonly string[], resource: Resource, place: Place = {}
): Promise<ObservedObject[]> {
  const found: ObservedObject[] = []
  for (let start = 0; start < namespaces.length; start += atOnce) {
    const lists = await Promise.all(namespaces.slice(start, start + atOnce)
      .map(async namespace => await note(scope, scope.reader.list(resource, { ...place, namespace })) ?? []))
    found.push(...lists.flat())
  }
  return found
}

/** The Tenant of each namespace in the scope. */
export async function tenantsOfNamespaces (scope: Scope, quotas: readonly ObservedObject[] = []): Promise<Map<string, string>> {
  const { reader, tenants, only, namespace } = scope
  const namespaces = only === undefined ? await note(scope, reader.list(resources.namespaces, { labelSelector: labels.tenant })) ?? [] : []
  return tenantByNamespace(tenants, [...quotas, ...namespaces, ...namespace === undefined ? [] : [namespace]])
}
