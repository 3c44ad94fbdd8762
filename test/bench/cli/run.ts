import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { repositoryPath } from '../../cluster/paths.ts'
import { cpuSeconds, peakMemory } from '../processes.ts'
import { median } from '../report.ts'

/** Medians of several runs. */
export interface Cost {
  milliseconds: number
  cpuMilliseconds: number
  /** Of the process, in MiB. */
  memory: number
}

interface Run extends Cost { exitCode: number | null }

/** The process itself knows its CPU in microseconds. */
const reporter = `process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  require('node:fs').writeFileSync(process.env.BENCH_USAGE, JSON.stringify({ cpu: userCPUTime + systemCPUTime, maxRSS }))
})`

export interface Runner {
  program: string
  /** For temporary files. */
  folder: string
}

/** Runs a command to its end. */
export async function run ({ program, folder }: Runner, args: string[]): Promise<Run> {
  const [preload, usage] = [join(folder, 'usage.cjs'), join(folder, 'usage.json')]
  writeFileSync(preload, reporter)
  const start = performance.now()
  const env = { ...process.env, BENCH_USAGE: usage }
  const child = spawn(process.execPath, ['--require', preload, program, ...args], { cwd: repositoryPath(''), env, stdio: ['ignore', 'ignore', 'ignore'] })
  const [exitCode] = await once(child, 'exit') as [number | null]
  const milliseconds = performance.now() - start
  const { cpu, maxRSS } = JSON.parse(readFileSync(usage, 'utf8')) as { cpu: number, maxRSS: number }
  return { exitCode, milliseconds, cpuMilliseconds: cpu / 1000, memory: maxRSS / 1024 }
}

/** Starts the hook, until it says that it listens. */
export async function startHookOnce ({ program }: Runner): Promise<Cost> {
  const env = { ...process.env, K8S_MTP_HOST: '127.0.0.1', K8S_MTP_PORT: '0', K8S_MTP_LOG_LEVEL: 'info' }
  const start = performance.now()
  const child = spawn(process.execPath, [program, 'serve'], { cwd: repositoryPath(''), env, stdio: ['ignore', 'pipe', 'ignore'] })
  const exit = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout })) if (line.includes('listening at')) break
  const hook = { pid: child.pid }
  const cost = { milliseconds: performance.now() - start, cpuMilliseconds: cpuSeconds(hook) * 1000, memory: peakMemory(hook) }
  child.kill()
  await exit
  return cost
}

export function medians (runs: readonly Cost[]): Cost {
  return {
    milliseconds: median(runs.map(({ milliseconds }) => milliseconds)),
    cpuMilliseconds: median(runs.map(({ cpuMilliseconds }) => cpuMilliseconds)),
    memory: median(runs.map(({ memory }) => memory))
  }
}
