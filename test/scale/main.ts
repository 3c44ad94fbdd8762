import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { errorMessage } from '../../src/error-message.ts'
import { createScreen } from '../demo/screen.ts'
import { withPlatform } from '../demo/with-platform.ts'
import { runCronJobs } from './cron-jobs.ts'
import { tryFailures } from './failures.ts'
import { startMeasuredPlatform, type MeasuredPlatform } from './measured-platform.ts'
import { peakMemory } from './processes.ts'
import { table, type Report } from './report.ts'
import { createTenants, namespaceOf } from './tenants.ts'

const usage = `npm run scale -- SCENARIO... [--tenants N] [--entries N] [--json FILE]

Creates Tenants with several namespaces on a real control plane, and prints times, calls of the hook, writes and memory.

  namespaces    the creation, and a minute in steady state
  cronjobs      in addition, a CronJob per minute in each further namespace of the first Tenant
  failure       in addition, one of its namespaces that fails: are the others still corrected?

  --tenants N   default: 1
  --entries N   of spec.namespaces of each Tenant, beside its home namespace; default: 50; failure needs 6
  --json FILE   write all figures to a file

K8S_MTP_ENGINE, K8S_MTP_APPLY_STRATEGY and K8S_MTP_KUBERNETES choose engine, strategy and version.`

const options = {
  tenants: { type: 'string', default: '1' },
  entries: { type: 'string', default: '50' },
  json: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false }
} as const

const scenarios = ['namespaces', 'cronjobs', 'failure']

async function main (): Promise<number> {
  const { values: { tenants, entries, json, help }, positionals } = parseArgs({ options, allowPositionals: true })
  if (help || positionals.length === 0 || !positionals.every(name => scenarios.includes(name))) {
    console.log(usage)
    return help ? 0 : 2
  }
  const screen = createScreen(process.stderr, process.env)
  await withPlatform(async guard => await startMeasuredPlatform(guard, screen.step), async platform => {
    const report = await measureAll(platform, { tenants: Number(tenants), entries: Number(entries), positionals, log: screen.step })
    for (const line of table(report)) console.log(line)
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`)
  })
  return 0
}

interface Wanted { tenants: number, entries: number, positionals: string[], log: (line: string) => void }

async function measureAll (platform: MeasuredPlatform, { tenants, entries, positionals, log }: Wanted): Promise<Report> {
  const { client, engine, hook, versions, measure, settle } = platform
  const load = (): number => loadavg()[0] ?? 0
  const memory = (): Report['peakMemory'][number] => ({ hook: peakMemory(hook), engine: peakMemory(engine) })
  const start = { load: load(), ready: 0 }
  log(`creating ${tenants} Tenants with ${entries} entries`)
  const creation = await measure(async () => {
    start.ready = await createTenants(client, tenants, entries)
    log(`ready after ${start.ready.toFixed(1)} s, waiting for the steady state`)
    await settle()
  })
  const created = memory()
  log('measuring the steady state for a minute')
  const steadyState = await measure(() => sleep(60_000))
  const run = async <T>(name: string, work: () => Promise<T>): Promise<T | undefined> => {
    if (!positionals.includes(name)) return undefined
    log(`measuring ${name}`)
    const result = await work()
    await settle()
    return result
  }
  const cronJobs = await run('cronjobs', () => runCronJobs(platform, Array.from({ length: entries }, (_, entry) => namespaceOf(entry))))
  const failures = await run('failure', () => tryFailures(platform))
  return {
    engine: engine.name,
    applyStrategy: engine.strategy,
    versions: { ...versions, engine: engine.version },
    tenants,
    entries,
    load: [start.load, load()],
    ready: start.ready,
    creation,
    peakMemory: [created, memory()],
    steadyState,
    ...(cronJobs !== undefined && { cronJobs }),
    ...(failures !== undefined && { failures })
  }
}

main().then(code => process.exit(code), (error: unknown) => {
  process.stderr.write(`\nThe figures could not be measured: ${errorMessage(error)}\n`)
  process.exit(1)
})
