import { writeFileSync } from 'node:fs'
import type { Platform } from '../cluster/platform.ts'
import type { Corrected } from './correct.ts'
import type { Refused } from './refuse.ts'
import type { Rest } from './rest.ts'
import type { ReadyTenant } from './tenants.ts'

/** What the demo has shown, for programs. Times are in milliseconds. */
export interface Report {
  engine: string
  applyStrategy: string
  versions: { engine: string, kubernetes: string, etcd: string, node: string }
  tenants: { name: string, ready: boolean, milliseconds: number }[]
  refused: Refused[]
  corrected: Corrected[]
  /** Writes that the API server got in `restSeconds`, those of its own left out. */
  writesAtRest: number
  restSeconds: number
}

interface Shown { tenants: ReadyTenant[], refused: Refused[], corrected: Corrected[], rest: Rest }

export function reportOf ({ engine, versions }: Platform, { tenants, refused, corrected, rest }: Shown): Report {
  return {
    engine: engine.name,
    applyStrategy: engine.strategy,
    versions: { engine: engine.version, ...versions },
    tenants: tenants.map(({ tenant, milliseconds }) => ({ name: tenant.metadata.name, ready: true, milliseconds })),
    refused,
    corrected,
    writesAtRest: rest.writes.length,
    restSeconds: rest.seconds
  }
}

export function writeReport (file: string, report: Report): void {
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`)
}
