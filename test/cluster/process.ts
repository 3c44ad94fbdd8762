import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Guard } from './guard.ts'

export interface ProcessOptions {
  /** For messages. */
  name: string
  command: string
  args: string[]
  env?: NodeJS.ProcessEnv
  cwd?: string
  /** Receives stdout and stderr. */
  logFile: string
  guard: Guard
  /** True once the process is ready; a rejection counts as false. */
  ready: () => Promise<boolean>
  /** How long it may take to become ready, in milliseconds; 60 s by default. */
  timeout?: number
}

/** A child process that can be restarted with the same arguments, ports and data. */
export interface ManagedProcess {
  readonly name: string
  readonly logFile: string
  /** Undefined while it is not running. */
  readonly pid: number | undefined
  /** Sends SIGTERM, and SIGKILL after 5 s. Does nothing when it is not running. */
  stop (): Promise<void>
  /** Sends SIGKILL, as for a crash. */
  kill (): Promise<void>
  /** Sends SIGSTOP: it accepts connections, and does nothing until resume. */
  pause (): void
  resume (): void
  /** Restarts it; resolves when it is ready, rejects with a StartError. */
  restart (): Promise<void>
}

/** A process that ended, or did not become ready; the message has the end of its log. */
export class StartError extends Error {
  override readonly name = 'StartError'
  readonly portTaken: boolean

  constructor (process: string, what: string, log: string) {
    super(`${process} ${what}; the end of its log:\n${log.split('\n').slice(-20).join('\n')}`)
    this.portTaken = /address already in use/.test(log)
  }
}

/** Milliseconds between SIGTERM and SIGKILL. */
const GRACE = 5_000

export async function startProcess (options: ProcessOptions): Promise<ManagedProcess> {
  const { name, logFile, guard } = options
  let child: ChildProcess | undefined

  async function end (signal: NodeJS.Signals): Promise<void> {
    const ending = child
    if (ending === undefined || isOver(ending)) return
    const exit = once(ending, 'exit')
    signalGroup(ending, signal)
    // A paused process handles only SIGKILL.
    signalGroup(ending, 'SIGCONT')
    const timer = setTimeout(() => signalGroup(ending, 'SIGKILL'), GRACE)
    await exit
    clearTimeout(timer)
  }

  async function start (): Promise<void> {
    child = launch(options)
    try {
      await waitUntilReady(child, options)
    } catch (error) {
      await end('SIGKILL')
      throw error
    }
  }

  const process: ManagedProcess = {
    name,
    logFile,
    get pid () { return child === undefined || isOver(child) ? undefined : child.pid },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    pause: () => { if (child !== undefined && !isOver(child)) signalGroup(child, 'SIGSTOP') },
    resume: () => { if (child !== undefined && !isOver(child)) signalGroup(child, 'SIGCONT') },
    async restart () {
      await end('SIGTERM')
      await start()
    }
  }

  /** A process group for each, so that Ctrl-C does not end them in random order, and children end with it. */
  function launch ({ command, args, env, cwd }: ProcessOptions): ChildProcess {
    const log = openSync(logFile, 'a')
    const child = spawn(command, args, {
      detached: true,
      stdio: ['ignore', log, log],
      ...(env !== undefined && { env }),
      ...(cwd !== undefined && { cwd })
    })
    closeSync(log)
    const { pid } = child
    if (pid !== undefined) {
      guard.watch(pid)
      child.once('exit', () => guard.forget(pid))
    }
    return child
  }

  await start()
  return process
}

async function waitUntilReady (child: ChildProcess, { name, logFile, ready, timeout = 60_000 }: ProcessOptions): Promise<void> {
  let failure: Error | undefined
  child.once('error', error => { failure = error })
  const deadline = Date.now() + timeout
  while (!await ready().catch(() => false)) {
    if (failure !== undefined) throw new StartError(name, `could not be started (${failure.message})`, tail(logFile))
    if (isOver(child)) throw new StartError(name, `ended with ${child.exitCode ?? child.signalCode}`, tail(logFile))
    if (Date.now() > deadline) throw new StartError(name, `was not ready after ${timeout / 1000} s`, tail(logFile))
    await sleep(50)
  }
  // Another process may have responded on its port.
  if (isOver(child)) throw new StartError(name, `ended with ${child.exitCode ?? child.signalCode}`, tail(logFile))
}

function isOver (child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null
}

function signalGroup ({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch {
    // It has ended meanwhile.
  }
}

function tail (logFile: string): string {
  return readFileSync(logFile, 'utf8').slice(-8000).trimEnd()
}
