import type { KubeObject } from '../cluster/kube-object.ts'
import { addKind, insert, mapOf, type ObjectMap } from './object-map.ts'
import type { Informer } from './informer.ts'
import type { InformerUse } from './informers.ts'
import { unexpected } from './log.ts'
import { isRelated, type RuleContext } from './related.ts'
import type { HookVersion, RelatedRule } from './wire.ts'
import type { Resource } from './write.ts'

/** The first list of a related kind has not arrived: the parent is retried without an event. */
export class NotSynced extends Error {
  override readonly name = 'NotSynced'
}

export interface CustomizeOptions {
  version: HookVersion
  /** Calls the hook; undefined without one. */
  call: ((parent: KubeObject) => Promise<RelatedRule[]>) | undefined
  informers: InformerUse
  resourceOf: (rule: { apiVersion: string, resource: string }) => Resource | undefined
  parents: () => KubeObject[]
  enqueue: (parent: KubeObject) => void
}

export interface Customize { relatedTo (parent: KubeObject): Promise<ObjectMap> }

/** How long a response is cached. */
const cacheTime = 20 * 60 * 1000

export function createCustomize (options: CustomizeOptions): Customize {
  const { version, call, informers, resourceOf, parents, enqueue } = options
  const responses = new Map<string, { at: number, rules: Promise<RelatedRule[]> }>()
  const opened = new Map<string, Informer>()

  /** Calls once for each uid and generation; a failed call is not cached. */
  function rulesFor (parent: KubeObject): Promise<RelatedRule[]> {
    if (call === undefined) return Promise.resolve([])
    const key = `${parent.metadata.uid}/${parent.metadata.generation}`
    const known = responses.get(key)
    if (known !== undefined && Date.now() - known.at < cacheTime) return known.rules
    const rules = call(parent)
    responses.set(key, { at: Date.now(), rules })
    rules.catch(() => responses.delete(key))
    return rules
  }

  function informerFor (rule: { apiVersion: string, resource: string }): Informer {
    const key = `${rule.resource}.${rule.apiVersion}`
    const known = opened.get(key)
    if (known !== undefined) return known
    const resource = resourceOf(rule)
    if (resource === undefined) throw new Error(`the server does not serve ${rule.resource} in ${rule.apiVersion}`)
    const informer = informers.open(resource, {
      changed (before, now) {
        if (before?.metadata.resourceVersion === now.metadata.resourceVersion) return
        notify(key, before === undefined ? [now] : [before, now]).catch(unexpected)
      },
      deleted: last => { notify(key, [last]).catch(unexpected) }
    })
    opened.set(key, informer)
    return informer
  }

  /** Enqueues each parent whose rules match, and calls the hook for parents without rules. */
  async function notify (key: string, objects: KubeObject[]): Promise<void> {
    for (const parent of parents()) {
      const rules = await rulesFor(parent).catch(() => [])
      const context = contextOf(parent)
      const ofKind = rules.filter(rule => `${rule.resource}.${rule.apiVersion}` === key)
      const isRelevant = ofKind.some(rule => objects.some(object => matches(rule, object, context)))
      if (isRelevant) enqueue(parent)
    }
  }

  function contextOf (parent: KubeObject): RuleContext {
    const namespaces = () => syncedOrThrow(informerFor({ apiVersion: 'v1', resource: 'namespaces' }))
    return {
      version,
      parent,
      namespaceLabels: name => {
        const namespace = namespaces().get(name)
        return namespace && (namespace.metadata.labels ?? {})
      }
    }
  }

  return {
    async relatedTo (parent) {
      const related = mapOf([])
      for (const rule of await rulesFor(parent)) {
        const { all, resource } = syncedOrThrow(informerFor(rule))
        addKind(related, resource)
        const context = contextOf(parent)
        for (const object of all()) if (isRelated(rule, object, context)) insert(related, object)
      }
      return related
    }
  }
}

function syncedOrThrow (informer: Informer): Informer {
  if (informer.synced()) return informer
  throw new NotSynced(`the list of ${informer.resource.plural} has not arrived`)
}

function matches (rule: RelatedRule, object: KubeObject, context: RuleContext): boolean {
  try {
    return isRelated(rule, object, context)
  } catch {
    return false
  }
}
