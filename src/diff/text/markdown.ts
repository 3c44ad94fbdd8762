import { plural } from '../../plural.ts'
import { kinds } from '../dangers.ts'
import type { DiffReport } from '../report.ts'
import { dangerWords, sectionsOf, summaryText, type Section } from './report-lines.ts'
import type { Line, Words } from './words.ts'

/** A workflow finds its comment by this line. */
export const marker = '<!-- k8s-mtp diff -->'

/** Below the maximum of a comment on GitHub, 65,536 characters. */
export const maxLength = 60_000

const [roomForDangers, roomForWarnings, maxAlerts, maxData] = [25_000, 8_000, 30, 300]
/** The longest text with entries: of a danger, and of a line in a block. */
const [maxDangerList, maxList] = [4_000, 1_000]
const extent = { names: 8, lines: 12 }
const signs: Record<Line['sign'], string> = { danger: '**dangerous**: ', more: '', less: '', change: '', note: '' }

/** The report as a comment of a pull request: summary and dangers first, then a block for each class and Tenant, as many as fit. */
export function markdown (report: DiffReport): string {
  const blocks = [[marker, '## Changes of Tenants', summaryText(report)].join('\n\n'), ...alerts(report)]
  const sections = sectionsOf(report, extent)
  const footer = (hidden: number) =>
    `${plural(hidden, 'more block')} of changes did not fit. To see all: \`k8s-mtp diff\` with \`-o text\` or \`-o json\`.`
  const room = maxLength - footer(sections.length).length - 4
  let length = blocks.join('\n\n').length
  let shown = 0
  for (const section of sections) {
    const block = details(section, room - length - 2)
    if (block === undefined) break
    blocks.push(block)
    length += block.length + 2
    shown++
  }
  if (shown < sections.length) blocks.push(footer(sections.length - shown))
  return `${blocks.join('\n\n')}\n`
}

function alerts ({ dangers, warnings }: DiffReport): string[] {
  return [
    ...alert('CAUTION', kinds.map(kind => dangers.filter(danger => danger.kind === kind).map(danger =>
      escaped(dangerWords(danger, extent.names), maxDangerList))), roomForDangers),
    ...alert('WARNING', [warnings.map(warning => code(warning))], roomForWarnings)
  ]
}

/** As many lines as fit, so that alerts leave room for the blocks: the first of each group, then the second ones. */
function alert (kind: 'CAUTION' | 'WARNING', groups: string[][], room: number): string[] {
  const lines = groups.flatMap((group, order) => group.map((line, turn) => ({ line, order, turn })))
  if (lines.length === 0) return []
  let [length, count] = [0, 0]
  const fits = ({ line }: { line: string }): boolean => {
    if (count === maxAlerts || length + line.length >= room) return false
    length += line.length
    count++
    return true
  }
  const chosen = lines.sort((a, b) => a.turn - b.turn || a.order - b.order).filter(fits)
  const shown = chosen.sort((a, b) => a.order - b.order || a.turn - b.turn).map(({ line }) => line)
  const hidden = lines.length - shown.length
  const items = [...shown, ...(hidden > 0 ? [`and ${hidden} more`] : [])]
  return [[`> [!${kind}]`, ...items.map(line => `> - ${line}`)].join('\n')]
}

/** A block with as many lines as fit; undefined where not even one of them does. */
function details ({ heading, isDangerous, lines, parts }: Section, room: number): string | undefined {
  const items = [
    ...lines.map(line => `- ${item(line)}`),
    ...parts.flatMap(part => [`- ${escaped(part.heading)}`, ...part.lines.map(line => `  - ${item(line)}`)])
  ]
  const summary = `<summary>${isDangerous ? '<b>Dangerous</b>: ' : ''}${html(heading)}</summary>`
  const block = (shown: readonly string[]): string =>
    [`<details${isDangerous ? ' open' : ''}>${summary}`, shown.join('\n'), '</details>'].filter(text => text !== '').join('\n\n')
  const whole = block(items)
  if (whole.length <= room) return whole
  const rest = (hidden: number) => `- and ${plural(hidden, 'more line')}`
  let left = room - block(['', rest(items.length)]).length
  const count = items.findIndex(line => (left -= line.length + 1) < 0)
  return count > 0 ? block([...items.slice(0, count), rest(items.length - count)]) : undefined
}

const item = ({ sign, words }: Line): string => signs[sign] + escaped(words)

/** Data becomes code, in which nothing is markup, a link or a mention. */
function escaped (all: Words, max = maxList): string {
  return all.map(part => typeof part === 'string' ? part : part.isList === true ? codeList(part.quoted, max) : code(part.quoted)).join('')
}

/** A code span, or several for a text with many entries: as many entries as fit. */
function codeList (text: string, max: number): string {
  const spans: string[][] = []
  let width = Infinity
  for (const entry of onOneLine(text).split(', ')) {
    width += entry.length + 2
    if (width > maxData) {
      spans.push([])
      width = entry.length
    }
    spans.at(-1)?.push(entry)
  }
  let length = 0
  const shown = spans.map(span => code(span.join(', '))).filter((span, index) => (length += span.length) <= max || index === 0)
  const hidden = spans.slice(shown.length).flat().length
  return shown.join(', ') + (hidden > 0 ? ` and ${hidden} more` : '')
}

/** A code span with more backticks around it than in it. Source: https://spec.commonmark.org/0.31.2/#code-spans */
export function code (text: string): string {
  const line = visible(text)
  if (line === '') return '` `'
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const padding = longest > 0 || /^ .* $/.test(line) ? ' ' : ''
  return fence + padding + line + padding + fence
}

/** For the line of a block of HTML, where Markdown is not read. GitHub and GitLab link no mention in code. */
function html (all: Words): string {
  const codeOf = (text: string) => `<code>${visible(text).replaceAll(/[&<>"'@`]/g, entity)}</code>`
  return all.map(part => typeof part === 'string' ? part : codeOf(part.quoted)).join('')
}

const entity = (character: string): string => `&#${character.charCodeAt(0)};`

/** On one line, and not too long: the other outputs have all of it. */
function visible (text: string): string {
  const line = onOneLine(text)
  return line.length > maxData ? `${line.slice(0, maxData - 1)}…` : line
}

/** A line break would end the block. */
function onOneLine (text: string): string {
  // eslint-disable-next-line no-control-regex -- these are what must not be printed
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, character =>
    `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
