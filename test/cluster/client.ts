import { isNotFound, isRecord } from './api-error.ts'
import { createDiscovery, type ApiResource, type Discovery } from './discovery.ts'
import { refOf, type KindRef, type KubeList, type KubeObject, type ObjectRef } from './kube-object.ts'
import {
  createTransport,
  type Connection,
  type Headers,
  type Identity,
  type Method,
  type Transport
} from './transport.ts'
import { readWatch, type WatchEvent } from './watch.ts'

const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml'
} as const

export interface WriteOptions { fieldManager?: string, dryRun?: boolean }
export interface ApplyOptions extends WriteOptions { fieldManager: string, force?: boolean, subresource?: string }
export interface PatchOptions extends WriteOptions { type?: keyof typeof patchTypes, force?: boolean, subresource?: string }
export interface ListOptions { namespace?: string, labelSelector?: string, fieldSelector?: string, resourceVersion?: string }
export interface WatchOptions extends ListOptions { bookmarks?: boolean, timeoutSeconds?: number, signal?: AbortSignal }
export interface DeleteOptions {
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  preconditions?: { uid?: string, resourceVersion?: string }
  gracePeriodSeconds?: number
  dryRun?: ['All']
}

/** A client for objects of any kind. Every method rejects with an ApiError when the server refuses. */
export interface KubeClient {
  readonly discovery: Discovery
  get (ref: ObjectRef, subresource?: string): Promise<KubeObject>
  /** Like get, but undefined when there is no such object. */
  find (ref: ObjectRef): Promise<KubeObject | undefined>
  /** Items have apiVersion and kind, which the server omits. */
  list (kind: KindRef, options?: ListOptions): Promise<KubeList>
  create (object: KubeObject, options?: WriteOptions): Promise<KubeObject>
  /** Replaces the whole object; with metadata.resourceVersion only if it has not changed meanwhile. */
  update (object: KubeObject, options?: WriteOptions): Promise<KubeObject>
  updateStatus (object: KubeObject, options?: WriteOptions): Promise<KubeObject>
  /** Server-side apply. */
  apply (object: KubeObject, options: ApplyOptions): Promise<KubeObject>
  /** Patches with the type `merge` by default; `apply` is server-side apply of some fields. */
  patch (ref: ObjectRef, patch: unknown, options?: PatchOptions): Promise<KubeObject>
  /** Resolves with the response: the terminating object, or a Status when it is gone. */
  delete (ref: ObjectRef, options?: DeleteOptions): Promise<KubeObject>
  /** Ends when the server closes the stream or the signal aborts (then it throws an AbortError); it does not reconnect. */
  watch (kind: KindRef, options?: WatchOptions): AsyncGenerator<WatchEvent, void>
  /** Sends any request; the response is parsed JSON, or text. */
  request (method: Method, path: string, body?: unknown, headers?: Headers): Promise<unknown>
  /** Returns a client that impersonates a user. */
  as (user: string, groups?: string[], extra?: Identity['extra']): KubeClient
  /** Returns a client that reports the warnings of responses. */
  listening (onWarning: (text: string) => void): KubeClient
  /** Ends all connections, open watches included. */
  close (): Promise<void>
}

export function createKubeClient (connection: Connection): KubeClient {
  const transport = createTransport(connection)
  // Discovery does not impersonate: not all identities of the tests may read it.
  return clientOver(transport, createDiscovery(transport.as(undefined)))
}

function clientOver (transport: Transport, discovery: Discovery): KubeClient {
  async function pathOf (ref: ObjectRef, subresource?: string): Promise<string> {
    const collection = collectionPath(await discovery.resolve(ref), ref.namespace)
    return [collection, encodeURIComponent(ref.name), ...(subresource === undefined ? [] : [subresource])].join('/')
  }
  async function send (method: Method, path: string, body?: unknown, headers?: Headers): Promise<KubeObject> {
    // Each of these endpoints responds with an object (or a Status, which has the same shape).
    return await transport.send(method, path, body, headers) as KubeObject
  }
  const put = async (object: KubeObject, subresource: string | undefined, options: WriteOptions): Promise<KubeObject> =>
    send('PUT', await pathOf(refOf(object), subresource) + query(writeParameters(options)), object)

  const client: KubeClient = {
    discovery,
    get: async (ref, subresource) => send('GET', await pathOf(ref, subresource)),
    find: ref => client.get(ref).catch((error: unknown) => {
      if (isNotFound(error)) return undefined
      throw error
    }),
    async list (kind, { namespace, ...selectors } = {}) {
      const path = collectionPath(await discovery.resolve(kind), namespace) + query(selectors)
      return listOf(kind, await transport.send('GET', path))
    },
    async create (object, options = {}) {
      const collection = collectionPath(await discovery.resolve(object), object.metadata.namespace)
      return send('POST', collection + query(writeParameters(options)), object)
    },
    update: (object, options = {}) => put(object, undefined, options),
    updateStatus: (object, options = {}) => put(object, 'status', options),
    apply: (object, options) => client.patch(refOf(object), object, { ...options, type: 'apply' }),
    async patch (ref, patch, { type = 'merge', subresource, force, ...options } = {}) {
      const parameters = {
        ...writeParameters(options),
        ...(type === 'apply' && force !== undefined && { force: String(force) })
      }
      return send('PATCH', await pathOf(ref, subresource) + query(parameters), patch, { 'content-type': patchTypes[type] })
    },
    delete: async (ref, options = {}) => send('DELETE', await pathOf(ref), options),
    async * watch (kind, { namespace, signal, bookmarks = true, timeoutSeconds, ...selectors } = {}) {
      const path = collectionPath(await discovery.resolve(kind), namespace) + query({
        watch: 'true',
        allowWatchBookmarks: String(bookmarks),
        ...(timeoutSeconds !== undefined && { timeoutSeconds: String(timeoutSeconds) }),
        ...selectors
      })
      yield * readWatch(await transport.open(path, signal))
    },
    request: transport.send,
    as: (user, groups = [], extra = {}) => clientOver(transport.as({ user, groups, extra }), discovery),
    listening: onWarning => clientOver(transport.listening(onWarning), discovery),
    close: transport.close
  }
  return client
}

function collectionPath ({ group, version, plural, namespaced }: ApiResource, namespace: string | undefined): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  return namespaced && namespace !== undefined ? `${root}/namespaces/${namespace}/${plural}` : `${root}/${plural}`
}

function writeParameters ({ fieldManager, dryRun }: WriteOptions): Record<string, string> {
  return { ...(fieldManager !== undefined && { fieldManager }), ...(dryRun === true && { dryRun: 'All' }) }
}

function query (parameters: object): string {
  const text = new URLSearchParams({ ...parameters }).toString()
  return text === '' ? '' : `?${text}`
}

function listOf ({ apiVersion, kind }: KindRef, response: unknown): KubeList {
  if (!isRecord(response) || !isRecord(response.metadata)) throw new Error(`the list of ${kind} is no list`)
  const items = Array.isArray(response.items) ? response.items : []
  return {
    resourceVersion: String(response.metadata.resourceVersion),
    items: items.map((item: KubeObject) => ({ ...item, apiVersion, kind }))
  }
}
