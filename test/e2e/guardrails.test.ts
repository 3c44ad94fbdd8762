import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultParties } from '../../src/guardrails/guardrail.ts'
import { allGuardrails } from '../../src/guardrails/all-guardrails.ts'
import { classManifest, smallClass } from './classes.ts'
import { client, eventually } from './context.ts'
import { guardrailCases } from './guardrails/cases.ts'
import { messageOf } from './guardrails/refusal.ts'
import { workloadRules } from './guardrails/workloads.ts'
import { createWorld, people, type World } from './guardrails/world.ts'

let world: World
let removeWorld: (() => Promise<void>) | undefined
beforeAll(async () => {
  ({ world, remove: removeWorld } = await createWorld())
})
afterAll(async () => removeWorld?.())

test('each rule of each guardrail has a case', () => {
  const all = allGuardrails(defaultParties).flatMap(({ name, rules }) => Object.keys(rules).map(id => `${name.replace('k8s-mtp-', '')}/${id}`))
  // Workloads: workloads-policy*.test.ts. engine/objects-delete needs a terminating namespace: deletion.test.ts.
  const covered = [...guardrailCases.map(({ rule }) => rule), ...workloadRules, 'engine/objects-delete']
  expect([...new Set(covered)].sort()).toEqual(all.sort())
})

const rules = [...new Set(guardrailCases.map(({ rule }) => rule))]

test('a class without kinds that reach out has no warning', async () => {
  const warnings: string[] = []
  const reading = { apiGroups: ['argoproj.io', ''], resources: ['applications', 'serviceaccounts'], verbs: ['get', 'list', 'watch'] }
  await client().listening(text => warnings.push(text))
    .create(classManifest('reading', { roles: { ...smallClass.roles, viewer: { rules: [reading] } } }), { dryRun: true })
  expect(warnings).toEqual([])
})

describe.each(rules)('guardrail %s', rule => {
  const cases = guardrailCases.filter(each => each.rule === rule).map(each =>
    ({ ...each, allowed: each.allowedWho === undefined ? each.allows : `${each.allows} to ${each.allowedWho}` }))
  test.concurrent.each(cases)('refuses $refuses to $who, and allows $allowed', async ({ who, attempt, message, allowedWho = who, control }) => {
    const [guardrail = ''] = rule.split('/')
    await eventually(async () => control(people[allowedWho](), world), { timeout: 30_000 })
    expect(await messageOf(guardrail, people[who](), async who => attempt(who, world))).toMatch(message)
  })
})
