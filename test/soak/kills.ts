import { setTimeout as sleep } from 'node:timers/promises'
import type { ManagedProcess } from '../cluster/process.ts'

/** Kills processes, and restarts them as a kubelet does, also those that end by themselves. */
export interface Supervisor {
  /** Sends SIGKILL, and restarts the process after some milliseconds. Resolves once it is killed; does nothing while it is down. */
  kill (process: ManagedProcess, downMilliseconds: number): Promise<boolean>
  /** Waits until all run. */
  allRunning (): Promise<void>
  /** How often a process was restarted that had ended by itself. */
  ended: Map<string, number>
  stop (): Promise<void>
}

const INTERVAL = 500

export function supervise (processes: readonly ManagedProcess[], log: (line: string) => void): Supervisor {
  const down = new Map<ManagedProcess, Promise<void>>()
  const ended = new Map<string, number>()
  const stopping = new AbortController()

  async function restart (process: ManagedProcess): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await process.restart()
        return
      } catch (error) {
        // An engine cannot start without the API server.
        log(`${process.name} could not be restarted: ${String(error).split('\n')[0]}`)
      }
      await sleep(INTERVAL)
    }
  }

  function bring (process: ManagedProcess, work: () => Promise<void>): void {
    down.set(process, work().finally(() => down.delete(process)))
  }

  async function watch (): Promise<void> {
    while (!stopping.signal.aborted) {
      for (const process of processes) {
        if (process.pid !== undefined || down.has(process)) continue
        ended.set(process.name, (ended.get(process.name) ?? 0) + 1)
        log(`${process.name} had ended by itself, and is restarted`)
        bring(process, () => restart(process))
      }
      await sleep(INTERVAL)
    }
  }

  const watching = watch()
  return {
    ended,
    async kill (process, downMilliseconds) {
      if (down.has(process) || process.pid === undefined) return false
      const killed = process.kill()
      bring(process, async () => {
        await killed
        await sleep(downMilliseconds)
        await restart(process)
      })
      await killed
      return true
    },
    async allRunning () {
      while (down.size > 0) await Promise.all(down.values())
    },
    async stop () {
      stopping.abort()
      await watching
      await Promise.allSettled(down.values())
    }
  }
}
