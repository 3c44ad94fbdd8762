import type { ObservedObject } from '../../kubernetes/object.ts'
import { ClusterError } from './cluster-error.ts'
import { connect, type ConnectionOptions, type Send } from './connection.ts'

/** A kind, and what it is called in the paths of the API. */
export interface Resource { apiVersion: string, kind: string, resource: string }

/** Which objects of a kind. */
export interface Place { namespace?: string, name?: string, labelSelector?: string }

/** An object of the cluster as somebody has written it. */
export interface Applied { metadata: { name: string } }

/** Reads and patches objects; every method rejects with a ClusterError where the API server refuses. */
export interface Cluster {
  /** Undefined where there is no such object. */
  find (resource: Resource, place: Place & { name: string }): Promise<ObservedObject | undefined>
  list (resource: Resource, place?: Place): Promise<ObservedObject[]>
  /** Merges fields of the metadata. */
  patchMetadata (resource: Resource, object: ObservedObject, metadata: Record<string, unknown>): Promise<void>
  /** Server-side apply of an object of the cluster by force; a namespace that it names, as tools write them, means nothing. What others have set in the fields given is taken over. Resolves with what is stored. */
  apply (resource: Resource, object: Applied, fieldManager: string): Promise<ObservedObject>
  /** The resource of a kind; undefined where the API server has none. */
  resourceOf (kind: { apiVersion: string, kind: string }): Promise<Resource | undefined>
}

const breakGlass = 'It needs the rights of a cluster admin; and as the objects of Tenants are guarded, run it as a member of a break-glass group, for example with ' +
  '--as="$USER" --as-group=k8s-mtp:break-glass --as-group=system:masters'

/** How many objects are asked for at once. */
const pageSize = 500

/**
 * @param adviceWhenForbidden what somebody can do who may not do this; by default for changes to what is guarded
 * @throws InputError where the kubeconfig cannot be used
 */
export async function openCluster (options: ConnectionOptions, adviceWhenForbidden = breakGlass): Promise<Cluster> {
  const send = await connect(options, adviceWhenForbidden)
  return {
    find: async (resource, place) => await send('GET', pathOf(resource, place)).then(
      answer => answer as ObservedObject,
      (error: unknown) => { if (error instanceof ClusterError && error.code === 404) return undefined; throw error }
    ),
    list: async (resource, place = {}) => await listAll(send, resource, place),
    patchMetadata: async (resource, object, metadata) => { await send('PATCH', pathOf(resource, object.metadata), { type: 'merge', content: { metadata } }) },
    apply: async (resource, object, fieldManager) => await send('PATCH', pathOf(resource, { name: object.metadata.name }, { fieldManager, force: 'true' }), { type: 'apply', content: object }) as ObservedObject,
    resourceOf: async kind => await findResource(send, kind)
  }
}

/** Of these requests the API server answers with objects of the kind asked for. */
interface List { metadata: { continue?: string }, items: ObservedObject[] }

async function listAll (send: Send, resource: Resource, place: Place): Promise<ObservedObject[]> {
  const found: ObservedObject[] = []
  let next: string | undefined
  do {
    const { metadata, items } = await send('GET', pathOf(resource, place, { limit: String(pageSize), ...(next !== undefined && { continue: next }) })) as List
    // In a list the items lack what they are.
    found.push(...items.map(item => ({ ...item, apiVersion: resource.apiVersion, kind: resource.kind })))
    next = metadata.continue === '' ? undefined : metadata.continue
  } while (next !== undefined)
  return found
}

function pathOf ({ apiVersion, resource }: Resource, { namespace, name, labelSelector }: Place, parameters: Record<string, string> = {}): string {
  const steps = [apiVersion.includes('/') ? 'apis' : 'api', ...apiVersion.split('/'),
    ...(namespace === undefined ? [] : ['namespaces', namespace]), resource, ...(name === undefined ? [] : [name])]
  const query = new URLSearchParams({ ...(labelSelector !== undefined && { labelSelector }), ...parameters }).toString()
  return `/${steps.map(encodeURIComponent).join('/')}${query === '' ? '' : `?${query}`}`
}

async function findResource (send: Send, { apiVersion, kind }: { apiVersion: string, kind: string }): Promise<Resource | undefined> {
  const path = `/${[apiVersion.includes('/') ? 'apis' : 'api', ...apiVersion.split('/')].map(encodeURIComponent).join('/')}`
  const answer = await send('GET', path).catch((error: unknown) => { if (error instanceof ClusterError && error.code === 404) return { resources: [] }; throw error })
  const { resources } = answer as { resources: Array<{ name: string, kind: string }> }
  const found = resources.find(resource => resource.kind === kind && !resource.name.includes('/'))
  return found && { apiVersion, kind, resource: found.name }
}
