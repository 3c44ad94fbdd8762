import { randomInt } from 'node:crypto'
import { cpSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { errorMessage } from '../../src/error-message.ts'
import { applyStrategy } from '../cluster/engine.ts'
import { createGuard } from '../cluster/guard.ts'
import { onInterrupt } from '../demo/interrupt.ts'
import { createScreen } from '../demo/screen.ts'
import { isSuccess, reportLines } from './report.ts'
import { soak } from './run.ts'
import { startSoakPlatform } from './soak-platform.ts'

const usage = `npm run soak -- [--minutes N] [--seed S] [--strategy NAME] [--json FILE] [--logs FOLDER]

Runs random operations on a real control plane: creates, edits and deletes of Tenants, classes and namespaces, tampering with managed
objects, and kills of the hook, Metacontroller and the API server. At checkpoints and at the end, all objects are compared with a model.

  --minutes N     default: 3
  --seed S        of the operations, by default a random one; the same seed gives the same operations
  --rate N        operations a second; default: 2
  --operations N  stop after so many operations, as a replay does
  --strategy NAME dynamic-apply or server-side-apply; default: K8S_MTP_APPLY_STRATEGY, or dynamic-apply
  --json FILE     write all figures to a file
  --logs FOLDER   where model and cluster differ, copy the logs of all processes, and the audit log

K8S_MTP_ENGINE, METACONTROLLER_BIN and K8S_MTP_KUBERNETES choose engine and version. Metacontroller runs with two replicas.
Ctrl-C ends the operations, and checks; a second one exits. Exit code 1: model and cluster differ, or memory grows.`

const options = {
  minutes: { type: 'string', default: '3' },
  seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  rate: { type: 'string', default: '2' },
  operations: { type: 'string' },
  strategy: { type: 'string' },
  json: { type: 'string' },
  logs: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false }
} as const

async function main (stopped: AbortSignal): Promise<number> {
  const { values } = parseArgs({ options })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const { env } = process
  const strategy = applyStrategy(values.strategy === undefined ? env : { ...env, K8S_MTP_APPLY_STRATEGY: values.strategy })
  const [minutes, seed, rate] = [values.minutes, values.seed, values.rate].map(positive) as [number, number, number]
  const operations = values.operations === undefined ? undefined : positive(values.operations)
  const { step } = createScreen(process.stderr, env)
  step(`seed ${seed}`)
  const guard = createGuard()
  const platform = await startSoakPlatform({ guard, strategy, env, log: step })
  try {
    const report = await soak(platform, { minutes, seed, rate, strategy, operations, log: step, stopped })
    for (const line of reportLines(report)) console.log(line)
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`)
    if (values.logs !== undefined && !isSuccess(report)) copyLogs(guard.folder, values.logs)
    return isSuccess(report) ? 0 : 1
  } finally {
    await platform.stop()
  }
}

function copyLogs (from: string, to: string): void {
  cpSync(from, to, { recursive: true, filter: path => path === from || path.endsWith('.log') })
}

function positive (text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value) || value < 0) throw new Error(`${text} is not a number from 0`)
  return value
}

const interrupted = new AbortController()
const code = main(interrupted.signal).catch((error: unknown) => {
  process.stderr.write(`\nThe soak could not be run: ${errorMessage(error)}\n`)
  return 2
})
onInterrupt(() => {
  interrupted.abort()
  return code
})
process.exit(await code)
