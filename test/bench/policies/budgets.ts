import type { Guardrail } from '../../../src/guardrails/guardrail.ts'
import type { KubeObject } from '../../cluster/kube-object.ts'
import { auditingCopies, exceededAmount, prefixOf, type Failure } from '../../support/policy-copies.ts'

/**
 * What the API server lets a policy cost for a request: its match conditions, and all else, which are variables, validations and their
 * messages. Both have variables of their own: those that validations and messages use count twice.
 * Source: k8s.io/apiserver/pkg/apis/cel/config.go
 */
export const limits = { conditions: 2_500_000, validations: 10_000_000 }
type Phase = keyof typeof limits
const phases = Object.keys(limits) as Phase[]

/** What copies of a policy may cost before they exceed the limit. A cost is a whole number, and the next budget less than 1.7 times that. */
export const budgets = [0, 1, 2, 3, 5, 7, ...[10, 100, 1_000, 10_000, 100_000].flatMap(each => [1, 1.5, 2, 3, 5, 7].map(factor => factor * each))]

/** An authorization check costs 350,000, and its receiver and the calls around it 1 each. Source: k8s.io/apiserver/pkg/cel/library/cost.go */
const check = { expression: "(authorizer.path('/').check('get').allowed() && false)", cost: 350_003 }

/** A call that costs the product of both. Source: cel-go/interpreter/runtimecost.go */
const contains = (length: number, part: number) => `'${'a'.repeat(10 * length)}'.contains('${'b'.repeat(10 * part)}')`

/** Returns expressions that are true, cost exactly this amount together, and take no time. @param reference what the use of each costs in addition */
export function costing (amount: number, reference = 0): string[] {
  const [each, ofChecks] = [check.cost + reference, amount - 2 * reference]
  const rest = ofChecks % each
  const side = Math.max(1, Math.ceil(Math.sqrt(rest)))
  return [...Array<string>(Math.floor(ofChecks / each)).fill(check.expression), contains(Math.floor(rest / side), side), contains(rest % side, 1)]
    .map(expression => `${expression} || true`)
}

/** An identifier and a field. */
const variableReference = 2

/** Returns copies that fail where the conditions of a policy, or all else of it, cost more than the budget: they leave no more of the limit. */
export function copiesWithBudget (guardrails: readonly Guardrail[], budget: number): KubeObject[] {
  const prefix = (phase: Phase) => `${prefixOf(budget)}${phase}-`
  const named = (expressions: string[]) => expressions.map((expression, index) => ({ name: `filled${index}`, expression }))
  const conditions = named(costing(limits.conditions - budget))
  const variables = named(costing(limits.validations - budget, variableReference))
  // Otherwise those that only warn would ignore that they exceed it.
  const failurePolicy = 'Fail'
  return [
    ...auditingCopies(guardrails, prefix('conditions'), ({ matchConditions = [], ...spec }) => ({
      ...spec, failurePolicy, matchConditions: [...conditions, ...matchConditions], variables: [], validations: [{ expression: 'true' }]
    })),
    ...auditingCopies(guardrails, prefix('validations'), spec => ({
      ...spec,
      failurePolicy,
      variables: [...variables, ...spec.variables ?? []],
      // One expression: each is a failure where messages exceed the budget.
      validations: [{ expression: variables.map(({ name }) => `variables.${name}`).join(' && ') }, ...spec.validations]
    }))
  ]
}

/** A write, and the largest budget that each copied policy exceeded in it: `validations-k8s-mtp-engine-roles`. */
export interface MeasuredWrite { write: string, exceeded: Record<string, number> }

/** The API server logs the first failures only. Source: k8s.io/apiserver/pkg/admission/plugin/policy/validating/dispatcher.go */
const maxFailures = 50

export function exceededBudgets (failures: readonly Failure[]): MeasuredWrite['exceeded'] {
  if (failures.length >= maxFailures) throw new Error(`the API server logs ${maxFailures} failures of a request at most: measure fewer budgets at a time`)
  const exceeded: MeasuredWrite['exceeded'] = {}
  for (const failure of failures) {
    const found = exceededAmount(failure)
    if (found === undefined) throw new Error(`${failure.policy} failed: ${failure.message}`)
    exceeded[found.name] = Math.max(exceeded[found.name] ?? 0, found.amount)
  }
  return exceeded
}

/** Adds what the same writes exceeded of further budgets. */
export function merged (writes: readonly MeasuredWrite[], further: readonly MeasuredWrite[]): MeasuredWrite[] {
  return further.map(({ write, exceeded }, index) => {
    const known = writes[index] ?? { write, exceeded: {} }
    if (known.write !== write) throw new Error(`the writes for two Tenants differ: ${known.write}, and ${write}`)
    return { write, exceeded: { ...known.exceeded, ...exceeded } }
  })
}

/** Returns the copied policies that exceeded a budget in any of the writes. */
export function exceeding (writes: readonly MeasuredWrite[], budget: number): string[] {
  return [...new Set(writes.flatMap(({ exceeded }) => Object.entries(exceeded).filter(([, each]) => each === budget).map(([name]) => name)))]
}

/** All figures are upper bounds, less than 1.7 times the cost. */
export interface Cost {
  /** Of the write that costs most, in the unit of CEL: match conditions, variables, validations and messages of all policies that match. */
  largest: number
  write: string
  /** Over all writes of a Tenant, those that no policy matches included. */
  mean: number
  /** The largest part of a limit of the API server that a policy took in a write. */
  shareOfLimit: number
}

/** The cost of a guardrail that consists of these policies. */
export function costOf (policies: readonly string[], writes: readonly MeasuredWrite[]): Cost {
  const costs = writes.map(({ write, exceeded }) => {
    const bounds = policies.flatMap(policy => phases.map(phase => ({ phase, bound: boundOf(exceeded[`${phase}-${policy}`]) })))
    return {
      write,
      cost: sum(bounds.map(({ bound }) => bound)),
      share: Math.max(...bounds.map(({ phase, bound }) => bound / limits[phase]))
    }
  })
  const largest = Math.max(...costs.map(({ cost }) => cost))
  return {
    largest,
    write: largest === 0 ? '' : costs.find(({ cost }) => cost === largest)?.write ?? '',
    mean: sum(costs.map(({ cost }) => cost)) / costs.length,
    shareOfLimit: Math.max(...costs.map(({ share }) => share))
  }
}

/** The smallest budget that is enough. Without cost, not even the budget 0 is exceeded. */
function boundOf (exceeded: number | undefined): number {
  return exceeded === undefined ? 0 : budgets.find(budget => budget > exceeded) ?? Infinity
}

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)
