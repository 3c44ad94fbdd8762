import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { becomeLeader, electionSeconds } from './leader-election.ts'

/** As electionSeconds, twenty times faster. */
const fast = { lease: 0.75, renewDeadline: 0.5, retry: 0.1 }
const untilLost = async (lost: Promise<void>, milliseconds: number): Promise<boolean> =>
  await Promise.race([lost.then(() => true), sleep(milliseconds, false)])

test('a leader without a lease ends before others may take it', () => {
  const { lease, renewDeadline, retry } = electionSeconds
  expect(retry + renewDeadline).toBeLessThan(lease)
})

test('waits for permissions and for the leader before it', async () => {
  const tryHold = vi.fn<() => Promise<boolean>>().mockRejectedValueOnce(new Error('forbidden')).mockResolvedValueOnce(false).mockResolvedValue(true)
  await becomeLeader({ tryHold }, fast)
  expect(tryHold).toHaveBeenCalledTimes(3)
})

test('leads as long as one renewal in time succeeds', async () => {
  let calls = 0
  const { lost } = await becomeLeader({ tryHold: async () => calls++ % 3 === 0 }, fast)
  expect(await untilLost(lost, 2_000)).toBe(false)
})

test.each([
  ['another holds the lease', async () => false],
  ['the API server refuses', async () => { throw new Error('forbidden') }],
  ['the API server does not respond', async () => await new Promise<never>(() => {})]
])('leads no longer once %s until the deadline', async (_, fail) => {
  const began = performance.now()
  const { lost } = await becomeLeader({ tryHold: vi.fn(fail).mockResolvedValueOnce(true) }, fast)
  await lost
  // A pause, then the deadline: before the lease has expired for others.
  expect(performance.now() - began).toBeGreaterThanOrEqual(590)
  expect(performance.now() - began).toBeLessThan(1000 * fast.lease)
})
