import { ApiError, isRecord } from '../../cluster/api-error.ts'
import type { KubeObject } from '../../cluster/kube-object.ts'
import { kindOf, keyOf, mapOf, nameOf } from '../object-map.ts'
import type { World } from '../sync.ts'
import { parseSyncResponse } from '../wire.ts'
import type { Resource, Write } from '../write.ts'
import type { HandEdit } from './hand-edits.ts'
import type { RecordedSync, RecordedWrite } from './recording.ts'

/** The recorded state, from one scenario to the next. */
export interface Memory {
  /** The parents with their last written status, and each child as last observed. */
  live: Map<string, KubeObject>
  /** The last observed resourceVersion of each parent. */
  seen: Map<string, string>
  /** The remaining syncs of the recordings, in order. */
  ahead: RecordedSync[]
}

export interface Replay { writes: Write[], requests: unknown[] }

/** The World of one recorded sync; writes get the recorded responses. */
export function recordedWorld (
  memory: Memory,
  { request, response }: { request: RecordedSync, response: unknown },
  edits: HandEdit[],
  codes: RecordedWrite[],
  replay: Replay
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
    related: async () => mapOf(Object.values(request.related)
      .flatMap(objects => Object.values(objects)), relatedKinds(request)),
    async callHook ({ controller, ...sent }) {
      replay.requests.push(sent)
      return parseSyncResponse(JSON.stringify(response), true)
    },
    resyncAfter () {},
    async read (object) {
      const live = memory.live.get(keyFor(object))
      if (live === undefined) throw new ApiError(404, 'NotFound', `${keyFor(object)} is in no recording`)
      return live
    },
    async write (write) {
      replay.writes.push(write)
      const index = codes.findIndex(code => isResponseTo(write, code))
      const code = index < 0 ? 200 : codes.splice(index, 1)[0]?.code ?? 200
      if (code >= 400) throw new ApiError(code, reasonOf(code, write.verb), `refused with ${code}`)
      return responseTo(memory, write, code)
    }
  }
}

function isResponseTo (write: Write, { verb, resource, name, query }: RecordedWrite): boolean {
  const path = [write.resource.plural, write.subresource].filter(part => part !== undefined).join('/')
  return verb === write.verb && resource === path && name === write.name && query === new URLSearchParams(write.query).toString()
}

function reasonOf (code: number, verb: string): string {
  if (code === 409) return verb === 'create' ? 'AlreadyExists' : 'Conflict'
  return code === 404 ? 'NotFound' : 'Forbidden'
}

/**
 * The audit log has no responses. An applied object is assumed to be as observed next, except a quota that was created
 * or changed: the quota controller writes its status before that.
 */
function responseTo (memory: Memory, write: Write, code: number): KubeObject {
  // Only deletes and JSON patches have other bodies, and their responses are not read.
  const body = write.body as KubeObject
  if (write.verb === 'update') memory.live.set(keyFor(body), body)
  if (write.patch !== 'apply') return body
  const key = keyFor(body)
  const next = memory.ahead.flatMap(({ children }) => Object.values(children))
    .flatMap(objects => Object.values(objects))
    .find(object => keyFor(object) === key)
  if (next === undefined) return body
  const before = memory.live.get(key)
  const superseded = body.kind === 'ResourceQuota' && (code === 201 || !declares(before?.spec, body.spec))
  return superseded
    ? {
        ...next,
        metadata: { ...next.metadata, resourceVersion: 'before its status was written' }
      }
    : next
}

/** True where all declared fields are observed. */
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
