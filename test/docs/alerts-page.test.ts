import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { alertsPage } from '../../docs/generate/alerts.ts'

it('docs/runbooks/README.md is up to date: npm run docs', () => {
  expect(readFileSync(new URL('../../docs/runbooks/README.md', import.meta.url), 'utf8')).toBe(alertsPage())
})
