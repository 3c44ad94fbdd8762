import { parseArgs } from 'node:util'
import { errorMessage } from '../../../src/error-message.ts'
import { createScreen } from '../../demo/screen.ts'
import { publish } from '../report.ts'
import { measureScale, scenarios, type Scenario } from './measure.ts'
import { tablesOf } from './report.ts'

const usage = `npm run bench:scale -- [SCENARIO...] [--tenants N] [--namespaces M] [--rest SECONDS] [--json FILE]

Creates Tenants on real control planes, and prints time, CPU, memory, writes and syncs beside two floors of the same run: the same objects
created by an administrator without guardrails (raw), and the same objects and two status writes by the identity of the engine with all
guardrails (guarded). Compare the ratios, not the figures.

  --tenants N      default: 100
  --namespaces M   of each Tenant, its home namespace included; default: 1
  --rest SECONDS   how long the steady state is measured; default: 30
  --json FILE      write all figures to a file

Scenarios, measured in addition, with --tenants 1 and seven namespaces or more:

  cronjobs         a CronJob per minute in each further namespace
  failure          one of the namespaces fails: are the others still corrected?

METACONTROLLER_BIN, K8S_MTP_ENGINE, K8S_MTP_APPLY_STRATEGY and K8S_MTP_KUBERNETES choose engine, strategy and version.`

const options = {
  tenants: { type: 'string', default: '100' },
  namespaces: { type: 'string', default: '1' },
  rest: { type: 'string', default: '30' },
  json: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false }
} as const

async function main (): Promise<number> {
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  const [tenants = NaN, namespaces = NaN, rest = NaN] = [values.tenants, values.namespaces, values.rest].map(Number)
  if (values.help || !positionals.every(isScenario) || ![tenants, namespaces, rest].every(count => Number.isInteger(count) && count > 0)) {
    console.log(usage)
    return values.help ? 0 : 2
  }
  const { step } = createScreen(process.stderr, process.env)
  const figures = await measureScale({ tenants, namespaces, restSeconds: rest, scenarios: positionals, log: step })
  publish(tablesOf(figures), figures, values.json)
  return 0
}

const isScenario = (name: string): name is Scenario => Object.hasOwn(scenarios, name)

main().then(code => process.exit(code), (error: unknown) => {
  process.stderr.write(`\nThe figures could not be measured: ${errorMessage(error)}\n`)
  process.exit(1)
})
