import type { DiffReport } from '../report.ts'
import { dangerWords, sectionsOf, summaryText } from './report-lines.ts'
import type { Line, Words } from './words.ts'

const extent = { names: 20, lines: 40 }
const signs: Record<Line['sign'], string> = { danger: '!', more: '+', less: '-', change: '~', note: ' ' }

/** A line for a terminal, with its sign where it has one. */
export interface TextLine { text: string, sign?: Line['sign'] }

/** The report as lines for a terminal. `!` is dangerous, `+` more, `-` less, `~` another change. */
export function * reportText (report: DiffReport): Generator<TextLine> {
  yield { text: summaryText(report) }
  for (const danger of report.dangers) yield signed({ sign: 'danger', words: dangerWords(danger, extent.names) }, '  ')
  for (const warning of report.warnings) yield { text: oneLine(`  warning: ${warning}`), sign: 'change' }
  for (const { heading, lines, parts } of sectionsOf(report, extent)) {
    yield { text: '' }
    yield { text: plain(heading) }
    for (const line of lines) yield signed(line, '  ')
    for (const part of parts) {
      yield { text: `  ${plain(part.heading)}` }
      for (const line of part.lines) yield signed(line, '    ')
    }
  }
}

const oneLine = (text: string): string => text.replaceAll('\n', '\\n')
const signed = ({ sign, words }: Line, indent: string): TextLine => ({ text: `${indent}${signs[sign]} ${plain(words)}`, sign })

export function plain (all: Words): string {
  return oneLine(all.map(part => typeof part === 'string' ? part : part.quoted).join(''))
}
