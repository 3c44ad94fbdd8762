import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readAlerts } from '../../observability/alerts.ts'
import { problemsInExpressions } from './known-series.ts'
import { alertNames, queriesInRunbooks, runbookOf, runbooks } from './runbooks.ts'

describe('the runbooks', { timeout: 60_000 }, () => {
  it('exist for each alert, with an index', () => {
    expect(readdirSync(runbooks).sort()).toEqual([...alertNames.map(name => `${name}.md`), 'README.md'])
  })

  it.each(alertNames)('%s has its sections, and fits on a screen', name => {
    const page = runbookOf(name)
    const prose = page.replaceAll(/```[^`]*```/g, '')
    expect(prose.split('\n').filter(line => line.startsWith('#'))).toEqual([
      `# ${name}`,
      '## Impact',
      '## Diagnosis',
      '## Mitigation',
      '## Silence'
    ])
    expect(page).toContain(`amtool silence add alertname=${name} `)
    expect(page.length).toBeLessThan(4000)
  })

  it('query only known metrics, in valid PromQL', async () => {
    const queries = queriesInRunbooks()
    expect(queries.length).toBeGreaterThan(alertNames.length)
    expect(await problemsInExpressions(queries)).toEqual([])
  })
})

it('alerts query only known metrics', { timeout: 60_000 }, async () => {
  expect(await problemsInExpressions(readAlerts().map(({ expr }) => expr))).toEqual([])
})
