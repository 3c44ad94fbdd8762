import { columns } from '../demo/screen.ts'
import type { Difference } from './compare.ts'
import { isFlat, median, type Growth } from './memory.ts'
import type { Outcome } from './operation.ts'

export interface Settings {
  minutes: number
  seed: number
  /** Operations a second. */
  rate: number
  strategy: string
}

/** What came out of a run. */
export interface Report {
  settings: Settings
  engine: { name: string, version: string, replicas: number }
  kubernetes: string
  /** Operations that were done; fewer than planned where the run was stopped. */
  operations: number
  byKind: Record<string, Record<Outcome, number>>
  kills: Record<string, number>
  /** Processes that ended by themselves and were restarted, such as Metacontroller without its Lease. */
  ended: Record<string, number>
  /** Changes of the leader. */
  failovers: number
  /** Seconds from the end of the operations to the equality of model and cluster, at each checkpoint. */
  convergence: number[]
  objects: { tenants: number, namespaces: number, managed: number, data: number }
  memory: Growth[]
  /** Empty where model and cluster are equal. */
  failures: Failure[]
}

export interface Failure extends Difference { lastOperations: string[] }

export function isSuccess ({ failures, memory }: Report): boolean {
  return failures.length === 0 && memory.every(isFlat)
}

/** The command that does the same operations again. */
export function replayCommand ({ settings: { minutes, seed, rate, strategy }, operations }: Report): string {
  return `npm run soak -- --minutes ${minutes} --seed ${seed} --rate ${rate} --strategy ${strategy} --operations ${operations}`
}

export function reportLines (report: Report): string[] {
  const { settings: { minutes, seed, strategy }, engine, kubernetes, operations, byKind, kills, ended, failovers, convergence, objects, memory } = report
  const counts = (record: Record<string, number>): string => Object.entries(record).map(([name, count]) => `${name} ${count}`).join(', ') || 'none'
  const outcomes = ['admitted', 'refused', 'invalid', 'missing'] as const
  return [
    ...report.failures.flatMap(failureLines),
    '',
    ...columns([['operation', ...outcomes], ...Object.entries(byKind).map(([kind, count]) => [kind, ...outcomes.map(each => String(count[each]))])]),
    '',
    `${operations} operations in ${minutes} minutes; ${engine.replicas} ${engine.name} ${engine.version}, ${strategy}, Kubernetes ${kubernetes}`,
    `kills: ${counts(kills)}; ended by themselves: ${counts(ended)}; failovers: ${failovers}`,
    `convergence in seconds: median ${median(convergence).toFixed(1)}, max ${Math.max(0, ...convergence).toFixed(1)}, of ${convergence.length}`,
    `compared at the end: ${objects.tenants} Tenants, ${objects.namespaces} namespaces, ${objects.managed} managed objects, ${objects.data} objects of teams`,
    ...memory.map(memoryLine),
    ...(memory.length === 0 ? ['memory: all lives were too short to tell a trend'] : []),
    `${report.failures.length === 0 ? 'model and cluster are equal' : `${report.failures.length} differences`}; seed ${seed}. The same operations again:`,
    `  ${replayCommand(report)}`
  ]
}

function memoryLine (growth: Growth): string {
  const { process, seconds, start, end, growth: mebibytes, bound } = growth
  return `memory of ${process} in ${seconds.toFixed(0)} s: ${start.toFixed(0)} to ${end.toFixed(0)} MiB, trend ${mebibytes.toFixed(1)} MiB, ` +
    `bound ${bound.toFixed(0)} MiB: ${isFlat(growth) ? 'flat' : 'GROWS'}`
}

function failureLines ({ object, lines, lastOperations }: Failure): string[] {
  return ['', object, ...lines.map(line => `  ${line}`), '  last operations on it, and kills:', ...lastOperations.map(line => `    ${line}`)]
}
