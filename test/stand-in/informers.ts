import type { KubeClient } from '../cluster/client.ts'
import { startInformer, type Handlers, type Informer } from './informer.ts'
import type { Resource } from './write.ts'

/** The informers that one controller uses; others may use the same ones. */
export interface InformerUse {
  /** Starts the informer unless it runs; the handlers are called until the use is closed. */
  open (resource: Resource, handlers?: Handlers): Informer
  close (): void
}

/** Shares one watch for each kind in the process, and ends it with its last use. */
export function createInformers (client: KubeClient): () => InformerUse {
  const shared = new Map<string, { informer: Informer, users: number }>()

  function acquire (resource: Resource): Informer {
    const key = keyOf(resource)
    const entry = shared.get(key) ?? { informer: startInformer(client, resource), users: 0 }
    shared.set(key, entry)
    entry.users++
    return entry.informer
  }

  function release (informer: Informer): void {
    const key = keyOf(informer.resource)
    const entry = shared.get(key)
    if (entry === undefined || --entry.users > 0) return
    shared.delete(key)
    informer.stop()
  }

  return () => {
    const closing: (() => void)[] = []
    return {
      open (resource, handlers) {
        const informer = acquire(resource)
        const unsubscribe = handlers === undefined ? undefined : informer.subscribe(handlers)
        closing.push(() => {
          unsubscribe?.()
          release(informer)
        })
        return informer
      },
      close: () => { for (const close of closing.splice(0)) close() }
    }
  }
}

function keyOf ({ group, version, plural }: Resource): string {
  return `${plural}.${version}.${group}`
}
