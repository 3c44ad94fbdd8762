import { rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { watchFiles } from '../../../src/server/credentials/watched-files.ts'
import { mountForTest, type Mounted } from '../../support/mounted.ts'

/** Two numbers that belong together: the second is the square of the first. */
function parse (root = '', square = ''): number {
  if (Number(root) ** 2 !== Number(square)) throw new Error(`${square} is not the square of ${root}`)
  return Number(root)
}

const pair = (root: number, square = root ** 2) => ({ root: String(root), square: String(square) })
const interval = 10
const twoLooks = 100

async function watchPair (mounted: Mounted) {
  const changes: number[] = []
  const failures: string[] = []
  const files = await watchFiles({
    paths: [mounted.file('root'), mounted.file('square')],
    parse,
    changed: value => { changes.push(value) },
    failed: error => { failures.push(String(error)) },
    interval
  })
  onTestFinished(files.stop)
  return { files, changes, failures }
}

test('a folder that is swapped behind its symlink is seen', async () => {
  const mounted = mountForTest(pair(2))
  const { files, changes } = await watchPair(mounted)
  expect(files.current()).toBe(2)
  mounted.swap(pair(3))
  await vi.waitFor(() => expect(changes).toEqual([3]))
  expect(files.current()).toBe(3)
})

test('the same contents in another folder are no change', async () => {
  const mounted = mountForTest(pair(2))
  const { changes, failures } = await watchPair(mounted)
  mounted.swap(pair(2))
  await sleep(twoLooks)
  expect([changes, failures]).toEqual([[], []])
})

test('what cannot be used is told once, the last that could stays, and what comes after is taken', async () => {
  const mounted = mountForTest(pair(2))
  const { files, changes, failures } = await watchPair(mounted)
  mounted.swap(pair(3, 10))
  await vi.waitFor(() => expect(failures).toEqual(['Error: 10 is not the square of 3']))
  await sleep(twoLooks)
  expect([files.current(), changes, failures.length]).toEqual([2, [], 1])
  mounted.swap(pair(4))
  await vi.waitFor(() => expect(changes).toEqual([4]))
})

test('files that are gone for a while are told once, and what was read stays', async () => {
  const mounted = mountForTest(pair(2))
  const { files, changes, failures } = await watchPair(mounted)
  rmSync(mounted.file('square'))
  await vi.waitFor(() => expect(failures).toHaveLength(1))
  expect(failures[0]).toContain('ENOENT')
  await sleep(twoLooks)
  expect([files.current(), failures.length]).toEqual([2, 1])
  writeFileSync(mounted.file('square'), '4')
  await sleep(twoLooks)
  expect([files.current(), changes]).toEqual([2, []])
})

test('first contents that cannot be used reject, and nothing is watched any more once it is stopped', async () => {
  await expect(watchPair(mountForTest(pair(2, 5)))).rejects.toThrow('5 is not the square of 2')
  const mounted = mountForTest(pair(2))
  const { files, changes } = await watchPair(mounted)
  files.stop()
  mounted.swap(pair(3))
  await sleep(twoLooks)
  expect(changes).toEqual([])
})
