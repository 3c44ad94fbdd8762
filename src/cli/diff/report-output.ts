import { once } from 'node:events'
import type { DiffReport } from '../../diff/report.ts'
import { markdown } from '../../diff/text/markdown.ts'
import { reportText, type TextLine } from '../../diff/text/report-text.ts'
import { coloured } from '../output/colour.ts'
import { escapeControls } from '../output/print.ts'

export type Format = 'text' | 'markdown' | 'json'

/** Prints a report in pieces: one of thousands of Tenants may be longer than a text can be. */
export async function writeReport (report: DiffReport, format: Format): Promise<void> {
  let piece = ''
  for (const text of piecesOf(report, format)) {
    piece += text
    if (piece.length < 65_536) continue
    await write(piece)
    piece = ''
  }
  await write(piece)
}

async function write (text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

function * piecesOf (report: DiffReport, format: Format): Generator<string> {
  if (format === 'markdown') yield escapeControls(markdown(report))
  else if (format === 'json') for (const piece of jsonPieces(report)) yield escapeControls(piece)
  else for (const line of reportText(report)) yield `${printed(line)}\n`
}

const styles = { danger: 'red', more: 'green', less: 'yellow', change: 'cyan', note: undefined } as const

/** Colours are added after the escapes, which would make them visible. */
function printed ({ text, sign }: TextLine): string {
  const style = sign && styles[sign]
  return style === undefined ? escapeControls(text) : coloured(style, escapeControls(text), process.stdout)
}

/** One JSON document, with a line for each class and Tenant. */
function * jsonPieces ({ classes, tenants, ...report }: DiffReport): Generator<string> {
  yield `${JSON.stringify(report).slice(0, -1)},\n"classes": [`
  yield * list(classes)
  yield '],\n"tenants": ['
  yield * list(tenants)
  yield ']}\n'
}

function * list (items: readonly object[]): Generator<string> {
  let separator = '\n'
  for (const item of items) {
    yield separator + JSON.stringify(item)
    separator = ',\n'
  }
  if (items.length > 0) yield '\n'
}
