import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Guard } from '../../cluster/guard.ts'
import { startHook } from '../../cluster/hook.ts'
import { probe } from '../../cluster/http.ts'
import { repositoryPath } from '../../cluster/paths.ts'
import { freePorts } from '../../cluster/ports.ts'
import { startProcess } from '../../cluster/process.ts'
import { peakMemory } from '../processes.ts'
import { median } from '../report.ts'
import { currentMemory, parseAndStringify, send, targetAt, type Cost } from './load.ts'
import { requestsAtRest, type Exchange } from './requests.ts'
import type { Strategy } from '../../support/requests.ts'

export interface Options {
  requests: number
  connections: number
  tenants: number
  strategy: Strategy
  /** dist/main.js, of this or another tree. */
  program: string
}

export const defaultOptions: Options =
  { requests: 10_000, connections: 4, tenants: 20, strategy: 'dynamic-apply', program: repositoryPath('dist/main.js') }

/** The figures of one run. */
export interface Figures extends Omit<Options, 'program'> {
  /** Requests a second of the hook, through those of the bare Fastify. */
  throughputRatio: number
  /** CPU of the hook for a request, through that of parse and stringify. */
  cpuOverJson: number
  bareCpuOverJson: number
  bodies: number
  bodyKiB: number
  responseKiB: number
  cpuMilliseconds: { json: number, bare: number, hook: number }
  requestsPerSecond: { bare: number, hook: number }
  /** In MiB: after the warm-up, after each round, and the most. */
  memory: { warm: number, rounds: number[], peak: number }
}

/** Rounds alternate, so that load of the machine meets all of them alike. */
const rounds = 10
const warmUp = 3_000

/** Sends the same requests to the hook and to a bare Fastify, in turns, and parses and serializes them in this process. */
export async function measureHook (guard: Guard, options: Options, log: (line: string) => void): Promise<Figures> {
  const { program, ...settings } = options
  const { requests, connections, tenants, strategy } = settings
  const exchanges = requestsAtRest(tenants, strategy)
  const hookProcess = await startHook(guard, { program: [program] })
  const hook = targetAt(hookProcess, hookProcess.url, connections)
  const bare = await startBare(guard, exchanges, connections)
  const perRound = Math.ceil(requests / rounds)
  log(`warming up: ${exchanges.length} bodies`)
  const once = Math.min(warmUp, requests)
  for (const target of [hook, bare]) await send(target, exchanges, once, connections)
  parseAndStringify(exchanges, once)
  const warm = currentMemory(hookProcess)
  const costs: Array<Record<'json' | 'bare' | 'hook', Cost>> = []
  const memory: number[] = []
  for (let round = 0; round < rounds; round++) {
    costs.push({
      hook: await send(hook, exchanges, perRound, connections),
      bare: await send(bare, exchanges, Math.min(perRound, maxFloor), connections),
      json: parseAndStringify(exchanges, Math.min(perRound, maxFloor))
    })
    memory.push(currentMemory(hookProcess))
    log(`round ${round + 1} of ${rounds}: ${memory.at(-1)} MiB`)
  }
  const peak = peakMemory(hookProcess)
  for (const { pool, process } of [hook, bare]) {
    await pool.close()
    await process.stop()
  }
  return { ...settings, ...summarize(costs, exchanges), memory: { warm, rounds: memory, peak } }
}

/** A long run measures memory; the floors need no more requests a round than this. */
const maxFloor = 2_000

async function startBare (guard: Guard, exchanges: Exchange[], connections: number) {
  const file = join(guard.folder, 'exchanges.json')
  writeFileSync(file, JSON.stringify(exchanges))
  const [port] = await freePorts(1)
  const url = `http://127.0.0.1:${port}`
  const server = await startProcess({
    name: 'the bare Fastify',
    command: process.execPath,
    args: ['--import', 'tsx', repositoryPath('test/bench/hook/bare-server.ts'), file, String(port)],
    cwd: repositoryPath(''),
    logFile: join(guard.folder, 'bare.log'),
    guard,
    ready: async () => (await probe(`${url}/readyz`)).ok
  })
  return targetAt(server, url, connections)
}

function summarize (costs: ReadonlyArray<Record<'json' | 'bare' | 'hook', Cost>>, exchanges: readonly Exchange[]) {
  const cpu = (what: 'json' | 'bare' | 'hook') => median(costs.map(round => round[what].cpuSeconds / round[what].requests * 1000))
  const perSecond = (what: 'bare' | 'hook') => median(costs.map(round => round[what].requests / round[what].seconds))
  const kibibytes = (texts: string[]) => texts.reduce((sum, text) => sum + text.length, 0) / texts.length / 1024
  const cpuMilliseconds = { json: cpu('json'), bare: cpu('bare'), hook: cpu('hook') }
  return {
    throughputRatio: median(costs.map(({ hook, bare }) => hook.requests / hook.seconds / (bare.requests / bare.seconds))),
    cpuOverJson: cpuMilliseconds.hook / cpuMilliseconds.json,
    bareCpuOverJson: cpuMilliseconds.bare / cpuMilliseconds.json,
    bodies: exchanges.length,
    bodyKiB: kibibytes(exchanges.map(({ body }) => body)),
    responseKiB: kibibytes(exchanges.map(({ response }) => JSON.stringify(response))),
    cpuMilliseconds,
    requestsPerSecond: { bare: perSecond('bare'), hook: perSecond('hook') }
  }
}
