import { isRecord } from '../../cluster/api-error.ts'
import type { KubeObject, ObjectRef } from '../../cluster/kube-object.ts'
import { client } from '../context.ts'

const policyRef = (guardrail: string): ObjectRef => ({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', name: `k8s-mtp-${guardrail}` })

interface Policy { spec: { validations: Array<{ expression: string }> } }

/**
 * Runs a function for each rule of a guardrail with only that rule removed, and restores all at the end. A change takes a second
 * or two to be in force.
 */
export async function withoutEachRule (guardrail: string, rules: string[], run: (rule: string) => Promise<void>): Promise<void> {
  const ref = policyRef(guardrail)
  const { spec: { validations } } = await client().get(ref) as KubeObject & Policy // validated by the API server
  if (validations.length !== rules.length || !validations.every(isRecord)) throw new Error(`${guardrail} has ${validations.length} rules in the cluster, not ${rules.length}`)
  const put = async (changed: Policy['spec']['validations']): Promise<KubeObject> => client().patch(ref, { spec: { validations: changed } })
  try {
    for (const [index, rule] of rules.entries()) {
      await put(validations.map((validation, at) => at === index ? { ...validation, expression: 'true' } : validation))
      await run(rule)
    }
  } finally {
    await put(validations)
  }
}
