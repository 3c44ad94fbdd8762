import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { columns } from '../demo/screen.ts'

/** A row of a table: numbers are rounded to three digits. */
export type Row = ReadonlyArray<string | number>

/** Prints tables with a heading each, and writes all figures as JSON to the file, if there is one. */
export function publish (tables: ReadonlyArray<readonly [heading: string, rows: readonly Row[]]>, figures: object, file: string | undefined): void {
  for (const [heading, rows] of tables) {
    console.log(`${heading}\n`)
    for (const line of columns(rows.map(row => row.map(cellOf)))) console.log(`  ${line}`)
    console.log()
  }
  if (file !== undefined) writeFileSync(file, `${JSON.stringify({ machine: machine(), ...figures }, null, 2)}\n`)
}

/** Where figures were measured: only ratios of one run compare across machines. */
export function machine () {
  const processors = cpus()
  return { node: process.version, processors: processors.length, model: processors[0]?.model ?? 'unknown' }
}

export function median (values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2
}

export function cellOf (cell: string | number): string {
  return typeof cell === 'string' ? cell : cell >= 1000 ? String(Math.round(cell)) : String(Number(cell.toPrecision(3)))
}
