import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds between two reads. */
const interval = 300

/** Reads until the value is done or the deadline, in milliseconds since 1970, has passed; returns the last value. */
export async function pollUntil<T> (deadline: number, read: () => Promise<T>, isDone: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await read()
    if (isDone(value) || Date.now() > deadline) return value
    await sleep(interval)
  }
}
