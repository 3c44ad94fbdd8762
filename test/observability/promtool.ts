import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { tool } from '../tools/tools.ts'

export interface PromtoolResult { code: number, output: string }

/** Runs promtool in a folder, with something on its stdin where given; both of its outputs come in one. */
export async function promtool (args: string[], { cwd, stdin = '' }: { cwd?: URL, stdin?: string } = {}): Promise<PromtoolResult> {
  const child = spawn(await tool('promtool'), args, { stdio: 'pipe', ...(cwd !== undefined && { cwd }) })
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve(code ?? -1))
  })
  child.stdin.end(stdin)
  const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  return { code, output: out + err }
}
