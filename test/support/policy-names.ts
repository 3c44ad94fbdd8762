import { policiesOf } from '../../src/guardrails/admission-policy.ts'
import { allGuardrails } from '../../src/guardrails/all-guardrails.ts'
import { defaultParties } from '../../src/guardrails/guardrail.ts'

/** The names of the policies that enforce a guardrail. */
export function policyNamesOf (guardrail: string): string[] {
  const found = allGuardrails(defaultParties).find(({ name }) => name === guardrail)
  if (found === undefined) throw new Error(`there is no guardrail ${guardrail}`)
  return policiesOf(found).map(({ name }) => name)
}
