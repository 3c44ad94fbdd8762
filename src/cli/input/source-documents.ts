import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { isNode, LineCounter, parseAllDocuments, type Document } from 'yaml'
import { errorMessage } from '../../error-message.ts'
import { InputError, throwFindings } from './input-error.ts'

type Path = ReadonlyArray<string | number>

/** A YAML document of a file, with the line of each value. */
export interface SourceDocument {
  file: string
  value: unknown
  /** The line of the value at a path, or of the closest parent, counted from 1. */
  lineOf: (path: Path) => number
  /** Where a path of the object is written, for an object that is a part of the document. */
  pathIn?: (path: Path) => Path
}

/** The path that stands for standard input, as in kubectl. */
export const standardInput = '-'

/**
 * Reads YAML or JSON files, or all of them in folders and their subfolders, sorted by name; `-` is standard input. A file that several
 * paths lead to is read once.
 * Skips names that begin with two dots: a mounted ConfigMap keeps its files there and links to them.
 * @throws InputError if there is nothing to read, or a file is not valid YAML
 */
export async function readDocuments (paths: readonly string[]): Promise<SourceDocument[]> {
  return (await readSourceFiles(paths)).flatMap(({ file, content }) => documentsIn(file, content))
}

/** A file with the name that messages use. */
export interface SourceFile { file: string, content: string }

/** Reads the files of {@link readDocuments}. */
export async function readSourceFiles (paths: readonly string[]): Promise<SourceFile[]> {
  const found = (await Promise.all(paths.map(manifestFiles))).flat()
  const files = new Map(found.map(file => [file === standardInput ? file : resolve(file), file]))
  const all = [...files.values()]
  const contents: SourceFile[] = []
  for (let start = 0; start < all.length; start += filesAtOnce) {
    contents.push(...await Promise.all(all.slice(start, start + filesAtOnce).map(readSourceFile)))
  }
  return contents
}

/** Below the bound of open files of any system. */
const filesAtOnce = 100

async function readSourceFile (file: string): Promise<SourceFile> {
  return file === standardInput ? { file: '<stdin>', content: await text(process.stdin) } : { file, content: await readFile(file, 'utf8') }
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
  throw new InputError(`${path}: the folder has no .yaml, .yml or .json file. Name a folder with manifests.`)
}

/** @throws InputError if the content is not valid YAML */
export function documentsIn (file: string, content: string): SourceDocument[] {
  const { documents, lines } = parsed(content)
  const errors = documents.flatMap(({ errors }) => errors.map(error => `${file}:${lines.linePos(error.pos[0]).line}: ${error.message}`))
  throwFindings(errors)
  // Only messages need lines, and the parsed documents of thousands of files need much memory.
  let again: Parsed | undefined
  return documents.filter(hasContent).map((document, index) => ({
    file,
    value: valueOf(document, file, lines),
    lineOf: path => {
      again ??= parsed(content)
      return lineOf(again.documents.filter(hasContent)[index], again.lines, path)
    }
  }))
}

interface Parsed { documents: Document[], lines: LineCounter }

function parsed (content: string): Parsed {
  const lines = new LineCounter()
  // With merge keys, as kubectl and GitOps tools read YAML: the input is what they would apply.
  const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: true, merge: true } as const
  return { documents: [...parseAllDocuments(content, options)], lines }
}

const hasContent = ({ contents }: Document): boolean => contents !== null

/** Resolves aliases. The parser does not report missing, circular and exponential ones. */
function valueOf (document: Document, file: string, lines: LineCounter): unknown {
  try {
    const value: unknown = document.toJS()
    JSON.stringify(value)
    return value
  } catch (error) {
    const [reason = ''] = errorMessage(error).split('\n')
    throw new InputError(`${file}:${lineOf(document, lines, [])}: cannot be converted to JSON: ${reason}`)
  }
}

function lineOf (document: Document | undefined, lines: LineCounter, path: Path): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const node: unknown = depth === 0 ? document?.contents : document?.getIn(path.slice(0, depth), true)
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
  }
  return 1
}
