import { ApiError, isRecord } from './api-error.ts'
import type { KindRef } from './kube-object.ts'
import type { Transport } from './transport.ts'

export interface ApiResource {
  /** '' for the core group. */
  group: string
  version: string
  kind: string
  plural: string
  namespaced: boolean
  verbs: string[]
  subresources: { name: string, verbs: string[] }[]
}

export interface Discovery {
  /** Finds the resource of a kind; reloads when it is unknown. Rejects with a 404 ApiError if it is not served. */
  resolve (kind: KindRef): Promise<ApiResource>
  /** Every resource that the server serves, at every version. */
  all (): Promise<ApiResource[]>
  refresh (): Promise<void>
}

export function createDiscovery (transport: Transport): Discovery {
  let known: Promise<ApiResource[]> | undefined

  function load (): Promise<ApiResource[]> {
    const loading = Promise.all(['/api', '/apis'].map(path => readGroups(transport, path))).then(lists => lists.flat())
    known = loading
    // A failed load must not be cached, or each later call would fail with it.
    loading.catch(() => { if (known === loading) known = undefined })
    return loading
  }

  const find = (resources: ApiResource[], { apiVersion, kind }: KindRef): ApiResource | undefined =>
    resources.find(resource => resource.kind === kind && apiVersionOf(resource) === apiVersion)

  return {
    async resolve (kind) {
      const resource = find(await (known ?? load()), kind) ?? find(await load(), kind)
      if (resource !== undefined) return resource
      throw new ApiError(404, 'NotFound', `the server does not serve the kind ${kind.kind} in ${kind.apiVersion}`)
    },
    all: () => known ?? load(),
    refresh: async () => { await load() }
  }
}

export function apiVersionOf ({ group, version }: { group: string, version: string }): string {
  return group === '' ? version : `${group}/${version}`
}

/** Aggregated discovery: one request for all groups, in every Kubernetes since 1.30. */
async function readGroups (transport: Transport, path: string): Promise<ApiResource[]> {
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
  const response = await transport.send('GET', path, undefined, { accept })
  return records(response, 'items').flatMap(group =>
    records(group, 'versions').flatMap(version =>
      records(version, 'resources').map(resource => ({
        group: isRecord(group.metadata) ? text(group.metadata.name) : '',
        version: text(version.version),
        kind: isRecord(resource.responseKind) ? text(resource.responseKind.kind) : '',
        plural: text(resource.resource),
        namespaced: resource.scope === 'Namespaced',
        verbs: strings(resource.verbs),
        subresources: records(resource, 'subresources').map(subresource => ({
          name: text(subresource.subresource),
          verbs: strings(subresource.verbs)
        }))
      }))))
}

function records (value: unknown, key: string): Record<string, unknown>[] {
  const list = isRecord(value) ? value[key] : undefined
  return Array.isArray(list) ? list.filter(isRecord) : []
}

function text (value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function strings (value: unknown): string[] {
  return Array.isArray(value) ? value.map(text) : []
}
