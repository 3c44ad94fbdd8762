import { writeFileSync } from 'node:fs'
import type { Platform } from '../cluster/platform.ts'
import type { Corrected } from './correct.ts'
import type { Refused } from './refuse.ts'
import type { SteadyState } from './steady-state.ts'
import type { ReadyTenant } from './tenants.ts'
import type { Workloads } from './workloads.ts'

/** The results of the demo, for programs. Times are in milliseconds. */
export interface Report {
  engine: string
  applyStrategy: string
  versions: { engine: string, kubernetes: string, etcd: string, node: string }
  tenants: { name: string, ready: boolean, milliseconds: number }[]
  refused: Refused[]
  workloads: Workloads
  corrected: Corrected[]
  /** Writes during `steadyStateSeconds`, except those of the API server itself. */
  steadyStateWrites: number
  steadyStateSeconds: number
}

interface Shown {
  tenants: ReadyTenant[]
  refused: Refused[]
  workloads: Workloads
  corrected: Corrected[]
  steadyState: SteadyState
}

export function reportOf ({ engine, versions }: Platform, { tenants, steadyState, ...shown }: Shown): Report {
  return {
    engine: engine.name,
    applyStrategy: engine.strategy,
    versions: { engine: engine.version, ...versions },
    tenants: tenants.map(({ tenant, milliseconds }) => ({ name: tenant.metadata.name, ready: true, milliseconds })),
    ...shown,
    steadyStateWrites: steadyState.writes.length,
    steadyStateSeconds: steadyState.seconds
  }
}

export function writeReport (file: string, report: Report): void {
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`)
}
