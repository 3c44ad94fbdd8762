import { columns } from './screen.ts'

/** A node with a name, lines that tell more of it, and what is under it. */
export interface TreeNode {
  name: string
  /** The first line stands beside the name, the others under the first; in cells, which are aligned. */
  details?: string[][]
  children?: TreeNode[]
}

/** The lines of a tree. The details of siblings are aligned with each other. */
export function renderTree ({ name, details = [], children = [] }: TreeNode): string[] {
  const [first = '', ...others] = columns(details)
  return [`${name}  ${first}`.trimEnd(), ...others, ...renderChildren(children)]
}

function renderChildren (nodes: TreeNode[]): string[] {
  const width = Math.max(0, ...nodes.filter(({ details }) => details !== undefined).map(({ name }) => name.length))
  const cells = alignedDetails(nodes)
  return nodes.flatMap(({ name, children = [] }, index) => {
    const isLast = index === nodes.length - 1
    const indent = isLast ? '   ' : '│  '
    const [first = '', ...others] = cells[index] ?? []
    const below = children.length > 0 ? '│' : ' '
    return [
      `${isLast ? '└─ ' : '├─ '}${name.padEnd(first === '' ? 0 : width)}  ${first}`.trimEnd(),
      ...others.map(line => `${indent}${below.padEnd(width)}  ${line}`),
      ...renderChildren(children).map(line => indent + line)
    ]
  })
}

/** The details of all nodes as one table, given back by node. */
function alignedDetails (nodes: TreeNode[]): string[][] {
  const lines = columns(nodes.flatMap(({ details = [] }) => details))
  return nodes.map(({ details = [] }) => lines.splice(0, details.length))
}
