import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readAlerts } from '../../observability/alerts.ts'
import { objectionsToExpressions } from './known-series.ts'

const folder = new URL('../../docs/runbooks/', import.meta.url)
const names = [...new Set(readAlerts().map(({ alert }) => alert))].sort()
const pageOf = (name: string) => readFileSync(new URL(`${name}.md`, folder), 'utf8')

describe('the runbooks', { timeout: 60_000 }, () => {
  it('are there for each alert, and for nothing else', () => {
    expect(readdirSync(folder).sort()).toEqual(names.map(name => `${name}.md`))
  })

  it.each(names)('%s says how bad it is, how to look, how to mend and how to silence it', name => {
    const page = pageOf(name)
    const prose = page.replaceAll(/```[^`]*```/g, '')
    expect(prose.split('\n').filter(line => line.startsWith('#'))).toEqual([`# ${name}`, '## How bad', '## Look', '## Mend', '## Silence'])
    expect(page).toContain(`amtool silence add alertname=${name} `)
    expect(page.length).toBeLessThan(4000)
  })

  it.each(names)('%s leads to pages that are there', name => {
    const links = [...pageOf(name).matchAll(/\]\(([^)#]+)\)/g)].map(([, link = '']) => link)
    expect(links.filter(link => !existsSync(new URL(link, folder)))).toEqual([])
  })

  it('ask only for what is told, in PromQL that can be read', async () => {
    const blocks = names.flatMap(name => [...pageOf(name).matchAll(/```promql\n([^`]*)```/g)].map(([, text = '']) => text))
    const expressions = blocks.flatMap(text => text.split('\n').filter(line => line !== '' && !line.startsWith('#')))
    expect(expressions.length).toBeGreaterThan(names.length)
    expect(await objectionsToExpressions(expressions)).toEqual([])
  })
})

it('alerts ask only for what is told', { timeout: 60_000 }, async () => {
  expect(await objectionsToExpressions(readAlerts().map(({ expr }) => expr))).toEqual([])
})
