import { setTimeout as sleep } from 'node:timers/promises'
import { errorMessage } from '../../src/error-message.ts'
import { ApiError, isNotFound } from '../cluster/api-error.ts'
import { describe, refOf, type KubeObject } from '../cluster/kube-object.ts'
import { claim } from './claim.ts'
import type { ControllerSpec } from './controller-spec.ts'
import { desiredChildren, selectorOf } from './desired.ts'
import { sameJson } from './json.ts'
import { mapOf, type Kind, type ObjectMap } from './object-map.ts'
import { adopted, released } from './owner.ts'
import { planWrites, type ApplyStrategy, type UpdateMethod } from './plan-writes.ts'
import { remember, type ApplyCache } from './server-side-apply.ts'
import { syncRequest, type SyncResponse, type SyncRequest } from './wire.ts'
import { writeOf, type Resource, type Write } from './write.ts'

/** A CompositeController with its kinds looked up. */
export interface Controller {
  object: KubeObject
  spec: ControllerSpec
  parent: Resource
  children: { resource: Resource, method: UpdateMethod }[]
  strategy: ApplyStrategy
  cache: ApplyCache
  resourceOf: (kind: Kind) => Resource | undefined
}

/** The cluster and the hook as a sync needs them; the replay test has recordings instead. */
export interface World {
  /** The objects of a child kind, as last observed, that this parent or no one controls. */
  candidates (child: Resource, parent: KubeObject): KubeObject[]
  related (parent: KubeObject): Promise<ObjectMap>
  callHook (request: SyncRequest): Promise<SyncResponse>
  /** Reads the current state of an object. */
  read (object: KubeObject): Promise<KubeObject>
  write (write: Write): Promise<KubeObject>
  /** Syncs the parent again after this time, even without an event. */
  resyncAfter (parent: KubeObject, seconds: number): void
}

/** Syncs one parent. Rejects with all that failed. */
export async function sync (controller: Controller, world: World, parent: KubeObject): Promise<void> {
  const generateSelector = controller.spec.generateSelector ?? false
  const observed = await claimChildren(controller, world, parent)
  const related = await world.related(parent)
  const version = controller.spec.hooks?.sync?.version ?? 'v1'
  const response = await world.callHook(syncRequest({
    controller: controller.object,
    parent
  }, observed, related, version))
  // Before anything can fail, as Metacontroller does: a resync is due even when applying a child fails.
  if (response.resyncAfterSeconds > 0) world.resyncAfter(parent, response.resyncAfterSeconds)
  const desired = desiredChildren(parent, response.children, generateSelector)

  // Without a finalize hook a terminating parent is still synced, but its children are left to garbage collection.
  const isTerminating = parent.metadata.deletionTimestamp !== undefined
  const errors = isTerminating ? [] : await manageChildren(controller, world, { parent, observed, desired })
  const status = { ...response.status, observedGeneration: parent.metadata.generation ?? 0 }
  // Failures of children are not reported for a parent that is gone, or that changes all the time.
  if (await replaceStatus(controller, world, parent, status) && errors.length > 0) throw new Error(errors.join('; '))
}

async function claimChildren ({ spec, children }: Controller, world: World, parent: KubeObject): Promise<ObjectMap> {
  const selector = selectorOf(parent, spec.generateSelector ?? false)
  const claimed: KubeObject[] = []
  for (const { resource } of children) {
    const { kept, adopt, release } = claim(parent, selector, world.candidates(resource, parent))
    for (const object of release) {
      await change(world, resource, object, live => released(parent, live))
        .catch(ignoreGone)
    }
    if (adopt.length > 0) await requireAlive(world, parent)
    for (const object of adopt) {
      // An adopted object is sent to the hook as it was before.
      const done = await change(world, resource, object, live => adopted(parent, live)).catch(ignoreGone)
      if (done !== undefined) claimed.push(object)
    }
    claimed.push(...kept)
  }
  return mapOf(claimed, children.map(({ resource }) => resource))
}

async function requireAlive (world: World, parent: KubeObject): Promise<void> {
  const live = await world.read(parent)
  if (live.metadata.uid === parent.metadata.uid && live.metadata.deletionTimestamp === undefined) return
  throw new Error(`${describe(refOf(parent))} is terminating, so it adopts nothing`)
}

type Maps = Record<'observed' | 'desired', ObjectMap> & { parent: KubeObject }

async function manageChildren (controller: Controller, world: World, maps: Maps): Promise<string[]> {
  const { strategy, cache, resourceOf, children } = controller
  const methodOf = ({ group, kind }: Kind): UpdateMethod =>
    children.findLast(({ resource }) => resource.group === group && resource.kind === kind)?.method ?? 'OnDelete'
  const { writes, errors } = planWrites({ ...maps, strategy, cache, resourceOf, methodOf })
  let succeeded = true
  for (const write of writes) {
    if (write.needsPrevious === true && !succeeded) continue
    succeeded = false
    try {
      const response = await world.write(write)
      succeeded = true
      if (write.remember !== undefined) remember(cache, write.remember, response)
      if (write.forget !== undefined) cache.delete(write.forget)
    } catch (error) {
      if (error instanceof ApiError && write.ignored.includes(error.reason)) continue
      errors.push(`${write.verb} ${describe({ ...write, kind: write.resource.kind })}: ${errorMessage(error)}`)
    }
  }
  return errors
}

/** Writes the status. False for a parent that is gone, or changed before each attempt. */
async function replaceStatus (controller: Controller, world: World, parent: KubeObject, status: Record<string, unknown>): Promise<boolean> {
  const withStatus = (live: KubeObject) => sameJson(live.status, status) ? undefined : { ...live, status }
  return change(world, controller.parent, parent, withStatus, 'status').then(() => true, (error: unknown) => {
    if (isNotFound(error) || isConflict(error)) return false
    throw error
  })
}

/** Reads, changes and writes an object, in four attempts at most after conflicts. */
async function change (
  world: World, resource: Resource, object: KubeObject, changed: (live: KubeObject) => KubeObject | undefined, subresource?: 'status'
): Promise<KubeObject> {
  for (let attempt = 0; ; attempt++) {
    const live = await world.read(object)
    if (live.metadata.uid !== object.metadata.uid) throw new ApiError(404, 'NotFound', `${describe(refOf(object))} was recreated`)
    const body = changed(live)
    if (body === undefined) return live
    const write = writeOf(resource, object, { verb: 'update', body, ...(subresource !== undefined && { subresource }) })
    try {
      return await world.write(write)
    } catch (error) {
      if (!isConflict(error) || attempt === 3) throw error
      await sleep(10 * 5 ** attempt)
    }
  }
}

function ignoreGone (error: unknown): undefined {
  if (!isNotFound(error)) throw error
}

function isConflict (error: unknown): boolean {
  return error instanceof ApiError && error.reason === 'Conflict'
}
