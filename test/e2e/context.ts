import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { inject } from 'vitest'
import { readAuditWrites, type AuditWrite } from '../cluster/audit.ts'
import { createKubeClient, type KubeClient } from '../cluster/client.ts'
import type { ApplyStrategy } from '../cluster/engine.ts'

/** Where the platform of a run is, as data: it was started in another process. */
export interface PlatformContext {
  server: string
  /** The certificate authority of the API server, PEM. */
  caFile: string
  /** Of a cluster admin. */
  token: string
  kubeconfig: string
  engineKubeconfig: string
  auditLog: string
  logs: { name: string, logFile: string }[]
  hookUrl: string
  hookPid: number
  engine: { name: 'metacontroller' | 'stand-in', version: string, strategy: ApplyStrategy, pid: number, metricsUrl: string }
  versions: { kubernetes: string, etcd: string, node: string }
}

declare module 'vitest' {
  export interface ProvidedContext {
    applyStrategy: string
    platform: PlatformContext
  }
}

export function platform (): PlatformContext {
  return inject('platform')
}

let shared: KubeClient | undefined

/** As cluster admin; one client for all tests of a file. */
export function client (): KubeClient {
  if (shared === undefined) {
    const { server, caFile, token } = platform()
    shared = createKubeClient({ server, ca: readFileSync(caFile, 'utf8'), token })
  }
  return shared
}

/** For tests that have a platform of their own: from now on `client` is of that one. */
export function useClient (own: KubeClient): void {
  shared = own
}

/** The same client as somebody else. The API server puts everybody into system:authenticated, but for impersonated users. */
export function as (user: string, groups: string[] = []): KubeClient {
  return client().as(user, [...groups, 'system:authenticated'])
}

/** Somebody who may do to managed objects what even a cluster admin may not. */
export function breakGlass (): KubeClient {
  return client().as('break-glass', ['system:masters', 'k8s-mtp:break-glass', 'system:authenticated'])
}

export interface EventuallyOptions {
  /** Milliseconds; 20 s by default. */
  timeout?: number
  /** Milliseconds between two tries; 50 by default. */
  interval?: number
}

/** Tries until the function neither throws nor rejects, and resolves with what it gave; else rejects with its last error. */
export async function eventually<T> (attempt: () => T | Promise<T>, { timeout = 20_000, interval = 50 }: EventuallyOptions = {}): Promise<T> {
  const deadline = Date.now() + timeout
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
    await sleep(interval)
  }
}

/** The writes that the API server has answered since a moment, in milliseconds since 1970. */
export async function auditWrites (since: number): Promise<AuditWrite[]> {
  // An event is logged just after its request has been answered.
  await sleep(100)
  return readAuditWrites(platform().auditLog, since)
}
