import { plural } from '../../plural.ts'
import { onOneLine, type Part } from '../output/print.ts'
import type { LintReport } from './report.ts'

const styles = { error: 'red', warning: 'yellow' } as const

/** A line for each finding, in the format of compilers, and a summary. */
export function reportLines (report: LintReport): Part[][] {
  const lines = report.findings.map(({ rule, severity, file, line, column, path, message }): Part[] => [
    onOneLine(`${file}:${line}:${column}: `),
    { style: styles[severity], text: severity },
    onOneLine(`: ${path === '' ? '' : `${path}: `}${message} (${rule})`)
  ])
  return [...lines, [summaryOf(report)]]
}

function summaryOf (report: LintReport): string {
  const input = `${plural(report.tenants, 'Tenant')} and ${plural(report.classes, 'TenantClass', 'TenantClasses')}`
  const comments = report.disabled === 0 ? '' : `, ${plural(report.disabled, 'warning')} disabled by comments`
  return `${input}: ${counts(report)}${comments}`
}

/** `1 error and 2 warnings`. */
export function counts ({ errors, warnings }: Pick<LintReport, 'errors' | 'warnings'>): string {
  const found = [...(errors > 0 ? [plural(errors, 'error')] : []), ...(warnings > 0 ? [plural(warnings, 'warning')] : [])]
  return found.length === 0 ? 'no findings' : found.join(' and ')
}
