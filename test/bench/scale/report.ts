import { plural } from '../../../src/plural.ts'
import type { Row } from '../report.ts'
import type { Failure } from './failures.ts'
import type { Creation, PlatformRun } from './runs.ts'
import type { Size } from './tenants.ts'
import type { Usage } from './usage.ts'

/** Figures of one run: of the same objects created in three ways. */
export interface Figures extends Size, Ratios {
  engine: string
  applyStrategy: string
  versions: Record<string, string>
  /** Of the machine over one minute, at the start and at the end. */
  load: number[]
  raw: Creation
  guarded: Creation
  platform: PlatformRun
  cronjobs?: Usage
  failure?: Failure[]
}

/** Metacontroller counts fully: it is a part of what a Tenant costs. */
interface Ratios {
  readyOverRaw: number
  readyOverGuarded: number
  apiserverCpuOverRaw: number
  apiserverCpuOverGuarded: number
  writesPerTenant: number
  statusWritesPerTenant: number
}

/** By ratio: what it was before the bench, and what is aimed at. */
const goals: Array<[keyof Ratios, name: string, before: string, goal: number]> = [
  ['readyOverRaw', 'all Ready, over raw', '5.4', 3.2],
  ['readyOverGuarded', 'all Ready, over guarded', '', 1.5],
  ['apiserverCpuOverRaw', 'kube-apiserver CPU, over raw', '4.5', 2.5],
  ['writesPerTenant', 'writes per Tenant', '24', 22],
  ['statusWritesPerTenant', 'of these, of status', '3', 2]
]

export function ratiosOf ({ tenants }: Size, raw: Creation, guarded: Creation, { creation }: Pick<PlatformRun, 'creation'>): Ratios {
  return {
    readyOverRaw: creation.ready / raw.ready,
    readyOverGuarded: creation.ready / guarded.ready,
    apiserverCpuOverRaw: creation.cpuSeconds.apiserver / raw.cpuSeconds.apiserver,
    apiserverCpuOverGuarded: creation.cpuSeconds.apiserver / guarded.cpuSeconds.apiserver,
    writesPerTenant: creation.writes.all / tenants,
    statusWritesPerTenant: creation.writes.status / tenants
  }
}

export type Table = readonly [heading: string, rows: readonly Row[]]

export function tablesOf (figures: Figures): Table[] {
  const { tenants, namespaces, engine, versions, load, applyStrategy, raw, guarded, platform: { creation, atRest, peakMemory }, cronjobs, failure = [] } = figures
  const all: ReadonlyArray<readonly [string, Usage & { ready?: number }]> =
    [
      ['raw', raw], ['guarded', guarded], ['k8s-mtp', creation], ['k8s-mtp at rest', atRest],
      ...(cronjobs === undefined ? [] : [['a CronJob each', cronjobs] as const]),
      ...failure.flatMap(({ name, correcting, waiting }) => [[`failure: ${name}`, correcting] as const, ['30 s after it', waiting] as const])
    ]
  const perTenant = (count: number): number => count / tenants
  return [
    [`${plural(tenants, 'Tenant')} of ${plural(namespaces, 'namespace')}; ${engine} ${versions['engine']}, ${applyStrategy}, ` +
      `Kubernetes ${versions['kubernetes']}; load ${load.map(value => value.toFixed(1)).join(' to ')}`, [
      ['', 'all Ready s', 'CPU s: kube-apiserver', 'etcd', 'controller manager', 'engine', 'hook'],
      ...all.map(([name, { ready, seconds, cpuSeconds: { apiserver, etcd, controllerManager, engine = '', hook = '' } }]): Row =>
        [name, ready ?? `(${seconds.toFixed(0)} s)`, apiserver, etcd, controllerManager, engine, hook])
    ]],
    ['Per Tenant', [
      ['', 'writes', 'of status', 'of objects', 'by Kubernetes', 'refused', 'syncs', 'GETs of parents'],
      ...all.map(([name, { writes, refused, syncs, getsOfParents }]): Row =>
        [name, ...[writes.all, writes.status, writes.children, writes.controllers, refused, syncs, getsOfParents].map(perTenant)])
    ]],
    ['Peak memory, MiB', [['hook', 'engine', 'kube-apiserver', 'etcd'], [peakMemory.hook, peakMemory.engine, peakMemory.apiserver, peakMemory.etcd]]],
    ...(failure.length === 0 ? [] : [failureTable(failure)]),
    goalTable(figures)
  ]
}

/** What one Tenant costs, as their number grows: equal rows are linear growth. */
export function growthTable (runs: readonly Figures[]): Table {
  return ['Per Tenant, by their number', [
    ['Tenants', 'all Ready ms', 'CPU ms: kube-apiserver', 'etcd', 'controller manager', 'engine', 'hook', 'all Ready ms, raw', 'guarded'],
    ...runs.map(({ tenants, raw, guarded, platform: { creation: { ready, cpuSeconds: { apiserver, etcd, controllerManager, engine = 0, hook = 0 } } } }): Row =>
      [tenants, ...[ready, apiserver, etcd, controllerManager, engine, hook, raw.ready, guarded.ready].map(seconds => seconds * 1000 / tenants)])
  ]]
}

function failureTable (failures: Failure[]): Table {
  return ['A deleted Role in other namespaces, while one fails', [['', 'recreated after ms', 'SyncErrors', 'Tenant', 'namespaces not ready', 'the failing one'],
    ...failures.map(({ name, corrections, syncErrors, status: { ready, unready, failing } }): Row =>
      [name, corrections.join(' '), syncErrors.join(', '), ready, unready, failing?.reason ?? ''])]]
}

export function goalTable (figures: Ratios & Size): Table {
  // The goals are of Tenants with one namespace.
  const shown = figures.namespaces === 1 ? goals : goals.slice(0, 3)
  return ['Goals', [['', 'before', 'measured', 'goal', ''],
    ...shown.map(([ratio, name, before, goal]): Row =>
      [name, before, figures[ratio], goal, figures[ratio] <= goal * 1.005 ? 'met' : 'missed'])]]
}
