/** A headed list; nothing where there is nothing to list. */
export function section (title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map(line => `  ${line}`), '']
}

/** Cells under each other, as far apart as the longest needs. */
export function columns (rows: string[][]): string[] {
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, index) => { widths[index] = Math.max(widths[index] ?? 0, cell.length) })
  return rows.map(row => row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ').trimEnd())
}

export function plural (count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
