import type { KubeClient } from '../cluster/client.ts'
import { describe, refOf, type KubeObject } from '../cluster/kube-object.ts'
import { count } from './counters.ts'
import { createCustomize, NotSynced } from './customize.ts'
import { selectorOf } from './desired.ts'
import type { Endpoint } from './endpoint.ts'
import type { EventRecorder } from './event-recorder.ts'
import { hookCall, HookError, isStrict, TooManyRequests } from './hook-call.ts'
import type { Informer } from './informer.ts'
import type { InformerUse } from './informers.ts'
import { sameJson } from './json.ts'
import { selects } from './label-selector.ts'
import { liveWorld } from './live-world.ts'
import { log, unexpected } from './log.ts'
import { kindOf, nameOf } from './object-map.ts'
import { controllerOf } from './owner.ts'
import { sync, type Controller } from './sync.ts'
import { errorMessage } from '../../src/error-message.ts'
import { parseCustomizeResponse } from './wire.ts'
import { createWorkQueue } from './work-queue.ts'
import type { Resource } from './write.ts'

export interface ParentControllerOptions {
  client: KubeClient
  controller: Controller
  /** How to reach the hooks, resolved once. */
  endpoints: { sync: Endpoint, customize: Endpoint }
  /** By its plural. */
  resourceNamed: (rule: { apiVersion: string, resource: string }) => Resource | undefined
  informers: InformerUse
  events: EventRecorder
  workers: number
}

/** Watches the parents of a CompositeController and their children, and syncs parents after each event. Returns how to stop. */
export function startParentController (options: ParentControllerOptions): () => void {
  const { client, controller, endpoints, informers, events, resourceNamed } = options
  const { object: { metadata: { name } }, spec } = controller
  const { parentResource: { labelSelector, ignoreStatusChanges }, hooks = {}, resyncPeriodSeconds, generateSelector = false } = spec
  if (hooks.sync?.webhook === undefined) throw new Error('there is no sync hook')
  const call = hookCall(hooks.sync.webhook, endpoints.sync)
  const { customize: customizeHook } = hooks
  const callCustomize = customizeHook?.webhook && hookCall(customizeHook.webhook, endpoints.customize)

  const queue = createWorkQueue(options.workers, work)
  const isOurs = (parent: KubeObject) => selects(labelSelector, parent.metadata.labels)
  const enqueue = (parent: KubeObject) => { if (isOurs(parent)) queue.add(nameOf(parent)) }
  const resyncAfter = (parent: KubeObject, seconds: number) => { queue.addAfter(nameOf(parent), seconds * 1000) }

  const parents = informers.open(controller.parent, {
    changed (before, now) {
      const isNew = before === undefined || before === now
      if (isNew || !ignoreStatusChanges || isMoreThanStatus(before, now)) enqueue(now)
    },
    deleted: enqueue
  })
  const children = new Map<Resource, Informer>()
  for (const { resource } of controller.children) {
    children.set(resource, informers.open(resource, {
      changed (before, now) {
        if (before?.metadata.resourceVersion !== now.metadata.resourceVersion) {
          parentsOf(now)
            .forEach(enqueue)
        }
      },
      deleted (last) { if (controllerOf(last) !== undefined) parentsOf(last).forEach(enqueue) }
    }))
  }
  const customize = createCustomize({
    version: customizeHook?.version ?? 'v1',
    call: callCustomize && (async parent =>
      parseCustomizeResponse(await callCustomize({
        controller: controller.object,
        parent
      }), isStrict(customizeHook ?? {}))),
    informers,
    resourceOf: resourceNamed,
    parents: parents.all,
    enqueue
  })
  const world = liveWorld({
    client,
    customize,
    call,
    strict: isStrict(hooks.sync),
    informerOf: resource => children.get(resource),
    resyncAfter
  })

  /** The controlling parent of a child; for an orphan all parents that select it, since one may adopt it. */
  function parentsOf (child: KubeObject): KubeObject[] {
    const owner = controllerOf(child)
    if (owner === undefined) {
      return child.metadata.deletionTimestamp === undefined
        ? parents.all()
          .filter(parent => selectsChild(parent, child))
        : []
    }
    if (owner.kind !== controller.parent.kind || kindOf(owner).group !== controller.parent.group) return []
    const namespace = controller.parent.namespaced ? child.metadata.namespace : undefined
    const parent = parents.get(namespace === undefined ? owner.name : `${namespace}/${owner.name}`)
    return parent?.metadata.uid === owner.uid ? [parent] : []
  }

  function selectsChild (parent: KubeObject, child: KubeObject): boolean {
    if (parent.metadata.namespace !== undefined && parent.metadata.namespace !== child.metadata.namespace) return false
    try {
      return selects(selectorOf(parent, generateSelector), child.metadata.labels)
    } catch {
      return false
    }
  }

  async function work (key: string): Promise<void> {
    const parent = parents.get(key)
    if (parent === undefined || !isOurs(parent)) return queue.forget(key)
    count('syncs')
    try {
      await sync(controller, world, parent)
      queue.forget(key)
    } catch (error) {
      failed(key, parent, error)
    }
  }

  function failed (key: string, parent: KubeObject, error: unknown): void {
    if (error instanceof TooManyRequests) return queue.addAfter(key, error.afterSeconds * 1000)
    queue.addRateLimited(key)
    if (error instanceof NotSynced) return
    count('sync_errors')
    log('error', 'sync failed', { controller: name, parent: describe(refOf(parent)), error: errorMessage(error) })
    const body = error instanceof HookError ? `: ${error.body}` : ''
    events.record(parent, 'Warning', 'SyncError', `Sync error: ${errorMessage(error)}${body}`)
  }

  const resync = resyncPeriodSeconds === undefined
    ? undefined
    : setInterval(() => parents.all().forEach(enqueue), Math.max(resyncPeriodSeconds, 1) * 1000)
  Promise.all([parents, ...children.values()].map(({ whenSynced }) => whenSynced)).then(() => {
    log('info', 'controller started', { controller: name })
    queue.start()
  }).catch(unexpected)
  return () => {
    clearInterval(resync)
    queue.stop()
    informers.close()
  }
}

function isMoreThanStatus (before: KubeObject, now: KubeObject): boolean {
  const rest = ({ metadata: { generation, labels, annotations } }: KubeObject) => ({ generation, labels, annotations })
  return now.metadata.deletionTimestamp !== undefined || !sameJson(rest(before), rest(now))
}
