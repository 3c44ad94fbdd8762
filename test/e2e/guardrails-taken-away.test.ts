import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultParties } from '../../src/guardrails/guardrail.ts'
import { allGuardrails } from '../../src/guardrails/all-guardrails.ts'
import { eventually } from './context.ts'
import { guardrailCases } from './guardrails/cases.ts'
import { refusalOf } from './guardrails/refusal.ts'
import { withoutEachRule } from './guardrails/take-away.ts'
import { workloadProofs, type WorkloadProof } from './guardrails/workloads.ts'
import { createWorld, people, type World } from './guardrails/world.ts'

let world: World
let proofs: WorkloadProof[]
const toRemove: Array<() => Promise<void>> = []
beforeAll(async () => {
  const [made, workloads] = await Promise.all([createWorld(), workloadProofs()])
  toRemove.push(made.remove, workloads.remove)
  world = made.world
  proofs = workloads.proofs
})
afterAll(async () => { for (const remove of toRemove) await remove() })

const guardrails = allGuardrails(defaultParties).map(({ name, rules }) => ({ guardrail: name.replace('k8s-mtp-', ''), all: rules.map(({ id }) => id) }))

interface Proof { refuses: string, message: RegExp | string, attempt: () => Promise<unknown> }

/** What shows that a rule is there. */
function proofsOf (rule: string): Proof[] {
  const cases = guardrailCases.filter(each => each.rule === rule).map(({ refuses, message, who, attempt }) => ({ refuses, message, attempt: async () => attempt(people[who](), world) }))
  const ofWorkloads = proofs.filter(proof => proof.rule === rule).map(({ says, attempt }) => ({ refuses: says, message: says, attempt }))
  return [...cases, ...ofWorkloads]
}

const matches = (said: string, message: RegExp | string): boolean => typeof message === 'string' ? said.includes(message) : message.test(said)

/** A test of a refusal is worth something if it fails without the rule that refuses. */
describe('each rule, taken away', () => {
  test.concurrent.each(guardrails)('of $guardrail is what its tests are about', { timeout: 120_000 }, async ({ guardrail, all }) => {
    await withoutEachRule(guardrail, all, async rule => {
      for (const { refuses, message, attempt } of proofsOf(`${guardrail}/${rule}`)) {
        await eventually(async () => {
          const said = await refusalOf(guardrail, attempt).catch(() => '')
          expect(matches(said, message), `without ${rule} it still refuses ${refuses}`).toBe(false)
        })
      }
    })
    // All is back in force before the next test relies on it.
    for (const { message, attempt } of all.flatMap(rule => proofsOf(`${guardrail}/${rule}`))) {
      await eventually(async () => expect(matches(await refusalOf(guardrail, attempt), message)).toBe(true))
    }
  })
})
