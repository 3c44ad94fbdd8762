import { ApiError, isRecord } from '../../cluster/api-error.ts'
import type { KubeObject } from '../../cluster/kube-object.ts'
import { kindOf, keyOf, mapOf, nameOf } from '../object-map.ts'
import type { World } from '../sync.ts'
import { syncAnswer } from '../wire.ts'
import type { Resource, Write } from '../write.ts'
import type { HandEdit } from './hand-edits.ts'
import type { RecordedSync, RecordedWrite } from './recording.ts'

/** The state that the recordings tell of, from one scenario to the next. */
export interface Memory {
  /** The parents, with the status that was written last, and each child as it was seen last. */
  live: Map<string, KubeObject>
  /** The resourceVersion at which a sync saw a parent last. */
  seen: Map<string, string>
  /** What is still to come: each sync of the recordings, in order. */
  ahead: RecordedSync[]
}

export interface Replay { writes: Write[], requests: unknown[] }

/** The world as it was at one recorded sync; writes get the answers that the real engine got. */
export function recordedWorld (
  memory: Memory, { request, response }: { request: RecordedSync, response: unknown }, edits: HandEdit[], codes: RecordedWrite[], replay: Replay
): World {
  const { parent } = request
  if (memory.seen.get(keyFor(parent)) !== parent.metadata.resourceVersion) memory.live.set(keyFor(parent), parent)
  memory.seen.set(keyFor(parent), parent.metadata.resourceVersion ?? '')
  const observed = Object.values(request.children).flatMap(objects => Object.values(objects))
  for (const object of observed) memory.live.set(keyFor(object), object)
  const edited = edits.flatMap(({ object, change }) => {
    const before = memory.live.get(object)
    if (before === undefined) return []
    memory.live.set(object, change(before))
    return [change(before)]
  })

  return {
    candidates: child => [...observed, ...edited].filter(object => object.kind === child.kind),
    related: async () => mapOf(Object.values(request.related).flatMap(objects => Object.values(objects)), relatedKinds(request)),
    async callHook ({ controller, ...sent }) {
      replay.requests.push(sent)
      return syncAnswer(JSON.stringify(response), true)
    },
    resyncAfter () {},
    async read (object) {
      const live = memory.live.get(keyFor(object))
      if (live === undefined) throw new ApiError(404, 'NotFound', `${keyFor(object)} is in no recording`)
      return live
    },
    async write (write) {
      replay.writes.push(write)
      const index = codes.findIndex(code => isAnswerTo(write, code))
      const code = index < 0 ? 200 : codes.splice(index, 1)[0]?.code ?? 200
      if (code >= 400) throw new ApiError(code, reasonOf(code, write.verb), `refused with ${code}`)
      return answerTo(memory, write, code)
    }
  }
}

function isAnswerTo (write: Write, { verb, resource, name, query }: RecordedWrite): boolean {
  const path = [write.resource.plural, write.subresource].filter(part => part !== undefined).join('/')
  return verb === write.verb && resource === path && name === write.name && query === new URLSearchParams(write.query).toString()
}

function reasonOf (code: number, verb: string): string {
  if (code === 409) return verb === 'create' ? 'AlreadyExists' : 'Conflict'
  return code === 404 ? 'NotFound' : 'Forbidden'
}

/**
 * The audit log does not hold the answers. An applied object is taken to be as it is seen next, but for a quota that was created or
 * whose limits were changed: the quota controller has then written its status before it is seen.
 */
function answerTo (memory: Memory, write: Write, code: number): KubeObject {
  // Only deletes and JSON patches have other bodies, and nobody reads what is answered to those.
  const body = write.body as KubeObject
  if (write.verb === 'update') memory.live.set(keyFor(body), body)
  if (write.patch !== 'apply') return body
  const key = keyFor(body)
  const next = memory.ahead.flatMap(({ children }) => Object.values(children)).flatMap(objects => Object.values(objects))
    .find(object => keyFor(object) === key)
  if (next === undefined) return body
  const before = memory.live.get(key)
  const superseded = body.kind === 'ResourceQuota' && (code === 201 || !declares(before?.spec, body.spec))
  return superseded ? { ...next, metadata: { ...next.metadata, resourceVersion: 'before its status was written' } } : next
}

/** Whether all that is declared is there already. */
function declares (observed: unknown, declared: unknown): boolean {
  if (!isRecord(declared)) return observed === declared
  return isRecord(observed) && Object.entries(declared).every(([key, value]) => declares(observed[key], value))
}

function relatedKinds ({ related }: RecordedSync): ReturnType<typeof kindOf>[] {
  return Object.keys(related).map(key => {
    const dot = key.indexOf('.')
    return kindOf({ apiVersion: key.slice(dot + 1), kind: key.slice(0, dot) })
  })
}

function keyFor (object: KubeObject): string {
  return `${keyOf(kindOf(object))} ${nameOf(object)}`
}

export function resourceOf (apiVersion: string, kind: string, plural: string): Resource {
  const { group, version } = kindOf({ apiVersion, kind })
  return { group, version, kind, plural, namespaced: kind !== 'Namespace' && kind !== 'Tenant' }
}
