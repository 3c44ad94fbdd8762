import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { shippedFiles } from '../../observability/alerts.ts'
import { dashboardText } from '../../observability/dashboard/dashboard.ts'
import { objectionsToExpressions } from './known-series.ts'

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
const shown = dashboard.panels.filter(({ type }) => type !== 'row')

describe('the dashboard that is shipped', { timeout: 60_000 }, () => {
  it('is the one that `npm run observability` writes', () => {
    expect(text).toBe(dashboardText)
  })

  it('keeps its address, and asks whatever Prometheus is chosen', () => {
    expect(dashboard.uid).toBe('k8s-mtp')
    expect(dashboard.templating.list[0]).toMatchObject({ name: 'datasource', type: 'datasource', query: 'prometheus' })
    const sources = [...shown.flatMap(({ datasource, targets = [] }) => [datasource, ...targets.map(target => target.datasource)]), ...dashboard.templating.list.slice(1).map(({ datasource }) => datasource)]
    expect(sources.filter(source => source?.type !== 'prometheus' || source.uid !== '$' + '{datasource}')).toEqual([])
  })

  it('has panels of different ids and titles, each with a description, a unit and a query', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length)
    expect(new Set(shown.map(({ title }) => title)).size).toBe(shown.length)
    for (const { title, description = '', targets = [], fieldConfig } of shown) {
      expect(description.length, title).toBeGreaterThan(5)
      expect(fieldConfig?.defaults.unit, title).toMatch(/^\w+$/)
      expect(targets.map(({ refId }) => refId), title).toEqual(['A', 'B', 'C'].slice(0, Math.max(targets.length, 1)))
    }
  })

  it('has no two panels in one place, and none beyond the edge', () => {
    const taken = new Map<string, string>()
    const cells = dashboard.panels.flatMap(({ title, gridPos: { x, y, w, h } }) => {
      expect(x + w, title).toBeLessThanOrEqual(24)
      return Array.from({ length: w * h }, (_, index) => ({ title, cell: `${x + index % w},${y + Math.floor(index / w)}` }))
    })
    for (const { title, cell } of cells) {
      expect(taken.get(cell), `${title} at ${cell}`).toBeUndefined()
      taken.set(cell, title)
    }
  })

  it('asks only for what is told, in PromQL that can be read', async () => {
    const expressions = shown.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '5m')))
    expect(await objectionsToExpressions(expressions)).toEqual([])
  })

  it('uses no variable that there is none of', () => {
    const known = new Set(['__rate_interval', ...dashboard.templating.list.map(({ name }) => name)])
    expect([...text.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name).filter(name => !known.has(name))).toEqual([])
  })
})
