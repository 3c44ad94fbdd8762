import { setTimeout as sleep } from 'node:timers/promises'

/** Resolves with what `read` returns once that is not undefined. Rejects with the failure after the timeout. */
export async function pollFor<T> (failure: string, read: () => Promise<T | undefined>, timeout = 60_000, interval = 20): Promise<T> {
  const deadline = Date.now() + timeout
  for (;;) {
    const value = await read()
    if (value !== undefined) return value
    if (Date.now() > deadline) throw new Error(`${failure} within ${timeout / 1000} s`)
    await sleep(interval)
  }
}
