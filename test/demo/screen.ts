import { styleText } from 'node:util'

type Style = 'bold' | 'dim' | 'green' | 'red' | 'cyan'

/** The output of the demo, with colour on a terminal. */
export interface Screen {
  section (title: string): void
  line (text?: string): void
  /** A step in progress, with the seconds since the start. */
  step (text: string): void
  paint (style: Style, text: string): string
}

/** Uses colour on a terminal, unless NO_COLOR is set (https://no-color.org). */
export function createScreen (stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Screen {
  const colour = stream.isTTY && (env.NO_COLOR ?? '') === ''
  const start = performance.now()
  const paint = (style: Style, text: string): string => colour ? styleText(style, text) : text
  const line = (text = ''): void => { stream.write(`${text}\n`) }
  return {
    paint,
    line,
    section: title => line(`\n${paint('bold', title)}\n`),
    step: text => line(`  ${paint('dim', seconds(performance.now() - start).padStart(7))}  ${text}`)
  }
}

/** `4.5 s` */
export function seconds (milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}

/** Wraps a text at spaces. */
export function wrapped (text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}

/** Aligns cells in columns. */
export function columns (rows: string[][], gap = '  '): string[] {
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, index) => { widths[index] = Math.max(widths[index] ?? 0, cell.length) })
  const padded = (cell: string, index: number, row: string[]): string =>
    index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)
  return rows.map(row => row.map(padded).join(gap).trimEnd())
}
