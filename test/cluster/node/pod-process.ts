import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import type { Guard } from '../guard.ts'
import type { Launch } from './launch.ts'

export interface PodProcess {
  /** The exit code; 128 and the number of a signal, roughly, where it was ended by one. */
  readonly ended: Promise<number>
  readonly isOver: boolean
  signal (signal: NodeJS.Signals): void
}

/** Starts a process whose whole group ends with the run at the latest. */
export function startPodProcess ({ command, args, env, cwd }: Launch, logFile: string, guard: Guard): PodProcess {
  const log = openSync(logFile, 'a')
  const child = spawn(command, args, { detached: true, stdio: ['ignore', log, log], env, cwd })
  closeSync(log)
  const { pid } = child
  if (pid !== undefined) guard.watch(pid)
  let isOver = false
  const ended = new Promise<number>(resolve => {
    child.once('error', () => resolve(127))
    child.once('exit', code => resolve(code ?? 137))
  }).finally(() => {
    isOver = true
    if (pid !== undefined) guard.forget(pid)
  })
  return {
    ended,
    get isOver () { return isOver },
    signal: signal => {
      try {
        if (pid !== undefined) process.kill(-pid, signal)
      } catch {
        // It has ended meanwhile.
      }
    }
  }
}
