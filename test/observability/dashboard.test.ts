import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { shippedFiles } from '../../observability/alerts.ts'
import { dashboardText } from '../../observability/dashboard/dashboard.ts'
import { problemsInExpressions } from './known-series.ts'

interface Source { type: string, uid: string }
interface Panel {
  id: number
  type: string
  title: string
  description?: string
  datasource?: Source
  gridPos: { x: number, y: number, w: number, h: number }
  targets?: { refId: string, expr: string, datasource: Source }[]
  fieldConfig?: { defaults: { unit: string } }
}
interface Dashboard { uid: string, panels: Panel[], templating: { list: { name: string, type: string, datasource?: Source }[] } }

const text = readFileSync(new URL('dashboard.json', shippedFiles), 'utf8')
const dashboard: Dashboard = JSON.parse(text)
const panels = dashboard.panels.filter(({ type }) => type !== 'row')

describe('the shipped dashboard', { timeout: 60_000 }, () => {
  it('is up to date: npm run observability', () => {
    expect(text).toBe(dashboardText)
  })

  it('has a fixed uid, and queries the selected data source', () => {
    expect(dashboard.uid).toBe('k8s-mtp')
    expect(dashboard.templating.list[0]).toMatchObject({ name: 'datasource', type: 'datasource', query: 'prometheus' })
    const sources = [
      ...panels.flatMap(({ datasource, targets = [] }) => [datasource, ...targets.map(target => target.datasource)]),
      ...dashboard.templating.list.slice(1).map(({ datasource }) => datasource)
    ]
    expect(sources.filter(source => source?.type !== 'prometheus' || source.uid !== '$' + '{datasource}')).toEqual([])
  })

  it('has panels with unique ids and titles, each with a description, a unit and a query', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length)
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length)
    for (const { title, description = '', targets = [], fieldConfig } of panels) {
      expect(description.length, title).toBeGreaterThan(5)
      expect(fieldConfig?.defaults.unit, title).toMatch(/^\w+$/)
      expect(targets.map(({ refId }) => refId), title).toEqual(['A', 'B', 'C'].slice(0, Math.max(targets.length, 1)))
    }
  })

  it('has no overlapping panels, and none outside the grid', () => {
    const occupied = new Map<string, string>()
    const cells = dashboard.panels.flatMap(({ title, gridPos: { x, y, w, h } }) => {
      expect(x + w, title).toBeLessThanOrEqual(24)
      return Array.from({ length: w * h }, (_, index) => ({ title, cell: `${x + index % w},${y + Math.floor(index / w)}` }))
    })
    for (const { title, cell } of cells) {
      expect(occupied.get(cell), `${title} at ${cell}`).toBeUndefined()
      occupied.set(cell, title)
    }
  })

  it('queries only known metrics, in valid PromQL', async () => {
    const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '5m')))
    expect(await problemsInExpressions(expressions)).toEqual([])
  })

  it('uses only variables that it defines', () => {
    const known = new Set(['__rate_interval', ...dashboard.templating.list.map(({ name }) => name)])
    expect([...text.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name).filter(name => !known.has(name))).toEqual([])
  })
})
