import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { isNode, isScalar, parseAllDocuments, type Document } from 'yaml'
import { errorMessage } from '../../error-message.ts'
import { findingAt, formatFinding, type Finding } from '../../lint/finding.ts'
import type { Path, Position, SourceDocument } from '../../lint/source.ts'
import { suppressionsIn, type Suppression } from '../../lint/suppressions.ts'
import { InputError, throwFindings } from './input-error.ts'

/** What was read, with the errors of files that are not valid YAML: all other documents are complete. */
export interface Sources {
  documents: SourceDocument[]
  findings: Finding[]
  suppressions: Suppression[]
}

/** The path that stands for standard input, as in kubectl. */
export const standardInput = '-'

/** More could exceed the limit of open files, which is 256 on some systems. */
const filesAtOnce = 64

/**
 * Reads YAML or JSON files, or all of them in folders and their subfolders, sorted by name; `-` is standard input. A file that several
 * paths lead to is read once.
 * Skips names that begin with two dots: a mounted ConfigMap keeps its files there and links to them.
 * @throws InputError if there is nothing to read, or a file is not valid YAML
 */
export async function readDocuments (paths: readonly string[]): Promise<SourceDocument[]> {
  const { documents, findings } = await readSources(paths)
  throwFindings(findings.filter(({ rule }) => rule === 'invalid-yaml').map(formatFinding))
  return documents
}

/** @throws InputError if there is nothing to read */
export async function readSources (paths: readonly string[]): Promise<Sources> {
  const sources = (await readSourceFiles(paths)).map(sourcesIn)
  return {
    documents: sources.flatMap(({ documents }) => documents),
    findings: sources.flatMap(({ findings }) => findings),
    suppressions: sources.flatMap(({ suppressions }) => suppressions)
  }
}

function sourcesIn ({ file, content }: SourceFile): Sources {
  const { suppressions, findings } = suppressionsIn(file, content)
  const read = documentsIn(file, content)
  return { documents: read.documents, findings: [...read.findings, ...findings], suppressions }
}

/** A folder without a manifest. */
export class EmptyFolderError extends InputError {}

/** A file with the name that messages use. */
export interface SourceFile { file: string, content: string }

/**
 * Reads the files of {@link readDocuments}.
 * @throws InputError if there is nothing to read
 */
export async function readSourceFiles (paths: readonly string[]): Promise<SourceFile[]> {
  const found = (await Promise.all(paths.map(manifestFiles))).flat()
  const files = [...new Map(found.map(file => [file === standardInput ? file : resolve(file), file])).values()]
  const read: SourceFile[] = []
  for (let index = 0; index < files.length; index += filesAtOnce) {
    read.push(...await Promise.all(files.slice(index, index + filesAtOnce).map(readSourceFile)))
  }
  return read
}

async function readSourceFile (file: string): Promise<SourceFile> {
  return file === standardInput ? { file: '<stdin>', content: await readStandardInput() } : { file, content: await readFile(file, 'utf8') }
}

let isStandardInputRead = false

/** A second time it would be empty. */
async function readStandardInput (): Promise<string> {
  if (isStandardInputRead) {
    throw new InputError('two options read standard input (-), which can be read once. Write it to a file, and name the file in both.')
  }
  isStandardInputRead = true
  return await text(process.stdin)
}

/** True for a file that is read in a folder, by its path from there. */
export function isManifestFile (path: string): boolean {
  return /\.(ya?ml|json)$/.test(path) && !path.split(/[\\/]/).some(step => step.startsWith('..'))
}

async function manifestFiles (path: string): Promise<string[]> {
  if (path === standardInput) return [path]
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw new InputError(`${path}: no such file or folder. Check the path.`)
  if (!found.isDirectory()) return [path]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const named = entries.filter(entry => !entry.isDirectory()).map(entry => join(entry.parentPath, entry.name))
  const visible = named.filter(file => isManifestFile(relative(path, file))).sort()
  // A link may be broken: the lock file of an editor is one.
  const isFile = async (file: string) => await stat(file).then(target => target.isFile(), () => false)
  const readable = await Promise.all(visible.map(isFile))
  const files = visible.filter((_, index) => readable[index])
  if (files.length > 0) return files
  throw new EmptyFolderError(`${path}: the folder has no .yaml, .yml or .json file. Name a folder with manifests.`)
}

/** Parses the documents of a file: all of them, or none where it is not valid YAML. */
export function documentsIn (file: string, content: string): Omit<Sources, 'suppressions'> {
  const positionAt = positionsIn(content)
  const invalid = (offset: number, message: string): Finding =>
    findingAt({ file, positionOf: () => positionAt(offset) }, 'invalid-yaml', { path: [], message })
  let documents: Document[]
  try {
    documents = parsed(content)
  } catch (error) {
    return { documents: [], findings: [invalid(0, firstLine(error))] }
  }
  const errors = documents.flatMap(({ errors }) => errors.map(error => invalid(error.pos[0], error.message)))
  if (errors.length > 0) return { documents: [], findings: errors }
  // Only messages need positions, and the parsed documents of thousands of files need much memory.
  let again: Document[] | undefined
  const read = documents.filter(hasContent).map((document, index) => {
    const positionOf = (path: Path) => {
      again ??= parsed(content).filter(hasContent)
      return positionAt(offsetOf(again[index], path))
    }
    return { ...valueOf(document), file, positionOf }
  })
  return {
    documents: read.flatMap(({ value, file, positionOf, error }) => error === undefined ? [{ value, file, positionOf }] : []),
    findings: read.flatMap(({ positionOf, error }) => error === undefined
      ? []
      : [findingAt({ file, positionOf }, 'invalid-yaml', { path: [], message: `cannot be converted to JSON: ${error}` })])
  }
}

/** With merge keys, as kubectl and GitOps tools read YAML: the input is what they would apply. */
function parsed (content: string): Document[] {
  return [...parseAllDocuments(content, { prettyErrors: false, uniqueKeys: true, merge: true, logLevel: 'error' })]
}

/** As kubectl, which skips documents without content: a separator too many, or only comments. */
function hasContent ({ contents }: Document): boolean {
  return contents !== null && !(isScalar(contents) && contents.value === null)
}

/** Resolves aliases. The parser does not report missing, circular and exponential ones. */
function valueOf (document: Document): { value: unknown, error?: string } {
  try {
    const value: unknown = document.toJS()
    JSON.stringify(value)
    return { value }
  } catch (error) {
    return { value: undefined, error: firstLine(error) }
  }
}

function firstLine (error: unknown): string {
  const [reason = ''] = errorMessage(error).split('\n')
  return reason
}

function offsetOf (document: Document | undefined, path: Path): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const node: unknown = depth === 0 ? document?.contents : document?.getIn(path.slice(0, depth), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}

/** LineCounter of yaml misses lines in quoted text that does not end. */
function positionsIn (content: string): (offset: number) => Position {
  let starts: number[] | undefined
  return offset => {
    starts ??= [0, ...[...content.matchAll(/\n/g)].map(({ index }) => index + 1)]
    let [low, high] = [0, starts.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
  }
}
