import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder and the process groups of one run, none of which outlives the run: also when it is killed with SIGKILL. */
export interface Guard {
  /** Everything that the run writes goes here; removed at the end. */
  readonly folder: string
  /** From now on the process group led by this pid ends with the run. */
  watch (pid: number): void
  /** The process group has ended by itself or was ended; its pid may come to belong to somebody else. */
  forget (pid: number): void
  /** Removes the folder. What is still watched is ended first. */
  close (): Promise<void>
}

const script = fileURLToPath(new URL('watchdog.sh', import.meta.url))

/**
 * Node cannot tie a child's life to its own, and an exit handler does not run on SIGKILL. So a shell waits for the
 * end of its stdin, which the kernel closes whatever way this process ends.
 *
 * @param folder a folder for the run; by default a new one where temporary files go
 */
export function createGuard (folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-'))): Guard {
  // A session of its own: Ctrl-C in a terminal reaches the whole foreground group, and must not reach the watchdog.
  const watchdog = spawn('/bin/sh', [script, folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  const ended = once(watchdog, 'exit')
  watchdog.unref()
  // Should somebody have killed the watchdog, the run goes on without it.
  watchdog.stdin.on('error', () => {})

  const groups = new Set<number>()
  let closing = false
  const tell = (): void => { if (!closing) watchdog.stdin.write(`${[...groups].join(' ')}\n`) }
  return {
    folder,
    watch (pid) {
      // Started while the run was being ended, so nobody else will end it.
      if (closing) process.kill(-pid, 'SIGKILL')
      groups.add(pid)
      tell()
    },
    forget: pid => { groups.delete(pid); tell() },
    async close () {
      closing = true
      watchdog.ref()
      watchdog.stdin.end()
      await ended
      await rm(folder, { recursive: true, force: true })
    }
  }
}
