import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { parse } from 'yaml'
import { isRecord } from '../cluster/api-error.ts'

/** What is installed together: a chart, a folder of manifests, or a file of them. */
export interface Item {
  /** Its path below the folder that was searched. */
  name: string
  path: string
  kind: 'chart' | 'manifests'
  /** The files with objects; of a chart, none. */
  files: string[]
}

/** Below these are no manifests to install: sources, tests of charts, and what a chart vendors. */
const skipped = /^(\..*|node_modules|vendor|testdata)$/

/** Finds the charts and the manifests below a folder, in the order of paths. Each file in the folder itself is an item. */
export function findCharts (root: string): Item[] {
  return itemsIn(root, root)
}

function itemsIn (folder: string, root: string): Item[] {
  if (existsSync(join(folder, 'Chart.yaml'))) {
    return isLibrary(folder) ? [] : [{ name: nameOf(folder, root), path: folder, kind: 'chart', files: [] }]
  }
  const entries = readdirSync(folder).filter(name => !skipped.test(name)).sort().map(name => join(folder, name))
  const files = entries.filter(path => statSync(path, { throwIfNoEntry: false })?.isFile() === true && hasObjects(path))
  const manifests = (path: string, files: string[]): Item => ({ name: nameOf(path, root), path, kind: 'manifests', files })
  return [
    ...(folder === root ? files.map(file => manifests(file, [file])) : files.length > 0 ? [manifests(folder, files)] : []),
    ...entries.filter(path => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true).flatMap(path => itemsIn(path, root))
  ]
}

function nameOf (path: string, root: string): string {
  return relative(root, path) || basename(path)
}

/** Library charts have only templates for other charts. */
function isLibrary (folder: string): boolean {
  const chart: unknown = parse(readFileSync(join(folder, 'Chart.yaml'), 'utf8'))
  return isRecord(chart) && chart.type === 'library'
}

/** Without parsing it: a broken manifest is reported, and other YAML files are none. */
function hasObjects (file: string): boolean {
  if (!/\.(ya?ml|json)$/.test(file) || /^kustomization\.ya?ml$/.test(basename(file))) return false
  const text = readFileSync(file, 'utf8')
  return /^\s*"?apiVersion"?:/m.test(text) && /^\s*"?kind"?:/m.test(text)
}
