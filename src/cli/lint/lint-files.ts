import { fieldsAt } from '../../kubernetes/json.ts'
import { sortFindings, type Finding } from '../../lint/finding.ts'
import { lint } from '../../lint/lint.ts'
import { helpAddress, type RuleName } from '../../lint/rules.ts'
import { applySuppressions } from '../../lint/suppressions.ts'
import { packageVersion } from '../../version.ts'
import { classesBeside, ignoredIn, withNames } from '../input/classes-for.ts'
import { readKnownSubjects } from '../input/known-subjects.ts'
import { InputError } from '../input/input-error.ts'
import { manifestSetOf, type ManifestSet } from '../input/manifest-set.ts'
import { readSources, type Sources } from '../input/source-documents.ts'
import type { LintReport } from './report.ts'

export interface LintFilesOptions {
  /** Files or folders with TenantClasses. */
  classes?: string[]
  /** File with the users, groups and ServiceAccounts that a Tenant may list. */
  knownSubjects?: string
}

type Options = LintFilesOptions & { disabled?: readonly RuleName[] }

/**
 * Checks the Tenants and TenantClasses in some files or folders.
 * @throws InputError if there is nothing to read, or no Tenant or TenantClass in it
 */
export async function lintFiles (paths: readonly string[], options: Options, now = new Date()): Promise<LintReport> {
  const [sources, input] = await readInput(paths)
  const [ofClasses, own] = options.classes === undefined ? [nothing, input] : await readInput(options.classes)
  const usable = options.classes === undefined ? classesBeside(input) : withNames(own)
  const known = options.knownSubjects === undefined ? undefined : await readKnownSubjects(options.knownSubjects)
  const readErrors = [...sources.findings, ...ofClasses.findings].filter(({ rule }) => rule === 'invalid-yaml')
  const invalidKinds = [...input.invalid, ...own.invalid].map(({ value }) => String(fieldsAt({ value }, 'value')['kind']))
  const incomplete = new Set([...invalidKinds, ...(readErrors.length > 0 ? ['Tenant', 'TenantClass'] : [])])
  const found = [
    ...sources.findings, ...ofClasses.findings, ...input.findings, ...own.findings,
    ...ignoredIn(input, usable, options.classes),
    ...lint({ tenants: input.tenants, ownClasses: own.classes, classes: usable.classes, classNames: usable.names, incomplete, known, now })
  ]
  if (input.tenants.length + own.classes.length === 0 && !found.some(({ severity }) => severity === 'error')) {
    throw new InputError(`${paths.join(', ')}: no Tenant or TenantClass found. Name a file or folder with one.`)
  }
  const { findings, disabled } = applySuppressions(sortFindings(found), [...sources.suppressions, ...ofClasses.suppressions])
  const reported = sortFindings(findings.filter(({ rule }) => options.disabled?.includes(rule) !== true))
  return reportOf(reported, { tenants: input.tenants.length, classes: own.classes.length, disabled })
}

const nothing: Sources = { documents: [], findings: [], suppressions: [] }

async function readInput (paths: readonly string[]): Promise<[Sources, ManifestSet]> {
  const sources = await readSources(paths)
  return [sources, manifestSetOf(sources.documents)]
}

function reportOf (findings: readonly Finding[], counts: Pick<LintReport, 'tenants' | 'classes' | 'disabled'>): LintReport {
  const countOf = (severity: Finding['severity']) => findings.filter(finding => finding.severity === severity).length
  return {
    version: packageVersion,
    ...counts,
    errors: countOf('error'),
    warnings: countOf('warning'),
    findings: findings.map(finding => ({ ...finding, help: helpAddress(finding.rule) }))
  }
}
