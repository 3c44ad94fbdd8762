import type { AuditWrite } from '../cluster/audit.ts'
import type { Exchange } from '../faults/fault-proxy.ts'

/** Calls of the hook of one path for one kind of parent. */
export interface Calls {
  count: number
  /** Without status 200. */
  failed: number
  /** Of all calls, in KiB. */
  requests: number
  responses: number
  /** Of the last call, in KiB. */
  lastRequest: number
  lastResponse: number
}

/** What the hook and the engine did in some time. */
export interface Usage {
  seconds: number
  /** By path and kind of parent: `/sync Tenant`. */
  calls: Record<string, Calls>
  /** Of the engine, by verb and resource: `patch roles`. */
  writes: Record<string, number>
  /** Writes of the engine that the API server refused. */
  refused: number
  /** Changes of the status of quotas, each of which is an event for the engine. Kubernetes counts all quotas again every 5 minutes. */
  quotaEvents: number
  /** `proxy` is this process, which the calls of the hook pass. */
  cpuSeconds: { hook: number, engine: number, apiserver: number, proxy: number }
}

export function callsOf (exchanges: Exchange[]): Record<string, Calls> {
  return Object.fromEntries(keysOf(exchanges, callKey).map(key => {
    const calls = exchanges.filter(exchange => callKey(exchange) === key)
    const last = calls.at(-1)
    return [key, {
      count: calls.length,
      failed: calls.filter(({ status }) => status !== 200).length,
      requests: kibibytes(calls.reduce((sum, { requestBytes }) => sum + requestBytes, 0)),
      responses: kibibytes(calls.reduce((sum, { responseBytes }) => sum + responseBytes, 0)),
      lastRequest: kibibytes(last?.requestBytes ?? 0),
      lastResponse: kibibytes(last?.responseBytes ?? 0)
    }]
  }))
}

export function writesOf (writes: AuditWrite[]): Pick<Usage, 'writes' | 'refused'> {
  const counts = keysOf(writes, writeKey).map(key => [key, writes.filter(write => writeKey(write) === key).length])
  return { writes: Object.fromEntries(counts) as Record<string, number>, refused: writes.filter(({ code }) => code >= 400).length }
}

/** The writes of the engine except events. */
export function totalWrites ({ writes }: Usage): number {
  return Object.entries(writes).reduce((sum, [key, count]) => key.endsWith(' events') ? sum : sum + count, 0)
}

const callKey = ({ path, kind }: Exchange): string => `${path} ${kind}`
const writeKey = ({ verb, resource }: AuditWrite): string => `${verb} ${resource}`

function keysOf<T> (items: T[], keyOf: (item: T) => string): string[] {
  return [...new Set(items.map(keyOf))].sort()
}

function kibibytes (bytes: number): number {
  return Math.round(bytes / 102.4) / 10
}
