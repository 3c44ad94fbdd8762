import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { repositoryPath } from '../../cluster/paths.ts'
import { chart } from './chart.ts'
import { pageWith, type AllFigures } from './page.ts'

const figures = repositoryPath('docs/assets/performance/figures.json')

test.runIf(existsSync(figures))('docs/performance.md has the tables of the last run of bench:docs', () => {
  const page = readFileSync(repositoryPath('docs/performance.md'), 'utf8')
  expect(pageWith(page, JSON.parse(readFileSync(figures, 'utf8')) as AllFigures)).toBe(page)
})

test('a chart has a line, its points and its name for each series, inside of its frame', () => {
  const svg = chart('All Ready', 's', [{ name: 'raw', points: [[50, 1], [100, 2]] }, { name: 'k8s-mtp', points: [[50, 4], [100, 9]] }])
  expect(svg.match(/<polyline/g)).toHaveLength(2)
  expect(svg.match(/<circle/g)).toHaveLength(4)
  expect(svg).toContain('>k8s-mtp</text>')
  for (const [, y] of svg.matchAll(/cy="([\d.]+)"/g)) expect(Number(y)).toBeGreaterThanOrEqual(30)
})
