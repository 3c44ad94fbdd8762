import { readFileSync } from 'node:fs'

/** Whether a process does anything: one that has ended, but that its parent has not waited for, does not count. */
export function isRunning (pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  return stateOf(pid) !== 'Z'
}

/** The letter that Linux gives a process's state; undefined on other systems. */
function stateOf (pid: number): string | undefined {
  try {
    return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]
  } catch {
    return undefined
  }
}
