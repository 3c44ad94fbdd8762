import { readdirSync, readFileSync } from 'node:fs'
import type { KubeObject } from '../../cluster/kube-object.ts'
import type { ApplyStrategy } from '../plan-writes.ts'

/** What the real engine did after one step: what it asked the hook, and what it then wrote, from the API server's audit log. */
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

/** How many of the syncs come with all that was written after them: those before the cut, where writes are missing. */
export function syncsWithWrites (scenario: Scenario): number {
  const { exchanges, writes, writesInAll } = scenario
  const complete = writes.length === writesInAll ? exchanges : exchanges.slice(0, 4)
  return complete.filter(({ hook }) => hook === 'sync').length
}
