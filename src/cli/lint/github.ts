import { onOneLine } from '../output/print.ts'
import { relativeFile } from './relative-file.ts'
import type { LintReport } from './report.ts'

/**
 * A workflow command for each finding, which GitHub shows beside the line. Errors come first: GitHub shows ten of each kind in a step.
 * Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message
 */
export function githubLines ({ findings }: LintReport): string[] {
  const ordered = [...findings.filter(({ severity }) => severity === 'error'), ...findings.filter(({ severity }) => severity !== 'error')]
  return ordered.map(({ rule, severity, file, line, column, path, message }) => {
    const properties = { file: relativeFile(file), line, col: column, title: rule }
    const listed = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`).join(',')
    return `::${severity} ${listed}::${data(`${path === '' ? '' : `${path}: `}${message}`)}`
  })
}

/** As @actions/core escapes them: only these characters would end the text or begin another command. */
function data (text: string): string {
  return onOneLine(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property (text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
