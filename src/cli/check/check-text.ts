import type { Finding, State } from '../../check/finding.ts'
import type { Style } from '../output/colour.ts'
import { plural } from '../../plural.ts'
import { columns } from '../output/layout.ts'
import { onOneLine, type Part } from '../output/print.ts'

const signs: Record<State, { style: Style, text: string }> = {
  ok: { style: 'green', text: '✓' },
  warning: { style: 'yellow', text: '!' },
  failed: { style: 'red', text: '✗' },
  skipped: { style: 'dim', text: '–' }
}

/** A line for each check, and under it how to fix what it found; last the summary. */
export function checkLines (findings: readonly Finding[]): Part[][] {
  const lines = columns(findings.map(({ id, message }) => [id, message]))
  const checks = findings.flatMap(({ state, remedy }, index): Part[][] => [
    [signs[state], ` ${lines[index] ?? ''}`],
    ...remedy === undefined ? [] : [[`    ${onOneLine(remedy)}`]]
  ])
  return [...checks, [summaryOf(findings)]]
}

/** `24 checks: 20 ok, 2 warnings, 1 failed, 1 skipped`. */
function summaryOf (findings: readonly Finding[]): string {
  const count = (state: State) => findings.filter(finding => finding.state === state).length
  const counts = [`${count('ok')} ok`, plural(count('warning'), 'warning'), `${count('failed')} failed`, `${count('skipped')} skipped`]
  return `${plural(findings.length, 'check')}: ${counts.filter(text => !text.startsWith('0 ')).join(', ')}`
}
