import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder, the process groups and the cgroup of one run, which do not outlive it, even when it is killed with SIGKILL. */
export interface Guard {
  /** All files of the run; removed at the end. */
  readonly folder: string
  /** Ends the process group with this leader together with the run. */
  watch (pid: number): void
  /** The process group has ended; its pid may be reused. */
  forget (pid: number): void
  /** Ends the watched processes, and removes the folder. */
  close (): Promise<void>
}

const script = fileURLToPath(new URL('watchdog.sh', import.meta.url))

/**
 * Node cannot end a child together with itself, and an exit handler does not run on SIGKILL. So a shell waits for the
 * end of its stdin, which the kernel closes however this process ends.
 *
 * @param folder a folder for the run; by default a new one for temporary files
 * @param cgroup such as /name: removed with all below it
 */
export function createGuard (folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-')), cgroup?: string): Guard {
  // A session of its own: Ctrl-C in a terminal reaches the whole foreground group, and must not reach the watchdog.
  const watchdog = spawn('/bin/sh', [script, folder, ...(cgroup === undefined ? [] : [cgroup])], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  const ended = once(watchdog, 'exit')
  watchdog.unref()
  // If the watchdog was killed, the run continues without it.
  watchdog.stdin.on('error', () => {})

  const groups = new Set<number>()
  let closing = false
  const report = (): void => { if (!closing) watchdog.stdin.write(`${[...groups].join(' ')}\n`) }
  return {
    folder,
    watch (pid) {
      // The watchdog has ended, so this process must end it.
      if (closing) process.kill(-pid, 'SIGKILL')
      groups.add(pid)
      report()
    },
    forget: pid => { groups.delete(pid); report() },
    async close () {
      closing = true
      watchdog.ref()
      watchdog.stdin.end()
      await ended
      await rm(folder, { recursive: true, force: true })
    }
  }
}
