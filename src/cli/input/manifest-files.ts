import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { isNode, LineCounter, parseAllDocuments, type Document } from 'yaml'
import { InputError } from './input-error.ts'

/** One YAML document of a file, with a way back to the line that a value stands on. */
export interface SourceDocument {
  file: string
  value: unknown
  /** The line of the value at a path, or of the nearest one around it, counted from 1. */
  lineOf: (path: ReadonlyArray<string | number>) => number
}

/**
 * All documents of a YAML or JSON file, or of all such files in a folder and the folders in it, in order of their names.
 * What begins with two dots is passed over: a mounted ConfigMap has its files there, and links to them beside it.
 * @throws InputError where there is nothing to read, or it is no YAML
 */
export async function readDocuments (path: string): Promise<SourceDocument[]> {
  const files = await manifestFiles(path)
  const documents = await Promise.all(files.map(async file => documentsIn(file, await readFile(file, 'utf8'))))
  return documents.flat()
}

async function manifestFiles (path: string): Promise<string[]> {
  const found = await stat(path).catch(() => { throw new InputError(`${path}: there is no such file or folder`) })
  if (!found.isDirectory()) return [path]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const named = entries.filter(entry => !entry.isDirectory() && /\.(ya?ml|json)$/.test(entry.name)).map(entry => join(entry.parentPath, entry.name))
  const visible = named.filter(file => !relative(path, file).split(sep).some(step => step.startsWith('..'))).sort()
  // A link may lead nowhere: an editor's lock is one.
  const files = (await Promise.all(visible.map(async file => await stat(file).then(target => target.isFile() ? [file] : [], () => [])))).flat()
  if (files.length === 0) throw new InputError(`${path}: there is no .yaml, .yml or .json file in this folder`)
  return files
}

function documentsIn (file: string, text: string): SourceDocument[] {
  const lines = new LineCounter()
  // With merge keys, as kubectl and GitOps tools read it: what they would apply is to be seen here.
  const documents: Document[] = [...parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, merge: true })]
  const errors = documents.flatMap(({ errors }) => errors.map(error => `${file}:${lines.linePos(error.pos[0]).line}: ${error.message}`))
  if (errors.length > 0) throw new InputError(errors.join('\n'))
  return documents.filter(({ contents }) => contents !== null).map(document => ({
    file,
    value: valueOf(document, file, lines),
    lineOf: path => lineOf(document, lines, path)
  }))
}

/** Aliases that lead nowhere, into themselves or to far too much are found only now. */
function valueOf (document: Document, file: string, lines: LineCounter): unknown {
  try {
    const value: unknown = document.toJS()
    JSON.stringify(value)
    return value
  } catch (error) {
    throw new InputError(`${file}:${lineOf(document, lines, [])}: cannot be written as JSON: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`)
  }
}

function lineOf (document: Document, lines: LineCounter, path: ReadonlyArray<string | number>): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const node: unknown = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true)
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
  }
  return 1
}
