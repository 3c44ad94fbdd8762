import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { attempt, type Ended } from '../support/run.ts'

export interface Program { command: string, args: string[], cwd: string, env?: NodeJS.ProcessEnv }

export async function run ({ command, args, cwd, env = process.env }: Program): Promise<Ended> {
  return await attempt(command, args, { cwd, env })
}

export interface Served {
  /** Milliseconds from the start of the process to the first 200 of /readyz. */
  startMilliseconds: number
  /** Resident memory a second later, in MB. */
  residentMegabytes: number
  metrics: string
  /** Exit code after SIGTERM. */
  code: number | null
}

/** Starts a server, waits until it is ready, measures it, and ends it. */
export async function serveOnce (program: Program, port: number): Promise<Served> {
  const started = performance.now()
  const child = spawn(program.command, program.args, {
    cwd: program.cwd,
    env: { ...program.env, K8S_MTP_HOST: '127.0.0.1', K8S_MTP_PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit']
  })
  const exited = once(child, 'exit')
  try {
    await untilReady(child, port)
    const startMilliseconds = performance.now() - started
    await sleep(1000)
    const residentMegabytes = Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8'))?.[1]) * 1024 / 1e6
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    child.kill('SIGTERM')
    await exited
    return { startMilliseconds, residentMegabytes, metrics, code: child.exitCode }
  } finally {
    child.kill('SIGKILL')
  }
}

async function untilReady (child: ChildProcess, port: number): Promise<void> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined)
    if (response?.status === 200) return
    if (child.exitCode !== null) throw new Error(`exit code ${child.exitCode} before it was ready`)
    if (Date.now() > deadline) throw new Error('not ready after 20 s')
    await sleep(10)
  }
}
