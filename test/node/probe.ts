import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { repositoryPath } from '../cluster/paths.ts'

/** One attempt at a connection. `dns` asks a DNS server for the API server's name by UDP. */
export interface Target { protocol: 'tcp' | 'udp' | 'dns', host: string, port: number }

/** Where an attempt is made: in the network namespace of a process, on the node, or beyond it. */
export type Source = { pid: number } | 'node' | 'world'

const run = promisify(execFile)
const agent = repositoryPath('test/cluster/node/agent/probe.mjs')

/** Tries all targets at once. Returns for each what came back, or an error's code, or `timeout`. */
export async function probe (source: Source, targets: Target[]): Promise<string[]> {
  const [command = '', ...args] = [...enter(source), process.execPath, agent, JSON.stringify(targets)]
  return JSON.parse((await run(command, args, { maxBuffer: 1 << 24 })).stdout) as string[]
}

/** The command that runs another one at the source. */
export function enter (source: Source): string[] {
  if (source === 'node') return []
  if (source === 'world') return ['ip', 'netns', 'exec', 'world']
  return ['nsenter', '--target', String(source.pid), '--net']
}

/** True where a packet came back from the target: anything else than silence or a refusal. */
export function isOpen (answer: string): boolean {
  return !['timeout', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EACCES', 'EPERM', 'ECONNRESET'].includes(answer)
}

/** Connects all the time while something happens. Returns when attempts were answered, in milliseconds since 1970. */
export async function openWhile (source: Source, host: string, milliseconds: number, happens: () => Promise<void>): Promise<number[]> {
  const [command = '', ...args] = [
    ...enter(source), process.execPath, repositoryPath('test/cluster/node/agent/watch.mjs'), host, '8080', String(milliseconds)
  ]
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  await once(lines, 'line')
  const result = once(lines, 'line')
  await happens()
  const [line] = await result as [string]
  return JSON.parse(line) as number[]
}
