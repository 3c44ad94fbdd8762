import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { observabilityPage, withTables } from '../../observability/tables.ts'

const page = readFileSync(observabilityPage, 'utf8')

it('the tables of docs/observability.md are those that `npm run observability` writes', () => {
  expect(page).toBe(withTables(page))
})
