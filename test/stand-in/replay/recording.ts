import { readdirSync, readFileSync } from 'node:fs'
import type { KubeObject } from '../../cluster/kube-object.ts'
import type { ApplyStrategy } from '../plan-writes.ts'

/** The calls of the hook by Metacontroller after one step, and its writes from the audit log of the API server. */
export interface Scenario {
  scenario: string
  exchanges: Exchange[]
  /** More than eight exchanges are cut to the first and last four. */
  exchangesInAll: number
  writes: RecordedWrite[]
  /** More than forty writes are cut to the first forty. */
  writesInAll: number
}

export type Exchange =
  | { hook: 'customize', request: { parent: KubeObject }, response: unknown }
  | { hook: 'sync', request: RecordedSync, response: unknown }

export interface RecordedSync {
  parent: KubeObject
  children: Record<string, Record<string, KubeObject>>
  related: Record<string, Record<string, KubeObject>>
  finalizing: boolean
}

export interface RecordedWrite {
  verb: string
  /** With the subresource: `tenants/status`. */
  resource: string
  group: string
  namespace: string | null
  name: string
  code: number
  query: string
  body: unknown
}

const folder = new URL('../../fixtures/recordings/', import.meta.url)

export function scenariosOf (strategy: ApplyStrategy): Scenario[] {
  const scenarios = new URL(`${strategy}/scenarios/`, folder)
  return readdirSync(scenarios).sort().map(file => JSON.parse(readFileSync(new URL(file, scenarios), 'utf8')))
}

export function syncsOf ({ exchanges }: Scenario): { request: RecordedSync, response: unknown }[] {
  return exchanges.filter(exchange => exchange.hook === 'sync')
}

/** Counts the syncs with all of their writes: those before the cut, if the writes are cut. */
export function syncsWithWrites (scenario: Scenario): number {
  const { exchanges, writes, writesInAll } = scenario
  const complete = writes.length === writesInAll ? exchanges : exchanges.slice(0, 4)
  return complete.filter(({ hook }) => hook === 'sync').length
}
