import { expect, test } from 'vitest'
import type { Guardrail } from '../../../src/guardrails/guardrail.ts'
import { failuresOf } from '../../support/policy-copies.ts'
import { budgets, copiesWithBudget, costing, costOf, exceededBudgets, exceeding, limits, merged } from './budgets.ts'
import type { Figures } from './measure.ts'
import { policyTables } from './report.ts'

/** As the API server counts: an authorization check and its chain, or the product of a tenth of both lengths. */
function costOfFiller (expression: string): number {
  const [, text, part] = /^'(a*)'\.contains\('(b*)'\) \|\| true$/.exec(expression) ?? []
  if (text !== undefined && part !== undefined) return Math.ceil(text.length / 10) * Math.ceil(part.length / 10)
  expect(expression).toBe("(authorizer.path('/').check('get').allowed() && false) || true")
  return 350_003
}

test('what fills a budget costs exactly what is missing to the limit', () => {
  for (const limit of Object.values(limits)) {
    for (const budget of budgets) {
      for (const reference of [0, 2]) {
        const fillers = costing(limit - budget, reference)
        expect(fillers.reduce((sum, each) => sum + costOfFiller(each) + reference, 0)).toBe(limit - budget)
      }
    }
  }
})

test('the next budget is less than 1.7 times the cost', () => {
  const [, ...further] = budgets
  for (const [index, budget] of further.entries()) expect(budget / ((budgets[index] ?? NaN) + 1)).toBeLessThan(1.7)
})

const advice: Guardrail = {
  name: 'advice',
  purpose: 'Warns.',
  action: 'Warn',
  resources: [{ group: '', resources: ['pods'], operations: ['CREATE'] }],
  conditions: { condition: { expression: 'has(object.spec)' } },
  rules: { rule: { refuses: 'nothing', expression: 'variables.name != object.spec.name', message: '{variables.name} is wrong' } }
}

test('copies audit what exceeds a budget, and keep what they measure', () => {
  const filler = { name: expect.any(String), expression: expect.any(String) }
  const copies = copiesWithBudget([advice], 20)
  expect(copies.map(({ metadata }) => metadata.name)).toEqual([
    'cost-20-conditions-advice', 'cost-20-conditions-advice', 'cost-20-validations-advice', 'cost-20-validations-advice'
  ])
  const [ofConditions, binding, ofValidations] = copies.map(({ spec }) => spec as Record<string, Array<{ name?: string }>>)
  const own = { name: 'condition', expression: 'has(object.spec)' }
  expect(binding).toMatchObject({ policyName: 'cost-20-conditions-advice', validationActions: ['Audit'] })
  expect(ofConditions).toMatchObject({ failurePolicy: 'Fail', variables: [], validations: [{ expression: 'true' }] })
  expect(ofConditions?.matchConditions?.at(0)).toEqual(filler)
  expect(ofConditions?.matchConditions?.at(-1)).toEqual(own)
  expect(ofValidations).toMatchObject({ failurePolicy: 'Fail', matchConditions: [own] })
  expect(ofValidations?.variables?.at(-1)).toMatchObject({ name: 'name' })
  expect(ofValidations?.validations).toMatchObject([
    { expression: ofValidations?.variables?.flatMap(({ name = '' }) => name.startsWith('filled') ? [`variables.${name}`] : []).join(' && ') },
    { expression: 'variables.name != object.spec.name', messageExpression: "variables.name + ' is wrong'" }
  ])
})

const outOfBudget = 'validation failed due to running out of cost budget, no further validation rules will be run'

test('the largest budget that each policy exceeded is read from the audit event of a write', () => {
  const annotation = JSON.stringify([
    { policy: 'cost-0-validations-a', message: outOfBudget }, { policy: 'cost-150-validations-a', message: `failed messageExpression: ${outOfBudget}` },
    { policy: 'cost-100-validations-a', message: outOfBudget }, { policy: 'cost-10-conditions-a', message: outOfBudget }
  ])
  const event = { time: 0, user: '', userAgent: '', verb: 'create', group: '', resource: 'pods', code: 201 }
  const failures = failuresOf({ ...event, annotations: { 'validation.policy.admission.k8s.io/validation_failure': annotation } })
  expect(exceededBudgets(failures)).toEqual({ 'validations-a': 150, 'conditions-a': 10 })
  expect(failuresOf({ ...event, annotations: {} })).toEqual([])
})

