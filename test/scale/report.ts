import { columns } from '../demo/screen.ts'
import type { Failure } from './failures.ts'
import { totalWrites, type Usage } from './usage.ts'

/** The figures of a run. Sizes are in KiB, memory in MiB. */
export interface Report {
  engine: string
  applyStrategy: string
  versions: Record<string, string>
  tenants: number
  /** Of spec.namespaces of each, beside the home namespace. */
  entries: number
  /** The load of the machine over one minute, at the start and at the end. */
  load: number[]
  /** Seconds until all Tenants were ready; the usage lasts until the state is steady. */
  ready: number
  creation: Usage
  /** The most memory so far, after the creation and at the end. */
  peakMemory: { hook: number, engine: number }[]
  steadyState: Usage
  cronJobs?: Usage
  failures?: Failure[]
}

const heading = ['', 'seconds', 'syncs: Tenant', 'TenantNamespace', 'customize', 'KiB in', 'KiB out', 'writes', 'refused', 'quota events', 'CPU s: hook', 'engine', 'apiserver', 'proxy']

/** A line for each measured time, and a paragraph for each failure. */
export function table (report: Report): string[] {
  const { engine, applyStrategy, versions, tenants, entries, load, ready, creation, peakMemory, failures = [] } = report
  const usages: Array<[string, Usage | undefined]> = [
    ['creation', creation],
    ['steady state', report.steadyState],
    ['a CronJob each', report.cronJobs],
    ...failures.flatMap(({ name, correcting, waiting }): Array<[string, Usage]> =>
      [[`failure: ${name}`, correcting], ['30 s after it', waiting]])
  ]
  return [
    `${engine} ${versions.engine}, ${applyStrategy}: ${tenants} Tenants with ${entries} entries in spec.namespaces; load ${load.map(value => value.toFixed(1)).join(' to ')}`,
    `ready after ${ready.toFixed(1)} s; peak memory in MiB: ${peakMemory.map(({ hook, engine }) => `hook ${hook}, engine ${engine}`).join('; at the end ')}`,
    `last sync of each kind: ${['Tenant', 'TenantNamespace'].map(kind => lastSync(kind, creation)).join('; ')}`,
    '',
    ...columns([heading, ...usages.flatMap(([name, usage]) => usage === undefined ? [] : [row(name, usage)])]),
    ...failures.flatMap(({ name, corrections, syncErrors, status }) => [
      '',
      `failure: ${name}. A deleted Role in another namespace was back after ${corrections.join(', ')} ms; SyncErrors: ${syncErrors.join(', ') || 'none'}`,
      `  Tenant: ${String(status.phase)}, Ready ${status.ready}; namespaces not ready: ${status.unready}`,
      `  ${JSON.stringify(status.failing)}`
    ])
  ]
}

function row (name: string, usage: Usage): string[] {
  const all = Object.values(usage.calls)
  const sum = (field: 'requests' | 'responses'): string => String(Math.round(all.reduce((total, calls) => total + calls[field], 0)))
  const count = (...keys: string[]): string => String(keys.reduce((total, key) => total + (usage.calls[key]?.count ?? 0), 0))
  return [
    name, usage.seconds.toFixed(0), count('/sync Tenant'), count('/sync TenantNamespace'), count('/customize Tenant', '/customize TenantNamespace'),
    sum('requests'), sum('responses'), String(totalWrites(usage)), String(usage.refused), String(usage.quotaEvents),
    ...(['hook', 'engine', 'apiserver', 'proxy'] as const).map(part => usage.cpuSeconds[part].toFixed(1))
  ]
}

function lastSync (kind: string, { calls }: Usage): string {
  const { lastRequest = 0, lastResponse = 0 } = calls[`/sync ${kind}`] ?? {}
  return `${kind} ${lastRequest} KiB, response ${lastResponse} KiB`
}
