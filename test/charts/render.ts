import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { parse } from 'yaml'
import type { Helm } from '../chart-lifecycle/helm.ts'
import { isRecord } from '../cluster/api-error.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import type { Item } from './find-charts.ts'
import { parseObjects } from './objects.ts'

export type Rendered = { objects: KubeObject[] } | { notRendered: string }

export interface Renderer {
  helm: Helm
  /** For copies of charts. */
  folder: string
  /** Charts that others depend on, by name. */
  beside: ReadonlyMap<string, string>
  /** As `1.37.2`. */
  kubernetes: string
}

/** Renders an item with the default values of its chart, as `helm install` would create it, without its tests. */
export async function render (item: Item, namespace: string, renderer: Renderer): Promise<Rendered> {
  try {
    const objects = item.kind === 'chart'
      ? parseObjects(await template(item, namespace, renderer), item.name)
      : item.files.flatMap(file => parseObjects(readFileSync(file, 'utf8'), basename(file)))
    return { objects: objects.filter(isInstalled) }
  } catch (error) {
    return { notRendered: error instanceof Error ? error.message : String(error) }
  }
}

async function template ({ path }: Item, namespace: string, { helm, folder, beside, kubernetes }: Renderer): Promise<string> {
  const chart = withDependencies(path, beside, folder)
  const { code, stdout, stderr } = await helm.attempt(
    'template', 'try', chart, '--namespace', namespace, '--kube-version', kubernetes, '--include-crds', '--skip-tests'
  )
  if (code !== 0) throw new Error(reasonOf(stderr))
  return stdout
}

/** The last line that helm printed, which has the cause, without paths of this machine. */
export function reasonOf (stderr: string): string {
  const lines = stderr.split('\n').filter(line => line.trim() !== '' && !/^\s*Use --debug/.test(line))
  const first = lines.findIndex(line => line.startsWith('Error:'))
  return lines.slice(Math.max(first, 0)).join(' ').replace(/^Error: /, '').replaceAll(/(?<![\w.-])\/\S*\/(?=[^/\s]+)/g, '').slice(0, 400)
}

/** Returns a chart with all charts that it depends on: those that it has, and else those beside it. */
function withDependencies (chart: string, beside: ReadonlyMap<string, string>, folder: string): string {
  if (missingIn(chart).length === 0) return chart
  const copy = join(mkdtempSync(join(folder, 'chart-')), basename(chart))
  cpSync(chart, copy, { recursive: true })
  complete(copy, beside, new Set())
  return copy
}

function complete (chart: string, beside: ReadonlyMap<string, string>, above: ReadonlySet<string>): void {
  for (const name of missingIn(chart)) {
    const found = beside.get(name)
    if (found === undefined || above.has(name)) continue
    const copy = join(chart, 'charts', name)
    mkdirSync(join(chart, 'charts'), { recursive: true })
    cpSync(found, copy, { recursive: true })
    complete(copy, beside, new Set([...above, name]))
  }
}

/** The charts that a chart depends on and does not vendor. */
export function missingIn (chart: string): string[] {
  const charts = join(chart, 'charts')
  const vendored = existsSync(charts) ? readdirSync(charts) : []
  return dependenciesOf(chart).filter(name => !vendored.some(entry => entry === name || new RegExp(`^${name}-v?\\d.*\\.tgz$`).test(entry)))
}

/** Also those of charts for Helm 2, which list them in a file of their own. */
function dependenciesOf (chart: string): string[] {
  return ['Chart.yaml', 'requirements.yaml'].map(name => join(chart, name)).filter(existsSync).flatMap(file => {
    const content: unknown = parse(readFileSync(file, 'utf8'))
    const list = isRecord(content) && Array.isArray(content.dependencies) ? content.dependencies : []
    return list.filter(isRecord).map(({ name }) => String(name))
  })
}

const hooks = 'helm.sh/hook'

/** False for hooks of other commands than install. */
function isInstalled ({ metadata }: KubeObject): boolean {
  const hook = metadata.annotations?.[hooks]
  return hook === undefined || /\b(pre|post)-install\b/.test(hook)
}

/** All charts below a folder by name, libraries included. Of charts with the same name, the one with the shortest path. */
export function chartsBeside (root: string): Map<string, string> {
  const found = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(path => basename(path) === 'Chart.yaml' && !/(^|\/)(node_modules|\.git)\//.test(path))
    .sort((one, other) => other.length - one.length)
    .map(path => join(root, dirname(path)))
  return new Map(found.map(folder => [chartName(folder), folder]))
}

function chartName (folder: string): string {
  const chart: unknown = parse(readFileSync(join(folder, 'Chart.yaml'), 'utf8'))
  return isRecord(chart) ? String(chart.name) : ''
}
