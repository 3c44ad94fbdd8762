import { columns } from './screen.ts'

/** A node with a name, lines of details, and children. */
export interface TreeNode {
  name: string
  /** Lines of cells, which are aligned: the first beside the name, the others below it. */
  details?: string[][]
  children?: TreeNode[]
}

/** The lines of a tree, with the details of siblings aligned. */
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

/** Aligns the details of all nodes as one table, and returns them by node. */
function alignedDetails (nodes: TreeNode[]): string[][] {
  const lines = columns(nodes.flatMap(({ details = [] }) => details))
  return nodes.map(({ details = [] }) => lines.splice(0, details.length))
}
