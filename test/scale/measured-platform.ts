import { setTimeout as sleep } from 'node:timers/promises'
import type { AuditWrite } from '../cluster/audit.ts'
import { ENGINE_USER } from '../cluster/credentials.ts'
import type { Guard } from '../cluster/guard.ts'
import { startPlatform, type Platform } from '../cluster/platform.ts'
import { startFaultProxy, type Exchange, type FaultProxy } from '../faults/fault-proxy.ts'
import { cpuSeconds } from './processes.ts'
import { callsOf, writesOf, type Usage } from './usage.ts'

/** A platform with a proxy before its hook, which measures the calls. */
export interface MeasuredPlatform extends Platform {
  exchanges: Exchange[]
  /** Measures what the hook and the engine do meanwhile. */
  measure (work: () => Promise<unknown>): Promise<Usage>
  /** Waits until neither the hook is called nor the engine writes. */
  settle (): Promise<void>
}

/**
 * Milliseconds without calls and writes after which the state is steady, and how long to wait for that. While a Tenant makes progress,
 * the hook asks for another call after 20 s.
 */
const QUIET = 25_000
const TIMEOUT = 300_000

export async function startMeasuredPlatform (guard: Guard, log: (line: string) => void): Promise<MeasuredPlatform> {
  const exchanges: Exchange[] = []
  let last = 0
  let proxy: FaultProxy | undefined
  const platform = await startPlatform({
    guard,
    log,
    route: async hookUrl => {
      proxy = await startFaultProxy(hookUrl, exchange => {
        last = Date.now()
        exchanges.push(exchange)
      })
      return { url: proxy.url }
    }
  })
  const engineWrites = (since: number): AuditWrite[] => platform.auditWrites(since).filter(({ user }) => user === ENGINE_USER)
  const { hook, engine, controlPlane: { apiserver } } = platform
  const cpu = (): Usage['cpuSeconds'] =>
    ({ hook: cpuSeconds(hook), engine: cpuSeconds(engine), apiserver: cpuSeconds(apiserver), proxy: cpuSeconds(process) })
  return {
    ...platform,
    exchanges,
    async measure (work) {
      const [start, first, before] = [Date.now(), exchanges.length, cpu()]
      await work()
      const [seconds, calls, after] = [(Date.now() - start) / 1000, exchanges.slice(first), cpu()]
      // An event is logged just after the response.
      await sleep(100)
      return {
        seconds,
        calls: callsOf(calls),
        ...writesOf(engineWrites(start)),
        quotaEvents: platform.auditWrites(start).filter(({ resource }) => resource === 'resourcequotas/status').length,
        cpuSeconds: {
          hook: after.hook - before.hook,
          engine: after.engine - before.engine,
          apiserver: after.apiserver - before.apiserver,
          proxy: after.proxy - before.proxy
        }
      }
    },
    async settle () {
      const deadline = Date.now() + TIMEOUT
      do await sleep(500)
      while (Date.now() < deadline && (Date.now() - last < QUIET || engineWrites(Date.now() - QUIET).length > 0))
      if (Date.now() >= deadline) throw new Error(`the hook is still called, or the engine writes, after ${TIMEOUT / 1000} s`)
    },
    async stop () {
      await platform.stop()
      await proxy?.close()
    }
  }
}
