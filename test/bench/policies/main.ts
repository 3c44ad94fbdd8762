import { parseArgs } from 'node:util'
import { errorMessage } from '../../../src/error-message.ts'
import { createScreen } from '../../demo/screen.ts'
import { publish } from '../report.ts'
import { measurePolicies } from './measure.ts'
import { policyTables } from './report.ts'

const usage = `npm run bench:policies -- [--tenants N] [--rounds N] [--only NAME]... [--json FILE]

Creates the objects of Tenants as the engine does, in turns with and without the guardrails, and prints of kube-apiserver:

  with policies s, without   seconds of CPU; the share of their difference varies by 10 percentage points
  share of the policies      of the samples of CPU profiles, which are taken while the objects are created with the guardrails: those in the
                             admission by ValidatingAdmissionPolicies; varies by 1 to 2 percentage points. Garbage collection in the
                             background is no part of it
  of it matching             of requests to policies, by match constraints
  of it conversion           of the objects of requests, so that CEL can read them
  of it evaluation           of match conditions, variables, validations and messages

Of each guardrail it prints, for a write:

  alone ms            milliseconds of admission while only this guardrail is in force, as kube-apiserver measures them
  CEL cost, at most   of the write for a Tenant that costs most: match conditions, variables, validations and messages, in the unit of
                      CEL, less than 1.7 times the cost; the same on each machine
  of the limit        the larger of two parts, at most: of 2,500,000 for the match conditions of a policy, and of 10,000,000 for the rest
  mean of all writes  of a Tenant, at most; those that the guardrail does not match cost nothing

kube-apiserver reports no costs. Copies of the policies leave less and less of the limits, and the audit log has which of them exceed these,
with the newest Kubernetes; with others there are no costs.
That the largest requests of tenants exceed none is a test: npx vitest run test/faults/policy-cost.test.ts

  --tenants N   of each round; default: 50
  --rounds N    default: 3
  --only NAME   the guardrail to measure alone; default: each for a kind that Tenants have
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
