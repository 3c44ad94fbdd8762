import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultParties } from '../../src/guardrails/guardrail.ts'
import { allGuardrails } from '../../src/guardrails/all-guardrails.ts'
import { eventually } from './context.ts'
import { guardrailCases } from './guardrails/cases.ts'
import { refusalOf } from './guardrails/refusal.ts'
import { workloadRules } from './guardrails/workloads.ts'
import { createWorld, people, type World } from './guardrails/world.ts'

let world: World
let removeWorld: (() => Promise<void>) | undefined
beforeAll(async () => {
  ({ world, remove: removeWorld } = await createWorld())
})
afterAll(async () => removeWorld?.())

test('every rule of every guardrail has a case', () => {
  const all = allGuardrails(defaultParties).flatMap(({ name, rules }) => rules.map(({ id }) => `${name.replace('k8s-mtp-', '')}/${id}`))
  // Of workloads in workloads-policy*.test.ts; engine-objects/delete needs a namespace that terminates, in endings.test.ts.
  const proven = [...guardrailCases.map(({ rule }) => rule), ...workloadRules, 'engine-objects/delete']
  expect([...new Set(proven)].sort()).toEqual(all.sort())
})

const rules = [...new Set(guardrailCases.map(({ rule }) => rule))]

describe.each(rules)('the guardrail %s', rule => {
  test.concurrent.each(guardrailCases.filter(each => each.rule === rule))('refuses $refuses ($who) and allows $allows', async ({ who, attempt, message, allowedWho = who, twin }) => {
    const [guardrail = ''] = rule.split('/')
    await eventually(async () => twin(people[allowedWho](), world), { timeout: 5_000 })
    expect(await refusalOf(guardrail, async () => attempt(people[who](), world))).toMatch(message)
  })
})
