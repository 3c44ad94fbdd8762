import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { metricsPage } from '../../docs/generate/metrics.ts'

it('docs/reference/metrics.md is up to date: npm run docs', () => {
  expect(readFileSync(new URL('../../docs/reference/metrics.md', import.meta.url), 'utf8')).toBe(metricsPage())
})
