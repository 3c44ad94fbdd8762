import { expect, it } from 'vitest'
import { pollUntil } from '../../src/cli/poll-until.ts'

const count = () => {
  let reads = 0
  return async () => ++reads
}

it('reads until the value is done', async () => {
  expect(await pollUntil(Date.now() + 10_000, count(), value => value === 2)).toBe(2)
})

it('returns the last value after the deadline', async () => {
  expect(await pollUntil(Date.now() - 1, count(), () => false)).toBe(1)
})

it('rejects with the error of a read', async () => {
  await expect(pollUntil(Date.now() + 10_000, async () => { throw new Error('down') }, () => false)).rejects.toThrow('down')
})
