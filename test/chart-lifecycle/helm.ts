import { join } from 'node:path'
import { attempt as runProgram, type Ended } from '../support/run.ts'
import { tool, type HelmVersion } from '../tools/tools.ts'

export type HelmResult = Ended & { seconds: number }

/** A helm with its own cluster and settings, isolated from those of the user. */
export interface Helm {
  readonly version: HelmVersion
  /** Resolves with the output; rejects if helm fails. */
  run (...args: string[]): Promise<HelmResult>
  /** Resolves even if helm fails. */
  attempt (...args: string[]): Promise<HelmResult>
  /** All commands with their output. */
  readonly transcript: string[]
}

/** @param folder for caches and settings */
export async function openHelm (version: HelmVersion, { kubeconfig, folder }: { kubeconfig: string, folder: string }): Promise<Helm> {
  const binary = await tool(version)
  const transcript: string[] = []
  const home = Object.fromEntries(['CACHE', 'CONFIG', 'DATA'].map(kind => [`HELM_${kind}_HOME`, join(folder, version, kind.toLowerCase())]))
  const attempt = async (...args: string[]): Promise<HelmResult> => {
    const since = Date.now()
    const { code, stdout, stderr } = await runProgram(binary, args, {
      env: { PATH: process.env.PATH, HOME: folder, KUBECONFIG: kubeconfig, ...home }
    })
    const seconds = (Date.now() - since) / 1000
    transcript.push(
      [
        `$ ${version} ${args.join(' ')}    (${seconds.toFixed(1)} s, exit code ${code})`,
        stdout.trimEnd(),
        stderr.trimEnd()
      ]
        .filter(part => part !== '')
        .join('\n')
    )
    return { code, stdout, stderr, seconds }
  }
  return {
    version,
    attempt,
    async run (...args) {
      const result = await attempt(...args)
      if (result.code !== 0) throw new Error(`${version} ${args.join(' ')} ended with ${result.code}:\n${result.stdout}${result.stderr}`)
      return result
    },
    transcript
  }
}
