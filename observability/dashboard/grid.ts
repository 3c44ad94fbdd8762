import { panelJson, type Panel } from './panel.ts'

/** Panels under a title. */
export interface Row { title: string, panels: readonly Panel[] }

/** Width of Grafana's grid. */
const columns = 24
const heights = { stat: 4, timeseries: 8, stacked: 8, table: 8, bars: 8 } as const

/** Places rows from top to bottom and panels from left to right, with line breaks. All panels of a line have the same height. */
export function arrange (rows: readonly Row[]): object[] {
  const placed: object[] = []
  let y = 0
  for (const { title, panels } of rows) {
    const gridPos = { x: 0, y: y++, w: columns, h: 1 }
    placed.push({ id: placed.length + 1, type: 'row', title, collapsed: false, panels: [], gridPos })
    for (const line of linesOf(panels)) {
      const h = Math.max(...line.map(({ kind }) => heights[kind]))
      let x = 0
      for (const panel of line) {
        placed.push(panelJson(panel, placed.length + 1, { x, y, w: panel.width, h }))
        x += panel.width
      }
      y += h
    }
  }
  return placed
}

function linesOf (panels: readonly Panel[]): Panel[][] {
  const lines: Panel[][] = []
  let used = columns
  for (const panel of panels) {
    if (used + panel.width > columns) {
      lines.push([])
      used = 0
    }
    lines.at(-1)?.push(panel)
    used += panel.width
  }
  return lines
}