test('no figure comes from a policy that fails for another reason, or of failures that are not all logged', () => {
  expect(() => exceededBudgets([{ policy: 'cost-10-validations-a', message: 'undeclared reference to x' }])).toThrow('undeclared reference')
  expect(() => exceededBudgets(Array(50).fill({ policy: 'cost-10-validations-a', message: outOfBudget }))).toThrow('50 failures')
})

const writes = merged([
  { write: 'create roles', exceeded: { 'validations-a': 150, 'conditions-a': 0 } },
  { write: 'create namespaces', exceeded: { 'conditions-a': 0, 'validations-b': 150 } },
  { write: 'create services', exceeded: {} }
], [
  { write: 'create roles', exceeded: { 'validations-a': 300 } }, { write: 'create namespaces', exceeded: {} }, { write: 'create services', exceeded: {} }
])

test('policies are measured with larger budgets while they exceed the last one', () => {
  expect(exceeding(writes, 300)).toEqual(['validations-a'])
  expect(exceeding(writes, 0)).toEqual(['conditions-a'])
  expect(exceeding(writes, 500)).toEqual([])
})

test('budgets are compared for equal writes only', () => {
  expect(() => merged(writes, [{ write: 'create services', exceeded: {} }])).toThrow('create roles, and create services')
})

test('the cost of a guardrail is at most the sum of the next budgets of its policies, and of the limit the largest part', () => {
  expect(costOf(['a', 'b'], writes)).toEqual({ largest: 500 + 1, write: 'create roles', mean: (501 + 201) / 3, shareOfLimit: 500 / 10_000_000 })
  expect(costOf(['b'], writes)).toMatchObject({ largest: 200, write: 'create namespaces', mean: 200 / 3 })
  expect(costOf(['c'], writes)).toEqual({ largest: 0, write: '', mean: 0, shareOfLimit: 0 })
  expect(costOf(['d'], [{ write: 'create roles', exceeded: { 'conditions-d': 700_000 } }]).largest).toBe(Infinity)
})

const figures: Figures = {
  tenants: 3,
  rounds: 1,
  cpuSeconds: { with: 2, without: 1 },
  policiesShare: 0.5,
  partsOfShare: { matching: 0.05, conversion: 0.1, evaluation: 0.25 },
  millisecondsPerWrite: 1.5,
  policies: { cheap: 0.1, unmatched: 0.02, costly: 1 }
}

test('the table has costs beside milliseconds, and empty cells for what matches no write', () => {
  const costs = {
    costly: { largest: 3_010, write: 'create roles', mean: 1_121, shareOfLimit: 3_000 / 10_000_000 },
    cheap: { largest: 50, write: 'create namespaces', mean: 42, shareOfLimit: 1 / 49 },
    unmatched: { largest: 0, write: '', mean: 0, shareOfLimit: 0 }
  }
  const [, table] = policyTables({ ...figures, costs })
  expect(table).toEqual(['Milliseconds of admission for a write, all policies together 1.50; and its CEL cost, at most', [
    ['', 'alone ms', 'CEL cost, at most', 'of the limit', 'the most expensive write', 'mean of all writes'],
    ['costly', 1, 3_010, '1/3333', 'create roles', 1_121],
    ['cheap', 0.1, 50, '1/49', 'create namespaces', 42],
    ['unmatched', 0.02]
  ]])
})

test('figures of an earlier Kubernetes have a table without costs', () => {
  const [, table] = policyTables(figures)
  expect(table).toEqual(['Milliseconds of admission for a write; all policies together 1.50', [
    ['', 'alone'], ['costly', 1], ['cheap', 0.1], ['unmatched', 0.02]
  ]])
})

test('the table has the parts of a share in CPU profiles', () => {
  const [profiled] = policyTables(figures)
  expect(profiled?.[1]).toEqual([
    ['with policies s', 'without', 'share of the policies in CPU profiles %', 'goal', 'of it matching', 'of it conversion', 'of it evaluation'],
    [2, 1, 50, 8, 5, 10, 25]
  ])
})
