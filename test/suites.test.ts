import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { repositoryPath } from './cluster/paths.ts'
import { strategies } from './strategies.ts'
import { byOne, dealt, long, ofTheMerge, testsOf, type Extent } from './suites.ts'

function runsOf (extent: Extent, of: readonly string[]): Record<string, number> {
  const runs = of.flatMap(strategy => (['test/e2e', 'test/faults'] as const).flatMap(folder => testsOf(folder, strategy, { strategies: of, extent })))
  return Object.fromEntries([...new Set(runs)].map(file => [file, runs.filter(run => run === file).length]))
}

const all = runsOf('all', strategies)
const expected = (times: (file: string) => number): Record<string, number> =>
  Object.fromEntries(Object.keys(all).flatMap(file => times(file) === 0 ? [] : [[file, times(file)]]))

describe('the end-to-end tests', () => {
  it('are files, each listed once', () => {
    const listed = [...Object.values(byOne).flat(), ...ofTheMerge]
    expect(new Set(listed).size).toBe(listed.length)
    expect([...listed, ...long].filter(file => !existsSync(repositoryPath(file)))).toEqual([])
  })

  it('run by both strategies in a full run, unless they depend on none', () => {
    expect(all).toEqual(expected(file => Object.values(byOne).flat().includes(file) ? 1 : 2))
  })

  it('run once in a quick run, those of the merge by both strategies, and long ones not at all', () => {
    expect(runsOf('quick', strategies)).toEqual(expected(file => long.includes(file) ? 0 : ofTheMerge.includes(file) ? 2 : 1))
  })

  it.each(strategies)('all run by %s where only it is chosen', strategy => {
    expect(runsOf('all', [strategy])).toEqual(expected(() => 1))
    expect(runsOf('quick', [strategy])).toEqual(expected(file => long.includes(file) ? 0 : 1))
  })

  it.each([1, 2, 3])('are each in one of %i lanes, of which none has two more than another', lanes => {
    const files = testsOf('test/e2e', strategies[0], { strategies, extent: 'quick' })
    const parts = dealt(files, lanes)
    expect(parts.flat().sort()).toEqual(files)
    const sizes = parts.map(({ length }) => length)
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(2)
  })
})
