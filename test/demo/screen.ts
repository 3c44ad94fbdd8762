import { styleText } from 'node:util'

type Style = 'bold' | 'dim' | 'green' | 'red' | 'cyan'

/** Where the demo writes: sections, lines, and colour where somebody sees it. */
export interface Screen {
  section (title: string): void
  line (text?: string): void
  /** A step that is being taken, with the seconds since the start. */
  step (text: string): void
  paint (style: Style, text: string): string
}

/** Colour only on a terminal, and not where NO_COLOR is set to anything (https://no-color.org). */
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

/** Lines of cells, each column as wide as its widest cell; the last one is not padded. */
export function columns (rows: string[][], gap = '  '): string[] {
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, index) => { widths[index] = Math.max(widths[index] ?? 0, cell.length) })
  return rows.map(row => row.map((cell, index) => index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)).join(gap).trimEnd())
}
