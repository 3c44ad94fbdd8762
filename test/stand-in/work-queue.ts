import { unexpected } from './log.ts'

/** Processes each key at most once at a time, and again afterwards if it was added meanwhile. */
export interface WorkQueue {
  add (key: string): void
  /** Of two delays for one key the sooner applies. */
  addAfter (key: string, milliseconds: number): void
  /** Waits longer with each call for the key, until it is forgotten. */
  addRateLimited (key: string): void
  forget (key: string): void
  /** Begins to process keys. */
  start (): void
  stop (): void
}

const firstDelay = 5
const longestDelay = 1_000_000

export function createWorkQueue (workers: number, work: (key: string) => Promise<void>): WorkQueue {
  const waiting = new Set<string>()
  const working = new Set<string>()
  const delayed = new Map<string, { due: number, timer: NodeJS.Timeout }>()
  const failures = new Map<string, number>()
  let running = false
  let stopped = false

  function next (): void {
    for (const key of waiting) {
      if (!running || working.size >= workers) return
      if (working.has(key)) continue
      waiting.delete(key)
      working.add(key)
      work(key).catch(unexpected).finally(() => {
        working.delete(key)
        next()
      }).catch(unexpected)
    }
  }

  const queue: WorkQueue = {
    add (key) {
      if (stopped) return
      waiting.add(key)
      next()
    },
    addAfter (key, milliseconds) {
      if (stopped) return
      const due = Date.now() + milliseconds
      const before = delayed.get(key)
      if (before !== undefined && before.due <= due) return
      clearTimeout(before?.timer)
      const timer = setTimeout(() => {
        delayed.delete(key)
        queue.add(key)
      }, milliseconds)
      delayed.set(key, { due, timer })
    },
    addRateLimited (key) {
      const failed = failures.get(key) ?? 0
      failures.set(key, failed + 1)
      queue.addAfter(key, Math.min(firstDelay * 2 ** failed, longestDelay))
    },
    forget: key => { failures.delete(key) },
    start () {
      running = !stopped
      next()
    },
    stop () {
      stopped = true
      running = false
      for (const { timer } of delayed.values()) clearTimeout(timer)
    }
  }
  return queue
}
