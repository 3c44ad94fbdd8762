import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

/** How a program ended, and what it printed. */
export interface Ended { code: number, stdout: string, stderr: string }

/** Defaults: the folder and the environment of this process, and an empty stdin. */
export interface RunOptions { cwd?: string | URL, env?: NodeJS.ProcessEnv, input?: string }

/** Runs a program until it ends, with any code; -1 where a signal ended it. Rejects where it cannot be started. */
export async function attempt (command: string, args: readonly string[], { cwd, env, input = '' }: RunOptions = {}): Promise<Ended> {
  const child = spawn(command, args, {
    stdio: 'pipe',
    ...(cwd !== undefined && { cwd }),
    ...(env !== undefined && { env })
  })
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve(code ?? -1))
  })
  // A program that does not read stdin may have ended already.
  child.stdin.on('error', () => {}).end(input)
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  return { code, stdout, stderr }
}

/** Runs a program and returns its output. Rejects with both outputs where it fails. */
export async function run (command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await attempt(command, args, options)
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} ended with ${code}:\n${stderr}${stdout}`)
  return stdout
}
