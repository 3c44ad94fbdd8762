import { isRecord } from '../../cluster/api-error.ts'
import type { KubeObject, ObjectRef } from '../../cluster/kube-object.ts'
import { policiesOf } from '../../../src/guardrails/admission-policy.ts'
import type { Guardrail } from '../../../src/guardrails/guardrail.ts'
import { client } from '../context.ts'

const policyRef = (name: string): ObjectRef => ({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', name })

interface Policy { spec: { validations: Array<{ expression: string }> } }

/**
 * Runs a function for each rule of a guardrail with only that rule removed, from all policies that have it, and restores all at the end.
 * A change takes a second or two to be in force.
 */
export async function withoutEachRule (guardrail: Guardrail, run: (rule: string) => Promise<void>): Promise<void> {
  const policies = await Promise.all(policiesOf(guardrail).map(async ({ name, rules }) => {
    const { spec: { validations } } = await client().get(policyRef(name)) as KubeObject & Policy // validated by the API server
    const ids = Object.keys(rules)
    if (validations.length !== ids.length || !validations.every(isRecord)) throw new Error(`${name} has ${validations.length} rules in the cluster, not ${ids.length}`)
    return { ref: policyRef(name), ids, validations }
  }))
  const putWithout = (removed: string | undefined) => Promise.all(policies.map(async ({ ref, ids, validations }) =>
    client().patch(ref, { spec: { validations: validations.map((validation, at) => ids[at] === removed ? { ...validation, expression: 'true' } : validation) } })))
  try {
    for (const rule of Object.keys(guardrail.rules)) {
      await putWithout(rule)
      await run(rule)
    }
  } finally {
    await putWithout(undefined)
  }
}
