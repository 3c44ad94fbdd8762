import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { repositoryPath } from '../cluster/paths.ts'
import { filesBelow } from '../package/files.ts'
import { readMarkdown, type Link, type Page } from './markdown.ts'

const ignored = /^(\.git|node_modules|dist)\//
const paths = filesBelow(repositoryPath('.')).filter(path => !ignored.test(path))
const pages = new Map<string, Page>(
  paths
    .filter(path => path.endsWith('.md'))
    .map(path => [path, readMarkdown(readFileSync(repositoryPath(path), 'utf8'))])
)

/** Public URL of a file of this repository, on main or at a release. */
const ours = new RegExp([
  /^https:\/\/(?:github\.com\/k8s-mtp\/k8s-mtp\/(?:blob|tree)|raw\.githubusercontent\.com\/k8s-mtp\/k8s-mtp)/,
  /\/(?:main|v\d+\.\d+\.\d+)\/([^#\s]+?)(?:#(.*))?$/
].map(({ source }) => source).join(''))

describe('the links of', () => {
  it.each([...pages])('%s have existing targets', (path, { links }) => {
    expect(links.flatMap(link => problem(path, link) ?? [])).toEqual([])
  })

  it('other files have existing targets', () => {
    const found = paths
      .filter(
        path => /\.(ya?ml|json|tpl|txt|gotmpl|ts|sh)$|Dockerfile$/.test(path) && !/^(test\/|package-lock)/.test(path)
      )
      .flatMap(path =>
        (
          readFileSync(repositoryPath(path), 'utf8').match(
            /https:\/\/(github|raw\.githubusercontent)\.com\/k8s-mtp\/[^\s"'`)>\\{]+/g
          ) ?? []
        ).map(url => ({ path, url: url.replace(/[.,:;]$/, '') }))
      )
    expect(found.flatMap(({ path, url }) => problem(path, { url, line: 0 }) ?? [])).toEqual([])
    expect(found.length).toBeGreaterThan(0)
  })
})

/** Returns the problem of a link, or undefined. Does not check external sites. */
function problem (path: string, { url, line }: Link): string | undefined {
  const [, ownPath, ownAnchor] = ours.exec(url) ?? []
  const where = `${path}:${line}: ${url}`
  if (ownPath !== undefined) return missing(decodeURI(ownPath), ownAnchor, where)
  if (/^[a-z][a-z+.-]*:/i.test(url)) return external(url, where)
  const [target = '', anchor] = url.split('#')
  return missing(target === '' ? path : normalize(join(dirname(path), decodeURI(target))), anchor, where)
}

function external (url: string, where: string): string | undefined {
  if (/^mailto:[^@\s]+@[^@\s]+$/.test(url)) return undefined
  if (!URL.canParse(url)) return `${where} is not a URL`
  return /^https:\/\/[\w-]+(\.[\w-]+)+(\/|$)/.test(url) ? undefined : `${where} must be https, with a public host`
}

function missing (target: string, anchor: string | undefined, where: string): string | undefined {
  if (target.startsWith('..') || !existsSync(repositoryPath(target))) return `${where} does not exist`
  if (anchor === undefined || statSync(repositoryPath(target)).isDirectory()) return undefined
  return pages.get(target)?.anchors.has(anchor) === false ? `${where} has no such heading` : undefined
}
