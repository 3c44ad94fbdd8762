import { rmSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Runs a task with a lock file that has our pid, so that of several runs on a machine one builds and the others use the
 * result. A lock whose holder has ended is taken over. If two runs take it over at once, both build: results appear by
 * rename, so this only costs time.
 */
export async function withLock<T> (file: string, log: (line: string) => void, task: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true })
  await acquire(file, log)
  const release = (): void => rmSync(file, { force: true })
  process.once('exit', release)
  try {
    return await task()
  } finally {
    process.off('exit', release)
    release()
  }
}

async function acquire (file: string, log: (line: string) => void): Promise<void> {
  for (let seconds = 0; ; seconds++) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' })
      return
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'EEXIST') throw error
    }
    const holder = Number(await readFile(file, 'utf8').catch(() => ''))
    // A new lock file is empty for a moment.
    if (holder > 0 ? !isAlive(holder) : seconds > 5) await rm(file, { force: true })
    else if (seconds % 10 === 0) log(`waiting for another run on this machine to get the binaries (pid ${holder})`)
    await sleep(1000)
  }
}

export function isAlive (pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
