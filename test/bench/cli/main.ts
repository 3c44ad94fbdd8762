import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { errorMessage } from '../../../src/error-message.ts'
import { repositoryPath } from '../../cluster/paths.ts'
import { publish } from '../report.ts'
import { commandsOn } from './commands.ts'
import { medians, run, startHookOnce, type Cost, type Runner } from './run.ts'

const usage = `npm run bench:cli -- [--runs N] [--tenants N] [--json FILE]

Runs the built commands that need no cluster, and starts the hook until it listens. Prints medians of time, CPU and memory.

  --runs N        of each command; default: 7
  --tenants N     in the files of render, lint and diff; default: 100
  --program FILE  default: dist/main.js; that of another tree, to compare
  --json FILE     write all figures to a file`

const options = {
  runs: { type: 'string', default: '7' },
  tenants: { type: 'string', default: '100' },
  program: { type: 'string', default: repositoryPath('dist/main.js') },
  json: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false }
} as const

async function main (): Promise<number> {
  const { values: { runs, tenants, program, json, help } } = parseArgs({ options })
  if (help || ![runs, tenants].every(count => Number(count) > 0)) {
    console.log(usage)
    return help ? 0 : 2
  }
  const folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-bench-'))
  try {
    const commands = await measureAll({ program, folder }, Number(runs), Number(tenants))
    const rows = Object.entries(commands).map(([name, { milliseconds, cpuMilliseconds, memory }]) =>
      [name, ...[milliseconds, cpuMilliseconds, memory].map(Math.round)])
    publish([[`Medians of ${runs} runs`, [['', 'ms', 'CPU ms', 'peak MiB'], ...rows]]], { runs: Number(runs), commands }, json)
  } finally {
    rmSync(folder, { recursive: true })
  }
  return 0
}

/** Rounds of all commands, so that load of the machine meets all of them alike. */
async function measureAll (runner: Runner, runs: number, tenants: number): Promise<Record<string, Cost>> {
  const commands = commandsOn(runner.folder, tenants)
  const costs = new Map<string, Cost[]>()
  const add = (name: string, cost: Cost) => costs.set(name, [...costs.get(name) ?? [], cost])
  for (let round = 0; round < runs; round++) {
    for (const [name, args] of commands) {
      const cost = await run(runner, args)
      if (cost.exitCode !== 0 && !name.startsWith('diff')) throw new Error(`${name} ended with ${cost.exitCode}`)
      add(name, cost)
    }
    add('serve, until it listens', await startHookOnce(runner))
  }
  return Object.fromEntries([...costs].map(([name, runs]) => [name, medians(runs)]))
}

main().then(code => process.exit(code), (error: unknown) => {
  process.stderr.write(`\nThe figures could not be measured: ${errorMessage(error)}\n`)
  process.exit(1)
})
