import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
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
  const found = (await Promise.all(paths.map(manifestFiles))).flat()
  const files = new Map(found.map(file => [file === standardInput ? file : resolve(file), file]))
  return (await Promise.all([...files.values()].map(readFileDocuments))).flat()
}

async function readFileDocuments (file: string): Promise<SourceDocument[]> {
  return file === standardInput ? documentsIn('<stdin>', await text(process.stdin)) : documentsIn(file, await readFile(file, 'utf8'))
}

async function manifestFiles (path: string): Promise<string[]> {
  if (path === standardInput) return [path]
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw new InputError(`${path}: no such file or folder. Check the path.`)
  if (!found.isDirectory()) return [path]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const named = entries.filter(entry => !entry.isDirectory() && /\.(ya?ml|json)$/.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name))
  const visible = named.filter(file => !relative(path, file).split(sep).some(step => step.startsWith('..'))).sort()
  // A link may be broken: the lock file of an editor is one.
  const isFile = async (file: string) => await stat(file).then(target => target.isFile(), () => false)
  const readable = await Promise.all(visible.map(isFile))
  const files = visible.filter((_, index) => readable[index])
  if (files.length > 0) return files
  throw new InputError(`${path}: the folder has no .yaml, .yml or .json file. Name a folder with manifests.`)
}

/** @throws InputError if the content is not valid YAML */
export function documentsIn (file: string, content: string): SourceDocument[] {
  const lines = new LineCounter()
  // With merge keys, as kubectl and GitOps tools read YAML: the input is what they would apply.
  const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: true, merge: true } as const
  const documents: Document[] = [...parseAllDocuments(content, options)]
  const errors = documents.flatMap(({ errors }) => errors.map(error => `${file}:${lines.linePos(error.pos[0]).line}: ${error.message}`))
  throwFindings(errors)
  return documents.filter(({ contents }) => contents !== null).map(document => ({
    file,
    value: valueOf(document, file, lines),
    lineOf: path => lineOf(document, lines, path)
  }))
}

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

function lineOf (document: Document, lines: LineCounter, path: Path): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const node: unknown = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true)
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
  }
  return 1
}
