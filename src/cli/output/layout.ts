import { onOneLine } from './print.ts'

/** A list with a title; nothing if the list is empty. */
export function section (title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : [onOneLine(`${title}:`), ...lines.map(line => onOneLine(`  ${line}`)), '']
}

/** Aligns cells in columns. A line break in a cell is printed as `\n`, so a row stays a line. */
export function columns (rows: string[][]): string[] {
  const cells = rows.map(row => row.map(cell => onOneLine(cell)))
  const widths: number[] = []
  for (const row of cells) row.forEach((cell, index) => { widths[index] = Math.max(widths[index] ?? 0, cell.length) })
  return cells.map(row => row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ').trimEnd())
}
