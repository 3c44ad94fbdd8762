import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { inject } from 'vitest'
import { credentialId } from '../../src/guardrails/cel.ts'
import { readAuditWrites, type AuditWrite } from '../cluster/audit.ts'
import { createKubeClient, type KubeClient } from '../cluster/client.ts'
import type { ApplyStrategy } from '../cluster/engine.ts'
import type { Authentication } from '../cluster/transport.ts'

/** The addresses of the platform of a run, as data: another process started it. */
export interface PlatformContext {
  server: string
  /** The certificate authority of the API server, as PEM. */
  caFile: string
  /** Of a cluster admin. */
  authentication: Authentication
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

/** The client of a cluster admin, shared by all tests of a file. */
export function client (): KubeClient {
  if (shared === undefined) {
    const { server, caFile, authentication } = platform()
    shared = createKubeClient({ server, ca: readFileSync(caFile, 'utf8'), authentication })
  }
  return shared
}

/** Makes `client` use another platform, for tests that start their own. */
export function useClient (own: KubeClient): void {
  shared = own
}

/** Impersonates a user. The API server does not add impersonated users to system:authenticated. */
export function as (user: string, groups: string[] = []): KubeClient {
  return client().as(user, [...groups, 'system:authenticated'])
}

/** A controller or the engine as guardrails exempt it: with all permissions, and with a credential of its own. */
export function asExempt (user: string, groups: string[] = []): KubeClient {
  return client().as(user, ['system:masters', 'system:authenticated', ...groups], { [credentialId]: 'JTI=test' })
}

/** A member of a break-glass group: guardrails do not apply. */
export function breakGlass (): KubeClient {
  return client().as('break-glass', ['system:masters', 'k8s-mtp:break-glass', 'system:authenticated'])
}

export interface EventuallyOptions {
  /** Milliseconds; 40 s by default, for a machine that runs two control planes. */
  timeout?: number
  /** Milliseconds between two tries; by default a tenth of the time so far, from 50 to 500. */
  interval?: number
}

/** Retries until the function succeeds, and resolves with its result; rejects with its last error after the timeout. */
export async function eventually<T> (
  attempt: () => T | Promise<T>, { timeout = 40_000, interval }: EventuallyOptions = {}
): Promise<T> {
  const start = Date.now()
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (Date.now() > start + timeout) throw error
    }
    await sleep(interval ?? Math.min(Math.max(50, (Date.now() - start) / 10), 500))
  }
}

/** The writes that the API server completed since a time, in milliseconds since 1970. */
export async function auditWrites (since: number): Promise<AuditWrite[]> {
  // The API server logs an event just after it responds.
  await sleep(100)
  return readAuditWrites(platform().auditLog, since)
}
