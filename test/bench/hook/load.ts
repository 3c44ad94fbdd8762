import { readFileSync } from 'node:fs'
import { Pool } from 'undici'
import type { ManagedProcess } from '../../cluster/process.ts'
import { cpuSeconds } from '../processes.ts'
import type { Exchange } from './requests.ts'

/** A server that responds to the exchanges. */
export interface Target {
  process: ManagedProcess
  pool: Pool
}

export interface Cost {
  requests: number
  seconds: number
  /** Of the process. */
  cpuSeconds: number
}

export function targetAt (process: ManagedProcess, url: string, connections: number): Target {
  return { process, pool: new Pool(url, { connections, pipelining: 1 }) }
}

/** Sends requests by as many workers as there are connections. */
export async function send ({ process, pool }: Target, exchanges: readonly Exchange[], requests: number, connections: number): Promise<Cost> {
  const cpuBefore = cpuSeconds(process)
  const start = performance.now()
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < requests) {
      const body = exchanges[next++ % exchanges.length]?.body ?? ''
      const response = await pool.request({ path: '/sync', method: 'POST', headers: { 'content-type': 'application/json' }, body })
      if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}: ${(await response.body.text()).slice(0, 500)}`)
      await response.body.dump({ limit: Infinity })
    }
  }
  await Promise.all(Array.from({ length: connections }, worker))
  return { requests, seconds: (performance.now() - start) / 1000, cpuSeconds: cpuSeconds(process) - cpuBefore }
}

/** Parses each body and serializes its response, and nothing else, in this process. */
export function parseAndStringify (exchanges: readonly Exchange[], requests: number): Cost {
  const cpuBefore = process.cpuUsage()
  const start = performance.now()
  let length = 0
  for (let index = 0; index < requests; index++) {
    const { body, response } = exchanges[index % exchanges.length] ?? { body: 'null', response: {} }
    length += Object.keys(JSON.parse(body) as object).length + JSON.stringify(response).length
  }
  if (length === 0) throw new Error('nothing was parsed')
  const { user, system } = process.cpuUsage(cpuBefore)
  return { requests, seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6 }
}

/** The memory of a process now, in MiB; Linux only. */
export function currentMemory ({ pid }: ManagedProcess): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Math.round(Number(kibibytes) / 1024)
}
