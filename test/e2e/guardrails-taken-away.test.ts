import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultParties } from '../../src/guardrails/guardrail.ts'
import { allGuardrails } from '../../src/guardrails/all-guardrails.ts'
import { eventually } from './context.ts'
import { guardrailCases } from './guardrails/cases.ts'
import { messageOf, refusalOf } from './guardrails/refusal.ts'
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

const guardrails = allGuardrails(defaultParties).map(guardrail => ({ guardrail, name: guardrail.name.replace('k8s-mtp-', ''), ruleIds: Object.keys(guardrail.rules) }))

interface Proof { refuses: string, message: RegExp | string, read: () => Promise<string> }

/** The attempts that only this rule refuses. */
function proofsOf (rule: string): Proof[] {
  const [guardrail = ''] = rule.split('/')
  const cases = guardrailCases.filter(each => each.rule === rule).map(({ refuses, message, who, attempt }) => ({ refuses, message, read: async () => messageOf(guardrail, people[who](), async who => attempt(who, world)) }))
  const ofWorkloads = proofs.filter(proof => proof.rule === rule).map(({ says, attempt }) => ({ refuses: says, message: says, read: async () => refusalOf(guardrail, attempt) }))
  return [...cases, ...ofWorkloads]
}

const matches = (text: string, message: RegExp | string): boolean => typeof message === 'string' ? text.includes(message) : message.test(text)

/** A refusal is evidence for a rule only if it disappears without the rule. */
describe('without one of its rules', () => {
  test.concurrent.each(guardrails)('$name no longer refuses the attempts of that rule', { timeout: 300_000 }, async ({ guardrail, name, ruleIds }) => {
    await withoutEachRule(guardrail, async rule => {
      for (const { refuses, message, read } of proofsOf(`${name}/${rule}`)) {
        await eventually(async () => {
          const text = await read().catch(() => '')
          expect(matches(text, message), `without ${rule}, ${refuses} is still refused`).toBe(false)
        })
      }
    })
    // All rules must be in force again for the next test.
    for (const { message, read } of ruleIds.flatMap(rule => proofsOf(`${name}/${rule}`))) {
      await eventually(async () => expect(matches(await read(), message)).toBe(true))
    }
  })
})
