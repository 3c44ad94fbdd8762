import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Guard } from './guard.ts'
import { probe } from './http.ts'
import { repositoryPath } from './paths.ts'
import { freePorts } from './ports.ts'
import { startProcess, type ManagedProcess } from './process.ts'

export interface Hook extends ManagedProcess {
  /** `http://127.0.0.1:PORT`, or with https. */
  url: string
}

export interface HookOptions {
  /** The arguments of node before `serve`; by default dist/main.js, which must be built. */
  program?: string[]
  /** Environment variables besides host and port. */
  settings?: Record<string, string>
  /** The authority of its certificate, PEM, where the settings enable TLS. */
  ca?: string
}

/** Starts the hook as a process, as in a cluster. Rejects with a StartError. */
export async function startHook (guard: Guard, options: HookOptions = {}): Promise<Hook> {
  const { program = [repositoryPath('dist/main.js')], settings = {}, ca } = options
  const entry = program.at(-1) ?? ''
  if (!existsSync(entry)) throw new Error(`${entry} is missing: run \`npm run build\` first`)
  const [port] = await freePorts(1)
  const url = `${ca === undefined ? 'http' : 'https'}://127.0.0.1:${port}`
  const process_ = await startProcess({
    name: 'the hook',
    command: process.execPath,
    args: [...program, 'serve'],
    env: { ...process.env, ...settings, K8S_MTP_HOST: '127.0.0.1', K8S_MTP_PORT: String(port) },
    cwd: repositoryPath(''),
    logFile: join(guard.folder, 'hook.log'),
    guard,
    ready: async () => (await probe(`${url}/readyz`, { ...(ca !== undefined && { ca }) })).ok
  })
  return Object.assign(process_, { url })
}
