import { readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import { repositoryPath } from '../cluster/paths.ts'

/** An object of k8s-mtp, or a part of one, in a fenced block of a page. */
export interface PageObject { kind?: string, metadata?: { name: string }, spec?: Record<string, unknown> }

/** Reads all YAML blocks of a page; `---` separates objects. */
export function objectsOnPage (path: string): PageObject[] {
  const page = readFileSync(repositoryPath(path), 'utf8')
  const blocks = [...page.matchAll(/^( *)```yaml\n(.*?)^ *```$/gms)].map(([, indent = '', block = '']) => block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''))
  return blocks.flatMap(block => parseAllDocuments(block).map(document => {
    if (document.errors.length > 0) throw new Error(`${path}: ${document.errors.join('; ')}`)
    return document.toJS() as PageObject
  }))
}

export function objectOnPage (path: string, kind: string): Required<PageObject> {
  const found = objectsOnPage(path).find(object => object.kind === kind && object.metadata !== undefined)
  if (found === undefined) throw new Error(`${path} has no complete ${kind}`)
  return found as Required<PageObject>
}
