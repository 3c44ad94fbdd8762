import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { observabilityPage, withTables } from '../../observability/tables.ts'

const page = readFileSync(observabilityPage, 'utf8')

it('the tables of docs/observability.md are those that `npm run observability` writes', () => {
  expect(page).toBe(withTables(page))
})

it('docs/observability.md leads to pages and files that are there', () => {
  const links = [...page.matchAll(/\]\(([^)#]+)\)/g)].map(([, link = '']) => link).filter(link => !link.startsWith('https://'))
  expect(links.filter(link => !existsSync(new URL(link, observabilityPage)))).toEqual([])
})
