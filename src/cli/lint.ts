import { docsAddress } from '../api/group.ts'
import { isRuleName, rules, type RuleName } from '../lint/rules.ts'
import { InputError } from './input/input-error.ts'
import { githubLines } from './lint/github.ts'
import { lintFiles, type LintFilesOptions } from './lint/lint-files.ts'
import type { LintReport } from './lint/report.ts'
import { sarifLog } from './lint/sarif.ts'
import { counts, reportLines } from './lint/report-text.ts'
import { NegativeResult } from './output/negative-result.ts'
import { print, type Part } from './output/print.ts'

export interface LintOptions extends LintFilesOptions {
  /** Files or folders with Tenants and TenantClasses. */
  filename: string[]
  /** Rules that report nothing. */
  disable?: string[]
  /** Warnings are findings that fail too. */
  strict?: boolean
  output: keyof typeof formats
}

const formats = {
  text: reportLines,
  github: report => githubLines(report).map(line => [line]),
  json: report => [[JSON.stringify(report, null, 2)]],
  sarif: report => [[JSON.stringify(sarifLog(report), null, 2)]]
} satisfies Record<string, (report: LintReport) => Part[][]>

/**
 * Prints what is wrong about the Tenants and TenantClasses in the input, and what is probably not meant.
 * @throws NegativeResult after errors, and with `strict` after warnings
 * @throws InputError if an option is invalid, or there is nothing to read
 */
export async function lint ({ filename, output, disable = [], strict = false, ...options }: LintOptions): Promise<void> {
  const report = await lintFiles(filename, { ...options, disabled: disable.map(disabledRule) })
  for (const parts of formats[output](report)) print(...parts)
  const fails = report.findings.some(({ severity }) => strict || severity === 'error')
  if (fails) throw new NegativeResult(`${counts(report)}.`)
}

function disabledRule (name: string): RuleName {
  if (!isRuleName(name)) {
    throw new InputError(`--disable: there is no rule ${name}. See ${docsAddress}/reference/lint.md`)
  }
  if (rules[name].severity === 'warning') return name
  throw new InputError(`--disable: ${name} is an error, which cannot be disabled: render and the API server refuse what it reports.`)
}
