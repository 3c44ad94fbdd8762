import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { createGuard } from './guard.ts'
import { repositoryPath } from './paths.ts'
import { isRunning } from './running.ts'

describe('a guard', () => {
  const spawned: number[] = []
  afterEach(() => {
    for (const pid of spawned.splice(0)) {
      try { process.kill(-pid, 'SIGKILL') } catch { /* it has ended */ }
    }
  })

  function sleeper (script = 'sleep 60'): number {
    const child = spawn('/bin/sh', ['-c', script], { detached: true, stdio: 'ignore' })
    if (child.pid === undefined) throw new Error('sh could not be started')
    spawned.push(child.pid)
    return child.pid
  }

  it('ends the watched processes and removes its folder when it is closed', async () => {
    const guard = createGuard()
    const pid = sleeper()
    guard.watch(pid)
    await guard.close()
    await expect.poll(() => isRunning(pid)).toBe(false)
    expect(existsSync(guard.folder)).toBe(false)
  })

  it('ends a process that ignores SIGTERM', async () => {
    const guard = createGuard()
    const pid = sleeper("trap '' TERM; while :; do sleep 1; done")
    await sleep(200)
    guard.watch(pid)
    await guard.close()
    await expect.poll(() => isRunning(pid)).toBe(false)
  })

  it('does not end a forgotten process', async () => {
    const guard = createGuard()
    const pid = sleeper()
    guard.watch(pid)
    guard.forget(pid)
    await guard.close()
    expect(isRunning(pid)).toBe(true)
  })

  it('ends a process at once that is started after it was closed', async () => {
    const guard = createGuard()
    await guard.close()
    const pid = sleeper()
    guard.watch(pid)
    await expect.poll(() => isRunning(pid)).toBe(false)
  })

  it('works even when its own process is killed with SIGKILL', async () => {
    const script = `
      import { spawn } from 'node:child_process'
      import { createGuard } from ${JSON.stringify(repositoryPath('test/cluster/guard.ts'))}
      const guard = createGuard()
      const { pid } = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' })
      guard.watch(pid)
      console.log(JSON.stringify({ pid, folder: guard.folder }))
      setInterval(() => {}, 1000)`
    const run = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
      cwd: repositoryPath(''), stdio: ['ignore', 'pipe', 'inherit']
    })
    const output = await new Promise<string>(resolve => run.stdout.once('data', chunk => resolve(String(chunk))))
    const { pid, folder }: { pid: number, folder: string } = JSON.parse(output)
    spawned.push(pid)
    expect(isRunning(pid)).toBe(true)
    run.kill('SIGKILL')
    await expect.poll(() => isRunning(pid) || existsSync(folder), { timeout: 5_000 }).toBe(false)
  })
})
