import { expect, test } from 'vitest'
import { createMemoryLog, growths, isFlat, type Life } from './memory.ts'

const INTERVAL = 2

function life (seconds: number, mebibytes: (seconds: number) => number): Life {
  const samples = Array.from({ length: seconds / INTERVAL + 1 }, (_, index) => ({ seconds: index * INTERVAL, mebibytes: mebibytes(index * INTERVAL) }))
  return { process: 'hook', samples }
}

/** As of a garbage collector: 15 MiB in 40 s, and back. */
const teeth = (seconds: number): number => seconds % 40 * 15 / 40

test.each<[string, (seconds: number) => number, boolean]>([
  ['constant', () => 100, true],
  ['with the teeth of a garbage collector', seconds => 100 + teeth(seconds), true],
  ['growing in the warm-up only', seconds => Math.min(100, 40 + seconds), true],
  ['with one high sample at the end', seconds => seconds >= 1798 ? 300 : 100, true],
  ['growing by 2 MiB a minute', seconds => 100 + seconds / 30, false],
  ['growing under teeth', seconds => 100 + seconds / 30 + teeth(seconds), false]
])('memory in half an hour, %s', (_, mebibytes, flat) => {
  const [growth] = growths([life(1800, mebibytes)])
  expect(growth && isFlat(growth)).toBe(flat)
})

test('a short life tells nothing', () => {
  expect(growths([life(600, seconds => 100 + 10 * seconds)])).toEqual([])
})

test('the longest life of a process counts', () => {
  const [growth] = growths([life(60, () => 500), life(900, () => 100), life(300, () => 700)])
  expect(growth).toMatchObject({ start: 100, end: 100, growth: 0 })
})

test('a restart begins a life', () => {
  const log = createMemoryLog()
  for (const pid of [1, 1, 2, undefined, 2]) log.add('hook', pid, { seconds: 0, mebibytes: 100 })
  expect(log.lives.map(({ pid, samples }) => [pid, samples.length])).toEqual([[1, 2], [2, 2]])
})
