import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Guard } from './guard.ts'
import { probe } from './http.ts'
import { repositoryPath } from './paths.ts'
import { freePorts } from './ports.ts'
import { startProcess, type ManagedProcess } from './process.ts'

export interface Hook extends ManagedProcess {
  /** `http://127.0.0.1:PORT` */
  url: string
}

/** Starts the built hook as its own process, as it runs in a cluster. Rejects with a StartError. */
export async function startHook (guard: Guard, entry = repositoryPath('dist/main.js')): Promise<Hook> {
  if (!existsSync(entry)) throw new Error(`${entry} is missing: run \`npm run build\` first`)
  const [port] = await freePorts(1)
  const url = `http://127.0.0.1:${port}`
  const process_ = await startProcess({
    name: 'the hook',
    command: process.execPath,
    args: [entry, 'serve'],
    env: { ...process.env, K8S_MTP_HOST: '127.0.0.1', K8S_MTP_PORT: String(port) },
    logFile: join(guard.folder, 'hook.log'),
    guard,
    ready: async () => (await probe(`${url}/readyz`)).ok
  })
  return Object.assign(process_, { url })
}
