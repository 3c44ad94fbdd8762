import { policiesOf } from '../../../src/guardrails/admission-policy.ts'
import { allGuardrails } from '../../../src/guardrails/all-guardrails.ts'
import { defaultParties, type Guardrail } from '../../../src/guardrails/guardrail.ts'
import type { KubeObject } from '../../cluster/kube-object.ts'
import { auditingCopies, exceededAmount, prefixOf, type Failure, type PolicySpec } from '../../support/policy-copies.ts'

/**
 * A copy of a guardrail that evaluates each expression so many times fails where the guardrail costs more than this part of the limit.
 * K8S_MTP_COST_PARTS has further ones for a report. The limits are 1,000,000 for an expression, 2,500,000 for the conditions of a policy
 * and 10,000,000 for the rest of it.
 * Source: k8s.io/apiserver/pkg/apis/cel/config.go
 */
export const parts = [10, ...(process.env['K8S_MTP_COST_PARTS']?.split(',').map(Number) ?? [])]

/** An authorization check always costs 350,000. Source: k8s.io/apiserver/pkg/cel/library/cost.go */
export const authorizationChecks = ['may-not-impersonate']

const zeros = (count: number) => `[${'0,'.repeat(count).slice(0, -1)}]`

/** Shows that the measurement sees what costs too much. */
export const costly: Guardrail = {
  name: 'costly',
  purpose: 'Costs a tenth of the limit.',
  resources: [{ group: '', resources: ['secrets'], operations: ['CREATE'] }],
  rules: {
    labels: {
      refuses: 'nothing',
      expression: `${zeros(100)}.all(a, ${zeros(100)}.all(b, ${zeros(10)}.all(c, a + b + c == 0)))`,
      message: ''
    }
  }
}

const guardrails = [...allGuardrails(defaultParties), costly]
export const policyNames = guardrails.flatMap(policiesOf).map(({ name }) => name)

/** Policies that audit instead of denying, for each part. */
export const measuringPolicies = (): KubeObject[] =>
  parts.flatMap(part => auditingCopies(guardrails, prefixOf(part), spec => repeating(spec, part)))

function repeating ({ validations, variables = [], matchConditions = [], ...spec }: PolicySpec, part: number): PolicySpec {
  const repeat = (expression: string): string => `${zeros(part)}.map(repetition, (${expression}))[0]`
  const repeated = <T extends { expression: string }>({ expression, ...rest }: T) => ({ ...rest, expression: repeat(expression) })
  const measured = matchConditions.filter(({ name }) => !authorizationChecks.includes(name))
  return {
    ...spec,
    // Otherwise those that only warn would ignore that they exceed it.
    failurePolicy: 'Fail',
    variables: variables.map(repeated),
    validations: validations.map(({ expression, messageExpression }) =>
      ({ expression: repeat(expression), ...(messageExpression !== undefined && { messageExpression: repeat(messageExpression) }) })),
    ...(measured.length > 0 && { matchConditions: measured.map(repeated) })
  }
}

/** The greatest part of the limit that each guardrail exceeded in a request: 10 for a tenth. */
export function exceededParts (failures: readonly Failure[]): Map<string, number> {
  const exceeded = new Map<string, number>()
  for (const { amount, name } of failures.flatMap(failure => exceededAmount(failure) ?? [])) {
    exceeded.set(name, Math.min(exceeded.get(name) ?? Infinity, amount))
  }
  return exceeded
}
