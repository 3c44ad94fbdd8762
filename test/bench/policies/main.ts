import { parseArgs } from 'node:util'
import { errorMessage } from '../../../src/error-message.ts'
import { createScreen } from '../../demo/screen.ts'
import { publish } from '../report.ts'
import { measurePolicies } from './measure.ts'
import { policyTables } from './report.ts'

const usage = `npm run bench:policies -- [--tenants N] [--rounds N] [--only NAME]... [--json FILE]

Creates the objects of Tenants as the engine does, in turns with and without the guardrails, and prints their share of the CPU of
kube-apiserver, and the milliseconds of admission that each guardrail takes alone, as kube-apiserver measures them. What expressions cost in CEL is a
test: npx vitest run test/faults/policy-cost.test.ts

  --tenants N   of each round; default: 50
  --rounds N    default: 3
  --only NAME   the guardrail measured alone; default: each for a kind that Tenants have
  --json FILE   write all figures to a file`

const options = {
  tenants: { type: 'string', default: '50' },
  rounds: { type: 'string', default: '3' },
  only: { type: 'string', multiple: true, default: [] as string[] },
  json: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false }
} as const

async function main (): Promise<number> {
  const { values } = parseArgs({ options })
  const [tenants = NaN, rounds = NaN] = [values.tenants, values.rounds].map(Number)
  if (values.help || ![tenants, rounds].every(count => Number.isInteger(count) && count > 0)) {
    console.log(usage)
    return values.help ? 0 : 2
  }
  const figures = await measurePolicies(tenants, rounds, createScreen(process.stderr, process.env).step, values.only)
  publish(policyTables(figures), figures, values.json)
  return 0
}

main().then(code => process.exit(code), (error: unknown) => {
  process.stderr.write(`\nThe figures could not be measured: ${errorMessage(error)}\n`)
  process.exit(1)
})
