import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError } from '../cluster/api-error.ts'
import type { KubeClient } from '../cluster/client.ts'
import { apiVersionOf } from '../cluster/discovery.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { log, unexpected } from './log.ts'
import { createStore, type Store } from './store.ts'
import { errorMessage } from '../../src/error-message.ts'
import type { Resource } from './write.ts'

export interface Handlers {
  /** Also called for each existing object when the subscription begins, with the object as its own predecessor. */
  changed (before: KubeObject | undefined, now: KubeObject): void
  deleted (last: KubeObject): void
}

/** All objects of a kind as last observed, updated by a watch. */
export interface Informer extends Omit<Store, 'set' | 'delete'> {
  readonly resource: Resource
  synced (): boolean
  /** Resolves once the first list has arrived. */
  whenSynced: Promise<void>
  subscribe (handlers: Handlers): () => void
  stop (): void
}

const pause = 1000

export function startInformer (client: KubeClient, resource: Resource): Informer {
  const kind = { apiVersion: apiVersionOf(resource), kind: resource.kind }
  const store = createStore()
  const subscribers = new Set<Handlers>()
  const end = new AbortController()
  let synced = false
  let setSynced = (): void => {}
  const whenSynced = new Promise<void>(resolve => { setSynced = resolve })

  function put (object: KubeObject): void {
    const before = store.set(object)
    for (const { changed } of subscribers) changed(before, object)
  }
  function remove (object: KubeObject): void {
    store.delete(object)
    for (const { deleted } of subscribers) deleted(object)
  }

  async function list (): Promise<string> {
    const { items, resourceVersion } = await client.list(kind)
    const uids = new Set(items.map(({ metadata }) => metadata.uid))
    for (const object of store.all()) if (!uids.has(object.metadata.uid)) remove(object)
    for (const object of items) put(object)
    synced = true
    setSynced()
    return resourceVersion
  }

  async function follow (from: string): Promise<never> {
    for (let resourceVersion = from; ;) {
      // Between five and ten minutes, as client-go does, so that not all watches end at once.
      const timeoutSeconds = 300 + Math.floor(Math.random() * 300)
      for await (const { type, object } of client.watch(kind, {
        resourceVersion,
        timeoutSeconds,
        signal: end.signal
      })) {
        resourceVersion = object.metadata.resourceVersion ?? resourceVersion
        if (type === 'DELETED') remove(object)
        else if (type !== 'BOOKMARK') put(object)
      }
    }
  }

  async function run (): Promise<void> {
    while (!end.signal.aborted) {
      try {
        await follow(await list())
      } catch (error) {
        if (end.signal.aborted) return
        if (error instanceof ApiError && error.code === 410) continue
        log('error', 'watch ended', { kind: kind.kind, error: errorMessage(error) })
        await sleep(pause)
      }
    }
  }
  run().catch(unexpected)

  return {
    ...store,
    resource,
    synced: () => synced,
    whenSynced,
    subscribe (handlers) {
      subscribers.add(handlers)
      for (const object of store.all()) handlers.changed(object, object)
      return () => { subscribers.delete(handlers) }
    },
    stop: () => end.abort()
  }
}
