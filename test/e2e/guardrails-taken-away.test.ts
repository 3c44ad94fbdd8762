import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultParties } from '../../src/guardrails/guardrail.ts'
import { allGuardrails } from '../../src/guardrails/guardrails.ts'
import { eventually } from './context.ts'
import { guardrailCases } from './guardrails/cases.ts'
import { refusalOf } from './guardrails/refusal.ts'
import { withoutEachRule } from './guardrails/take-away.ts'
import { createWorld, people, type World } from './guardrails/world.ts'

let world: World
let removeWorld: (() => Promise<void>) | undefined
beforeAll(async () => {
  ({ world, remove: removeWorld } = await createWorld())
})
afterAll(async () => removeWorld?.())

const guardrails = allGuardrails(defaultParties).map(({ name, rules }) => ({
  guardrail: name.replace('k8s-mtp-', ''),
  rules: rules.map(({ id }) => id).filter(id => guardrailCases.some(({ rule }) => rule === `${name.replace('k8s-mtp-', '')}/${id}`)),
  all: rules.map(({ id }) => id)
}))

/** A test of a refusal is worth something if it fails without the rule that refuses. */
describe('each rule, taken away', () => {
  test.concurrent.each(guardrails)('of $guardrail is what its tests are about', { timeout: 120_000 }, async ({ guardrail, rules, all }) => {
    await withoutEachRule(guardrail, all, async rule => {
      if (!rules.includes(rule)) return
      for (const { who, attempt, message, refuses } of guardrailCases.filter(each => each.rule === `${guardrail}/${rule}`)) {
        await eventually(async () => {
          const said = await refusalOf(guardrail, async () => attempt(people[who](), world)).catch(() => '')
          expect(said, `without ${rule} it still refuses ${refuses}`).not.toMatch(message)
        })
      }
    })
    // All is back in force before the next test relies on it.
    for (const { who, attempt, message } of guardrailCases.filter(({ rule }) => rule.startsWith(`${guardrail}/`))) {
      await eventually(async () => expect(await refusalOf(guardrail, async () => attempt(people[who](), world))).toMatch(message))
    }
  })
})
