import { rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { watchFiles } from '../../../src/server/credentials/watched-files.ts'
import { mountForTest, type Mounted } from '../../support/mounted.ts'

/** Parses two numbers. The second must be the square of the first. */
function parse (root = '', square = ''): number {
  if (Number(root) ** 2 !== Number(square)) throw new Error(`${square} is not the square of ${root}`)
  return Number(root)
}

const pair = (root: number, square = root ** 2) => ({ root: String(root), square: String(square) })
const interval = 10
const twoPolls = 100

async function watchPair (mounted: Mounted) {
  const changes: number[] = []
  const failures: string[] = []
  const files = await watchFiles({
    paths: [mounted.file('root'), mounted.file('square')],
    parse,
    onChange: value => { changes.push(value) },
    onError: error => { failures.push(String(error)) },
    interval
  })
  onTestFinished(files.stop)
  return { files, changes, failures }
}

test('detects a folder swapped behind its symlink', async () => {
  const mounted = mountForTest(pair(2))
  const { files, changes } = await watchPair(mounted)
  expect(files.current()).toBe(2)
  mounted.swap(pair(3))
  await vi.waitFor(() => expect(changes).toEqual([3]))
  expect(files.current()).toBe(3)
})

test('ignores a swap with the same contents', async () => {
  const mounted = mountForTest(pair(2))
  const { changes, failures } = await watchPair(mounted)
  mounted.swap(pair(2))
  await sleep(twoPolls)
  expect([changes, failures]).toEqual([[], []])
})

test('reports invalid contents once, keeps the last valid value, and loads the next valid contents', async () => {
  const mounted = mountForTest(pair(2))
  const { files, changes, failures } = await watchPair(mounted)
  mounted.swap(pair(3, 10))
  await vi.waitFor(() => expect(failures).toEqual(['Error: 10 is not the square of 3']))
  await sleep(twoPolls)
  expect([files.current(), changes, failures.length]).toEqual([2, [], 1])
  mounted.swap(pair(4))
  await vi.waitFor(() => expect(changes).toEqual([4]))
})

test('reports missing files once, and keeps the last value', async () => {
  const mounted = mountForTest(pair(2))
  const { files, changes, failures } = await watchPair(mounted)
  rmSync(mounted.file('square'))
  await vi.waitFor(() => expect(failures).toHaveLength(1))
  expect(failures[0]).toContain('ENOENT')
  await sleep(twoPolls)
  expect([files.current(), failures.length]).toEqual([2, 1])
  writeFileSync(mounted.file('square'), '4')
  await sleep(twoPolls)
  expect([files.current(), changes]).toEqual([2, []])
})

test('rejects invalid first contents, and polls no longer after stop', async () => {
  await expect(watchPair(mountForTest(pair(2, 5)))).rejects.toThrow('5 is not the square of 2')
  const mounted = mountForTest(pair(2))
  const { files, changes } = await watchPair(mounted)
  files.stop()
  mounted.swap(pair(3))
  await sleep(twoPolls)
  expect(changes).toEqual([])
})
