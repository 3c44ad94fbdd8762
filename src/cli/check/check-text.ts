import type { Finding, State } from '../../check/finding.ts'
import { columns, plural } from '../output/layout.ts'
import { onOneLine } from '../output/print.ts'

const signs: Record<State, string> = { ok: '✓', warning: '!', failed: '✗', skipped: '–' }

/** A line for each check, and under it how to fix what it found. */
export function checkText (findings: readonly Finding[]): string {
  const lines = columns(findings.map(({ state, id, message }) => [`${signs[state]} ${id}`, message]))
  const remedies = findings.map(({ remedy }) => remedy === undefined ? [] : [`    ${onOneLine(remedy)}`])
  return [...lines.flatMap((line, index) => [line, ...remedies[index] ?? []]), summaryOf(findings)].join('\n')
}

/** `24 checks: 20 ok, 2 warnings, 1 failed, 1 skipped`. */
function summaryOf (findings: readonly Finding[]): string {
  const count = (state: State) => findings.filter(finding => finding.state === state).length
  const counts = [`${count('ok')} ok`, plural(count('warning'), 'warning'), `${count('failed')} failed`, `${count('skipped')} skipped`]
  return `${plural(findings.length, 'check')}: ${counts.filter(text => !text.startsWith('0 ')).join(', ')}`
}
