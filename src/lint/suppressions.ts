import type { Finding } from './finding.ts'
import { isRuleName, rules, type RuleName } from './rules.ts'

/** A rule that a comment disables in one line. */
export interface Suppression {
  rule: RuleName
  file: string
  /** Of the disabled findings. */
  line: number
  /** Of the comment. */
  comment: { line: number, column: number }
}

/** What the comments of a file disable, and the comments that disable nothing. */
export interface Suppressions { suppressions: Suppression[], findings: Finding[] }

const directive = /(?:^|\s)#\s*k8s-mtp-lint-disable(?=\s|$)(.*)$/

/** Reads `# k8s-mtp-lint-disable RULE...` at the end of a line, or above one. */
export function suppressionsIn (file: string, text: string): Suppressions {
  if (!text.includes('k8s-mtp-lint-disable')) return { suppressions: [], findings: [] }
  const lines = text.split(/\r?\n/)
  const found = lines.flatMap((content, index): Suppressions[] => {
    const match = directive.exec(content)
    if (match === null) return []
    const comment = { line: index + 1, column: content.indexOf('#', match.index) + 1 }
    const line = content.trimStart().startsWith('#') ? lineAfter(lines, index) : index + 1
    return [read(file, (match[1] ?? '').split(/[\s,]+/).filter(name => name !== ''), { line, comment })]
  })
  return { suppressions: found.flatMap(({ suppressions }) => suppressions), findings: found.flatMap(({ findings }) => findings) }
}

/** The next line, counted from 1, that has more than a comment. */
function lineAfter (lines: readonly string[], index: number): number {
  const offset = lines.slice(index + 1).findIndex(line => !/^\s*(#|$)/.test(line))
  return index + 2 + Math.max(offset, 0)
}

function read (file: string, names: readonly string[], { line, comment }: Pick<Suppression, 'line' | 'comment'>): Suppressions {
  const problems = names.length === 0
    ? ['the comment names no rule. Name the rules to disable in this line']
    : names.map(problemOf).filter(problem => problem !== undefined)
  return {
    suppressions: names.filter(isRuleName).filter(rule => rules[rule].severity === 'warning').map(rule => ({ rule, file, line, comment })),
    findings: problems.map(message => unused(file, comment, message))
  }
}

function problemOf (name: string): string | undefined {
  if (!isRuleName(name)) return `there is no rule ${JSON.stringify(name)}. Correct its name`
  return rules[name].severity === 'warning' ? undefined : `${name} is an error, which cannot be disabled. Correct what it reports`
}

function unused (file: string, comment: Suppression['comment'], message: string): Finding {
  return { rule: 'unused-disable', severity: rules['unused-disable'].severity, file, ...comment, path: '', message }
}

/**
 * Removes disabled findings, and reports comments that disable none. Not after errors: rules that need a valid Tenant and class, or all of
 * them, have reported nothing.
 */
export function applySuppressions (
  findings: readonly Finding[], suppressions: readonly Suppression[]
): { findings: Finding[], disabled: number } {
  const keyOf = ({ rule, file, line }: Pick<Finding, 'rule' | 'file' | 'line'>) => JSON.stringify([rule, file, line])
  const disabled = new Set(suppressions.map(keyOf))
  const reported = new Set(findings.map(keyOf))
  const kept = findings.filter(finding => !disabled.has(keyOf(finding)))
  const isComplete = !findings.some(({ severity }) => severity === 'error')
  const idle = isComplete ? suppressions.filter(suppression => !reported.has(keyOf(suppression))) : []
  const useless = idle.map(({ rule, file, comment }) =>
    unused(file, comment, `${rule} reports nothing there. Remove it from the comment`))
  return { findings: [...kept, ...useless], disabled: findings.length - kept.length }
}
