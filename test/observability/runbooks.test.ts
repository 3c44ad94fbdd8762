import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readAlerts } from '../../observability/alerts.ts'
import { objectionsToExpressions } from './known-series.ts'
import { alertNames, queriesInRunbooks, runbookOf, runbooks } from './runbooks.ts'

describe('the runbooks', { timeout: 60_000 }, () => {
  it('are there for each alert, and for nothing else', () => {
    expect(readdirSync(runbooks).sort()).toEqual(alertNames.map(name => `${name}.md`))
  })

  it.each(alertNames)('%s says how bad it is, how to look, how to mend and how to silence it', name => {
    const page = runbookOf(name)
    const prose = page.replaceAll(/```[^`]*```/g, '')
    expect(prose.split('\n').filter(line => line.startsWith('#'))).toEqual([`# ${name}`, '## How bad', '## Look', '## Mend', '## Silence'])
    expect(page).toContain(`amtool silence add alertname=${name} `)
    expect(page.length, 'short enough for 3 a.m.').toBeLessThan(4000)
  })

  it('ask only for what is told, in PromQL that can be read', async () => {
    const queries = queriesInRunbooks()
    expect(queries.length).toBeGreaterThan(alertNames.length)
    expect(await objectionsToExpressions(queries)).toEqual([])
  })
})

it('alerts ask only for what is told', { timeout: 60_000 }, async () => {
  expect(await objectionsToExpressions(readAlerts().map(({ expr }) => expr))).toEqual([])
})
