import { attempt } from '../support/run.ts'
import { tool } from '../tools/tools.ts'

export interface PromtoolResult { code: number, output: string }

/** Runs promtool. The output contains stdout and stderr. */
export async function promtool (args: string[], { cwd, stdin = '' }: { cwd?: URL, stdin?: string } = {}): Promise<PromtoolResult> {
  const { code, stdout, stderr } = await attempt(await tool('promtool'), args, { input: stdin, ...(cwd !== undefined && { cwd }) })
  return { code, output: stdout + stderr }
}
