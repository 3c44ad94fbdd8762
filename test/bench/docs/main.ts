import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { errorMessage } from '../../../src/error-message.ts'
import { createGuard } from '../../cluster/guard.ts'
import { repositoryPath } from '../../cluster/paths.ts'
import { createScreen } from '../../demo/screen.ts'
import { defaultOptions, measureHook, type Figures as HookFigures } from '../hook/measure.ts'
import { measurePolicies } from '../policies/measure.ts'
import { machine } from '../report.ts'
import { measureScale } from '../scale/measure.ts'
import { chartsOf, pageWith, type AllFigures } from './page.ts'

const usage = `npm run bench:docs -- [--tenants N,N,...] [--namespaces M] [--rest SECONDS] [--requests N]

Measures all that docs/performance.md shows, and writes its tables and charts. Nothing else should run on the machine.

  --tenants N,...  of one namespace each; default: 50,100,200,500
  --namespaces M   of one further Tenant; default: 50
  --rest SECONDS   default: 30
  --requests N     to the hook; default: 100000`

const options = {
  tenants: { type: 'string', default: '50,100,200,500' },
  namespaces: { type: 'string', default: '50' },
  rest: { type: 'string', default: '30' },
  requests: { type: 'string', default: '100000' },
  help: { type: 'boolean', short: 'h', default: false }
} as const

/** The first seconds of a new API server have other shares: fewer Tenants would show those. */
const roundsOfPolicies = { tenants: 100, rounds: 5 }

async function main (): Promise<number> {
  const { values } = parseArgs({ options })
  const counts = values.tenants.split(',').map(Number)
  const [namespaces = NaN, restSeconds = NaN, requests = NaN] = [values.namespaces, values.rest, values.requests].map(Number)
  if (values.help || ![...counts, namespaces, restSeconds, requests].every(count => Number.isInteger(count) && count > 0)) {
    console.log(usage)
    return values.help ? 0 : 2
  }
  const { step: log } = createScreen(process.stderr, process.env)
  const scale = []
  for (const size of [...counts.map(tenants => ({ tenants, namespaces: 1 })), { tenants: 1, namespaces }]) {
    scale.push(await measureScale({ ...size, restSeconds, scenarios: [], log }))
  }
  const policies = await measurePolicies(roundsOfPolicies.tenants, roundsOfPolicies.rounds, log)
  const figures: AllFigures = { machine: machine(), scale, policies, hook: await measureHookAlone(requests, log) }
  const page = repositoryPath('docs/performance.md')
  for (const { file, svg } of chartsOf(scale)) writeFileSync(repositoryPath(`docs/assets/performance/${file}`), svg)
  writeFileSync(repositoryPath('docs/assets/performance/figures.json'), `${JSON.stringify(figures, null, 2)}\n`)
  writeFileSync(page, pageWith(readFileSync(page, 'utf8'), figures))
  return 0
}

async function measureHookAlone (requests: number, log: (line: string) => void): Promise<HookFigures> {
  const guard = createGuard()
  try {
    return await measureHook(guard, { ...defaultOptions, requests }, log)
  } finally {
    await guard.close()
  }
}

main().then(code => process.exit(code), (error: unknown) => {
  process.stderr.write(`\nThe figures could not be measured: ${errorMessage(error)}\n`)
  process.exit(1)
})
