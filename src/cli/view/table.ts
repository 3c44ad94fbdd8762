import type { Style } from '../output/colour.ts'
import { columns } from '../output/layout.ts'
import type { Part } from '../output/print.ts'

export interface Row { cells: string[], style?: Style | undefined }

/** A table without the columns that are empty in each row. */
export function table (header: readonly string[], rows: readonly Row[], indent = ''): Part[][] {
  const kept = header.map((_, index) => rows.some(({ cells }) => cells[index] !== undefined && cells[index] !== ''))
  const keptOf = (cells: readonly string[]) => cells.filter((_, index) => kept[index])
  const [first = '', ...lines] = columns([keptOf(header), ...rows.map(({ cells }) => keptOf(cells))])
  return [[`${indent}${first}`], ...lines.map((line, index) => [styled(rows[index]?.style, `${indent}${line}`)])]
}

export function styled (style: Style | undefined, text: string): Part {
  return style === undefined ? text : { style, text }
}
