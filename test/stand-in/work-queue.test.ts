import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createWorkQueue } from './work-queue.ts'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

test('processes a key that is added meanwhile once more afterwards', async () => {
  let finish = (): void => {}
  const work = vi.fn(() => new Promise<void>(resolve => { finish = resolve }))
  const queue = createWorkQueue(5, work)
  queue.add('a')
  expect(work).not.toHaveBeenCalled()
  queue.start()
  queue.add('a')
  queue.add('a')
  expect(work).toHaveBeenCalledTimes(1)
  finish()
  await vi.advanceTimersByTimeAsync(0)
  expect(work).toHaveBeenCalledTimes(2)
})

test('processes no more keys concurrently than it has workers', () => {
  const work = vi.fn(() => new Promise<void>(() => {}))
  const queue = createWorkQueue(2, work)
  queue.start()
  for (const key of ['a', 'b', 'c']) queue.add(key)
  expect(work.mock.calls).toEqual([['a'], ['b']])
})

test('doubles the delay of a failing key until it is forgotten', async () => {
  const work = vi.fn(async () => {})
  const queue = createWorkQueue(1, work)
  queue.start()
  for (const [milliseconds, calls] of [[5, 1], [10, 2], [20, 3]] as const) {
    queue.addRateLimited('a')
    await vi.advanceTimersByTimeAsync(milliseconds - 1)
    expect(work).toHaveBeenCalledTimes(calls - 1)
    await vi.advanceTimersByTimeAsync(1)
    expect(work).toHaveBeenCalledTimes(calls)
  }
  queue.forget('a')
  queue.addRateLimited('a')
  await vi.advanceTimersByTimeAsync(5)
  expect(work).toHaveBeenCalledTimes(4)
})

test('respects the sooner of two delays, and none after it was stopped', async () => {
  const work = vi.fn(async () => {})
  const queue = createWorkQueue(1, work)
  queue.start()
  queue.addAfter('a', 100)
  queue.addAfter('a', 10)
  queue.addAfter('a', 50)
  await vi.advanceTimersByTimeAsync(200)
  expect(work).toHaveBeenCalledTimes(1)
  queue.addAfter('a', 10)
  queue.stop()
  await vi.advanceTimersByTimeAsync(200)
  expect(work).toHaveBeenCalledTimes(1)
})
