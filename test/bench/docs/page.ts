import type { machine, Row } from '../report.ts'
import { cellOf } from '../report.ts'
import type { Figures as PolicyFigures } from '../policies/measure.ts'
import { policyTables } from '../policies/report.ts'
import type { Figures as HookFigures } from '../hook/measure.ts'
import { hookTables } from '../hook/report.ts'
import { growthTable, tablesOf, type Figures as ScaleFigures, type Table } from '../scale/report.ts'
import { chart } from './chart.ts'

/** All of one run on one machine. */
export interface AllFigures {
  machine: ReturnType<typeof machine>
  scale: ScaleFigures[]
  policies: PolicyFigures
  hook: HookFigures
}

/** Replaces the measured part of the page. */
export function pageWith (page: string, figures: AllFigures): string {
  const [start, end] = ['<!-- measured: npm run bench:docs -->', '<!-- end of measured -->']
  const [before = '', after = ''] = [page.split(start)[0], page.split(end)[1]]
  return `${before}${start}\n\n${measured(figures)}\n\n${end}${after}`
}

function measured ({ machine: { node, processors, model }, scale, policies, hook }: AllFigures): string {
  const tables = [growthTable(withOneNamespace(scale)), ...scale.flatMap(tablesOf), ...policyTables(policies), ...hookTables(hook)]
  return [
    `Node.js ${node}, ${processors} CPUs (${model}), all processes of a run on this machine.`,
    ...chartsOf(scale).map(({ file, title }) => `![${title}, by the number of Tenants](assets/performance/${file})`),
    ...tables.map(markdown)
  ].join('\n\n')
}

function markdown ([heading, [head = [], ...rows]]: Table): string {
  const line = (row: Row) => `| ${row.map(cellOf).join(' | ')} |`
  return [`**${heading}**`, '', line(head), line(head.map(() => '---')), ...rows.map(row => line(head.map((_, index) => row[index] ?? '')))].join('\n')
}

export interface Chart { file: string, title: string, svg: string }

/** Of Tenants with one namespace. */
export function chartsOf (scale: ScaleFigures[]): Chart[] {
  const runs = withOneNamespace(scale)
  const line = (name: string, value: (run: ScaleFigures) => number) => ({ name, points: runs.map(run => [run.tenants, value(run)] as const) })
  const chartIn = (file: string, title: string, unit: string, lines: Parameters<typeof chart>[2]): Chart => ({ file, title, svg: chart(title, unit, lines) })
  return [
    chartIn('all-ready.svg', 'All Tenants Ready', 's', [
      line('raw', run => run.raw.ready), line('guarded', run => run.guarded.ready), line('k8s-mtp', run => run.platform.creation.ready)
    ]),
    chartIn('cpu.svg', 'CPU for the creation', 's', [
      line('API server', run => run.platform.creation.cpuSeconds.apiserver), line('etcd', run => run.platform.creation.cpuSeconds.etcd),
      line('engine', run => run.platform.creation.cpuSeconds.engine ?? 0), line('hook', run => run.platform.creation.cpuSeconds.hook ?? 0)
    ]),
    chartIn('memory.svg', 'Peak memory', 'MiB', [line('engine', run => run.platform.peakMemory.engine), line('hook', run => run.platform.peakMemory.hook)])
  ]
}

function withOneNamespace (scale: ScaleFigures[]): ScaleFigures[] {
  return scale.filter(({ namespaces }) => namespaces === 1)
}
