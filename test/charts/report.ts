import { writeFileSync } from 'node:fs'
import { columns as aligned } from '../demo/screen.ts'
import type { Tried } from './try-item.ts'
import { columns, type Column } from './verdict.ts'

export interface Report {
  className: string
  versions: Record<string, string>
  counts: Record<Column, number>
  items: Tried[]
}

export function reportOf (className: string, versions: Record<string, string>, items: Tried[]): Report {
  return { className, versions, counts: countsOf(items), items }
}

function countsOf (items: Tried[]): Record<Column, number> {
  const count = (column: Column): number => items.filter(item => item.column === column).length
  return { a: count('a'), b: count('b'), c: count('c'), d: count('d'), e: count('e'), '-': count('-') }
}

/** A line for each item with its column and its first detail, and the meaning and count of each column. */
export function table ({ className, counts, items }: Report, width = 120): string[] {
  const rows = items.map(({ column, name, details }) => [column, name, summary(details, width)])
  const meanings = (Object.keys(columns) as Column[]).map(column => [column, String(counts[column]), columns[column]])
  const silent = items.flatMap(({ refusals }) => refusals).filter(({ namesRemedy }) => !namesRemedy).length
  return [
    ...aligned(rows),
    '',
    `${items.length} items in Tenants of class ${className}`,
    ...aligned(meanings),
    silent === 1 ? '1 refusal names no remedy' : `${silent} refusals name no remedy`
  ]
}

function summary ([first = '', ...others]: string[], width: number): string {
  const line = first.replaceAll(/\s+/g, ' ')
  const short = line.length > width ? `${line.slice(0, width - 4)} ...` : line
  return others.length === 0 ? short : `${short} (and ${others.length} more)`
}

export function writeReport (file: string, report: Report): void {
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`)
}
