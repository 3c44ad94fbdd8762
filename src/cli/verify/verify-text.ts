import { docsAddress } from '../../api/group.ts'
import type { Family, State } from '../../verify/check.ts'
import {
  isUndecided, undecidedReasons, type CheckResult, type NamespaceReport, type Summary, type VerifyReport
} from '../../verify/report.ts'
import type { Style } from '../output/colour.ts'
import { plural } from '../../plural.ts'
import { onOneLine, type Part } from '../output/print.ts'

const signs: Record<State, { style: Style, text: string }> = {
  passed: { style: 'green', text: '✓' },
  warning: { style: 'yellow', text: '!' },
  failed: { style: 'red', text: '✗' },
  skipped: { style: 'dim', text: '–' }
}

type Titles = ReadonlyArray<Pick<Family, 'id' | 'title'>>

const empty: Part[] = []

/** All checks of a single namespace; of several, those that did not pass, so that findings are not lost. */
export function verifyLines ({ namespaces, summary }: VerifyReport, families: Titles): Part[][] {
  const isSingle = namespaces.length === 1
  const parts = namespaces.flatMap(report => [...namespaceLines(report, families, isSingle), empty])
  const total: Part[][] = isSingle ? [] : [[`${plural(namespaces.length, 'namespace')}, ${summaryText(summary)}`]]
  const pages: Part[][] = summary.failed + summary.warning > 0 ? [[`The checks by id: ${docsAddress}/verify.md`]] : []
  return [...isSingle ? parts.slice(0, -1) : parts, ...total, ...undecidedLines(namespaces, summary), ...pages]
}

function namespaceLines (report: NamespaceReport, families: Titles, showAll: boolean): Part[][] {
  const shown = showAll ? report.checks : report.checks.filter(result => isFinding(result) || isUndecided(result))
  const width = Math.max(0, ...shown.map(({ id }) => id.length))
  const groups = families.flatMap(({ id, title }): Part[][] => {
    const results = shown.filter(({ family }) => family === id)
    const lines = results.flatMap((result, index) => linesOf(result, results[index + 1], width))
    return lines.length === 0 ? [] : [empty, [{ style: 'bold', text: onOneLine(title) }], ...lines]
  })
  return [[heading(report)], ...groups, ...(groups.length > 0 ? [empty] : []), [summaryText(report.summary)]]
}

/** Skipped checks look harmless in a list: that the verdict is missing is said in words. */
function undecidedLines (namespaces: readonly NamespaceReport[], { undecided }: Summary): Part[][] {
  if (undecided === 0) return []
  const reasons = undecidedReasons(namespaces.flatMap(({ checks }) => checks))
  const title: Part[] = [{ style: 'yellow', text: `Not decided: ${plural(undecided, 'essential check')}.` }]
  return [title, ...reasons.slice(0, maxReasons).map((reason): Part[] => [onOneLine(`  ${reason}`)])]
}

const maxReasons = 5

/** `tenant-acme-shop: Tenant acme, class default, 3 subjects`. */
function heading ({ namespace, tenant, class: className, subjects }: NamespaceReport): string {
  const owner = tenant === undefined ? 'no Tenant' : `Tenant ${tenant}, class ${className ?? ''}`
  return onOneLine(`${namespace}: ${owner}, ${plural(subjects.length, 'subject')}`)
}

/** The remedy follows the last of several findings that have it. */
function linesOf (result: CheckResult, next: CheckResult | undefined, width: number): Part[][] {
  const { id, state, level, message, remedy } = result
  const line: Part[] = ['  ', signs[state], onOneLine(` ${id.padEnd(width)}  L${level}  ${message}`)]
  const isLast = !isFinding(next) || next?.remedy !== remedy
  return isFinding(result) && isLast ? [line, [{ style: 'dim', text: onOneLine(`      ${remedy}`) }]] : [line]
}

const isFinding = (result: CheckResult | undefined): boolean => result?.state === 'failed' || result?.state === 'warning'

export function summaryText (summary: Summary): string {
  const { passed, failed, warning, skipped, undecided } = summary
  const notDecided = undecided === 0 ? '' : ` (${undecided} essential not decided)`
  const counts = [`${passed} passed`, `${failed} failed`, plural(warning, 'warning'), `${skipped} skipped${notDecided}`]
  return `${plural(passed + failed + warning + skipped, 'check')}: ${counts.filter(text => !text.startsWith('0 ')).join(', ')}`
}
