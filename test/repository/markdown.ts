import GithubSlugger from 'github-slugger'
import type { Nodes } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'

/** A link or image with its line. */
export interface Link { url: string, line: number }

export interface Page {
  links: Link[]
  /** Anchors of headings, with GitHub's slugs, and ids in HTML. */
  anchors: Set<string>
}

export function readMarkdown (text: string): Page {
  const links: Link[] = []
  const anchors = new Set<string>()
  const slugger = new GithubSlugger()
  const visit = (node: Nodes): void => {
    if (node.type === 'link' || node.type === 'image' || node.type === 'definition') {
      links.push({ url: node.url, line: node.position?.start.line ?? 0 })
    }
    if (node.type === 'heading') anchors.add(slugger.slug(textOf(node)))
    if (node.type === 'html') for (const [, id] of node.value.matchAll(/\b(?:id|name)="([^"]+)"/g)) anchors.add(id ?? '')
    if ('children' in node) node.children.forEach(visit)
  }
  visit(fromMarkdown(text))
  return { links, anchors }
}

function textOf (node: Nodes): string {
  if ('value' in node) return node.type === 'html' ? '' : node.value
  return 'children' in node ? node.children.map(textOf).join('') : ''
}
