import { formatPath, type Violation } from '../api/validation/checker.ts'
import type { Position, Source } from './source.ts'
import { isRuleName, rules, type RuleName, type Severity } from './rules.ts'

/** What a rule reports, at a value of a file. */
export interface Finding extends Position {
  rule: RuleName
  severity: Severity
  file: string
  /** Of the field, such as `spec.admins[0].name`; empty for a whole document. */
  path: string
  /** What is wrong, and what to do. */
  message: string
}

/** Reports a violation at its value. */
export function findingAt (source: Source, rule: RuleName, { path, message }: Pick<Violation, 'path' | 'message'>): Finding {
  const written = source.pathIn?.(path) ?? path
  return { rule, severity: rules[rule].severity, file: source.file, ...source.positionOf(written), path: formatPath(written), message }
}

/** The rule of a violation: most are of the schema, and have none of their own. */
export function ruleOf ({ rule }: Pick<Violation, 'rule'>): RuleName {
  return rule !== undefined && isRuleName(rule) ? rule : 'invalid-field'
}

/** `file:line: path: message`, the format of compilers, which editors and CI systems parse. */
export function formatFinding ({ file, line, path, message }: Finding): string {
  return `${file}:${line}: ${path === '' ? '' : `${path}: `}${message}`
}

/** In the order of files and lines, each once: namespaces report again what they inherit. */
export function sortFindings (findings: readonly Finding[]): Finding[] {
  const unique = [...new Map(findings.map(finding => [JSON.stringify(finding), finding])).values()]
  const files = new Map([...new Set(unique.map(({ file }) => file))].sort().map((file, index) => [file, index]))
  const place = ({ file }: Finding) => files.get(file) ?? 0
  return unique.sort((a, b) => place(a) - place(b) || a.line - b.line || a.column - b.column)
}
