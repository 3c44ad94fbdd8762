import { existsSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { diff as compare, type Side } from '../diff/diff.ts'
import { parseMaxQuotaIncrease, uncountedResources, type MaxQuotaIncrease } from '../diff/max-quota-increase.ts'
import type { DiffReport } from '../diff/report.ts'
import { openCluster, type Cluster } from './cluster/cluster.ts'
import type { ConnectionOptions } from './cluster/connection.ts'
import { readCommit, resolveRange, type FilesBelow } from './diff/git-repository.ts'
import { writeReport, type Format } from './diff/report-output.ts'
import { findingOf, Parser, sideInput, throwInvalidHead, withoutSource, withShippedClasses, type SideInput } from './diff/side-input.ts'
import { InputError } from './input/input-error.ts'
import { exitCodes } from './output/exit-codes.ts'
import { plural } from '../plural.ts'
import { NegativeResult } from './output/negative-result.ts'
import { EmptyFolderError, readSourceFiles, standardInput, type SourceFile } from './input/source-documents.ts'

export interface DiffOptions extends ConnectionOptions {
  /** Two revisions, or one to compare with the working tree. */
  git?: string
  /** Compare with the cluster. */
  live?: boolean
  maxQuotaIncrease?: string[]
  output: Format
}

const advice = 'Comparing with a cluster needs list on tenants, tenantclasses and resourcequotas.'

/**
 * Prints what a change means.
 * @param folder where paths begin; by default the working directory
 * @throws InputError for invalid arguments, and for an invalid HEAD
 * @throws NegativeResult for changes, so that the exit code tells
 */
export async function diff (paths: readonly string[], options: DiffOptions, folder = '.'): Promise<void> {
  const report = await diffReport(paths, options, folder)
  await writeReport(report, options.output)
  const { dangers } = report
  if (report.result === 'dangerous') {
    const count = plural(dangers.length, 'danger')
    const meaning = 'the change deletes data or stops keeping it, loosens isolation or a bound, or raises a quota too far'
    throw new NegativeResult(`${count}: ${meaning}`, exitCodes.dangerous)
  }
  // The output says what differs, as with kubectl diff.
  if (report.result === 'changed') throw new NegativeResult('')
}

export async function diffReport (paths: readonly string[], options: DiffOptions, folder = '.', now = new Date()): Promise<DiffReport> {
  const maxQuotaIncrease = maxQuotaIncreaseIn(options)
  if (options.git !== undefined && options.live === true) throw new InputError('--git and --live exclude each other. Leave out one.')
  const parser = new Parser()
  if (options.live === true) return await liveReport(paths, options, { parser, folder, now, maxQuotaIncrease })
  const [baseFiles, headFiles] = options.git === undefined ? await folderSides(paths, folder) : await gitSides(paths, options.git, folder)
  const [base, head] = withShippedClasses(sideInput(baseFiles, parser), sideInput(headFiles, parser))
  throwInvalidHead(head.findings)
  if (base.tenants.size + head.tenants.size + head.classes.size + baseFiles.length === 0) {
    throw new InputError(`no Tenant or TenantClass found in ${paths.join(', ')} on either side. Check the paths.`)
  }
  const known = new Set(base.others.map(withoutLine))
  const warnings = [
    ...base.findings.flatMap(finding => finding.split('\n')).map(finding => `BASE is invalid: ${finding}`),
    ...head.others.filter(line => !known.has(withoutLine(line)))
  ]
  return reportOf({ before: base.side, after: head.side, warnings }, { base, head }, { now, maxQuotaIncrease })
}

const withoutLine = (finding: string): string => finding.replace(/^.*?:\d+: /, '')

function maxQuotaIncreaseIn ({ maxQuotaIncrease }: DiffOptions): MaxQuotaIncrease | undefined {
  if (maxQuotaIncrease === undefined) return undefined
  const parsed = parseMaxQuotaIncrease(maxQuotaIncrease)
  if (!('invalid' in parsed)) return parsed
  throw new InputError(`--max-quota-increase is not valid: ${parsed.invalid}. Write 50%, requests.cpu=100% or memory=8Gi.`)
}

/** A mistyped resource would bound nothing. */
function throwUncounted (max: MaxQuotaIncrease | undefined, sides: readonly Side[]): void {
  const { unknown, counted } = max === undefined ? { unknown: [], counted: [] } : uncountedResources(max, sides)
  if (unknown.length === 0) return
  const remedy = counted.length === 0 ? 'No quota bounds anything: leave it out' : `Use one of: ${counted.join(', ')}`
  throw new InputError(`--max-quota-increase: no quota of either side bounds ${unknown.join(', ')}. ${remedy}.`)
}

interface Compared { before: Side, after: Side, warnings: string[] }

/** A problem of HEAD is an error. One of BASE must not prevent its repair: the Tenant is shown as new, with a warning. */
function reportOf (
  { before, after, warnings }: Compared, inputs: { base?: SideInput, head: SideInput },
  options: { now: Date, maxQuotaIncrease: MaxQuotaIncrease | undefined }
): DiffReport {
  throwUncounted(options.maxQuotaIncrease, [before, after])
  const { report, problems } = compare(before, after, { ...options, warnings })
  const ofHead = problems.filter(({ side }) => side === 'after')
  throwInvalidHead(ofHead.map(problem => findingOf(problem, inputs.head)))
  const { base } = inputs
  const ofBase = problems.filter(({ side }) => side === 'before')
    .map(problem => base === undefined ? withoutSource(problem) : findingOf(problem, base))
  return { ...report, warnings: [...report.warnings, ...new Set(ofBase.map(finding => `BASE is invalid: ${finding}`))] }
}

async function folderSides (paths: readonly string[], folder: string): Promise<[SourceFile[], SourceFile[]]> {
  const [base, head] = paths
  if (base === undefined || head === undefined || paths.length > 2) {
    throw new InputError('name two files or folders, BASE and HEAD, or use --git or --live: ' +
      'k8s-mtp diff --git main...HEAD -- tenants/ classes/')
  }
  if (base === standardInput && head === standardInput) {
    throw new InputError('standard input (-) can only be one of the two sides. Name a file or folder for the other.')
  }
  return await Promise.all([emptyFolderAsNone(readFrom(folder, base)), emptyFolderAsNone(readFrom(folder, head))])
}

async function gitSides (given: readonly string[], range: string, folder: string): Promise<[SourceFile[], SourceFile[]]> {
  const paths = given.length === 0 ? ['.'] : given
  const { base, head } = await resolveRange(folder, range)
  const [before, after] = await Promise.all([
    readCommit(folder, base, paths),
    head === undefined ? readWorkingTree(folder, paths) : readCommit(folder, head, paths)
  ])
  const missing = before.missing.filter(path => after.missing.includes(path))
  if (missing.length > 0) {
    const where = `on either side of --git ${range}`
    throw new InputError(missing.map(path => `${path}: no such file or folder ${where}. Check the path.`).join('\n'))
  }
  return [before.files, after.files]
}

/** A path that was removed has no files. */
async function readWorkingTree (folder: string, paths: readonly string[]): Promise<FilesBelow> {
  const missing = paths.filter(path => !existsSync(resolve(folder, path)))
  const files = await Promise.all(paths.filter(path => !missing.includes(path)).map(async path =>
    await emptyFolderAsNone(readFrom(folder, path))))
  return { files: [...new Map(files.flat().map(each => [each.file, each])).values()], missing }
}

async function emptyFolderAsNone (files: Promise<SourceFile[]>): Promise<SourceFile[]> {
  return await files.catch((error: unknown) => {
    if (error instanceof EmptyFolderError) return []
    throw error
  })
}

/** Files are named as the paths are written. */
async function readFrom (folder: string, path: string): Promise<SourceFile[]> {
  if (folder === '.') return await readSourceFiles([path])
  const files = await readSourceFiles([resolve(folder, path)])
  return files.map(({ file, content }) => ({ file: relative(folder, file), content }))
}

interface LiveContext { parser: Parser, folder: string, now: Date, maxQuotaIncrease: MaxQuotaIncrease | undefined }

async function liveReport (paths: readonly string[], options: DiffOptions, context: LiveContext): Promise<DiffReport> {
  if (paths.length === 0) throw new InputError('name files or folders with Tenants and TenantClasses: k8s-mtp diff --live tenants/')
  const files = (await Promise.all(paths.map(async path => await readFrom(context.folder, path)))).flat()
  const head = sideInput(files, context.parser)
  throwInvalidHead(head.findings)
  const cluster = await openCluster(options, advice)
  return await compareWithCluster(cluster, head, context)
}

async function compareWithCluster (cluster: Cluster, head: SideInput, context: LiveContext): Promise<DiffReport> {
  const { liveSides, quotasBelowUse } = await import('./diff/live-side.ts')
  const { before, after, warnings } = await liveSides(cluster, head.side)
  const report = reportOf({ before, after, warnings: [...warnings, ...head.others] }, { head }, context)
  return { ...report, warnings: [...report.warnings, ...await quotasBelowUse(cluster, report)] }
}
