import { readFileSync } from 'node:fs'

interface Process { readonly pid: number | undefined }

/** Of /proc, which counts in USER_HZ on every architecture: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const TICKS_PER_SECOND = 100

/** The most memory that a process has used, in MiB; Linux only. */
export function peakMemory ({ pid }: Process): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Math.round(Number(kibibytes) / 1024)
}

/** The CPU time of a process with all its threads, in seconds; Linux only. */
export function cpuSeconds ({ pid }: Process): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name of the program, in parentheses, may contain spaces. After it, user and system time are the fields 12 and 13.
  const [user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(11, 13).map(Number)
  return ((user ?? 0) + (system ?? 0)) / TICKS_PER_SECOND
}

/** The memory that a process uses now, in MiB; Linux only. Undefined where it has ended. */
export function residentMemory ({ pid }: Process): number | undefined {
  try {
    const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kibibytes === undefined ? undefined : Number(kibibytes) / 1024
  } catch {
    return undefined
  }
}
