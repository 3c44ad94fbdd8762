import { guardrailManifests } from '../../../src/guardrails/admission-policy.ts'
import { allGuardrails } from '../../../src/guardrails/all-guardrails.ts'
import { defaultParties, type Guardrail } from '../../../src/guardrails/guardrail.ts'
import type { KubeObject } from '../../cluster/kube-object.ts'

/**
 * The API server tells no costs: a copy of a guardrail that evaluates each expression so many times fails where the guardrail
 * costs more than this part of the limit. K8S_MTP_COST_PARTS has further ones for a report. The limits are 1,000,000 for an
 * expression, 2,500,000 for the conditions of a policy and 10,000,000 for the rest of it.
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

const manifests = [...allGuardrails(defaultParties), costly].flatMap(guardrailManifests) as unknown as KubeObject[]
const policies = manifests.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy') as Policy[]
const bindings = manifests.filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding') as Binding[]
export const policyNames = policies.map(({ metadata }) => metadata.name)

const prefix = (part: number) => `cost-${part}-`

/** Policies that audit instead of denying, for each part. */
export function measuringPolicies (): KubeObject[] {
  return parts.flatMap(part => [...policies.map(policy => measuring(policy, part)), ...bindings.map(binding => auditing(binding, part))])
}

function measuring (policy: Policy, part: number): KubeObject {
  const repeated = <T extends { expression: string }>({ expression, ...rest }: T) =>
    ({ ...rest, expression: `${zeros(part)}.map(repetition, (${expression}))[0]` })
  const { validations, variables = [], matchConditions = [], ...spec } = policy.spec
  const measured = matchConditions.filter(({ name }) => !authorizationChecks.includes(name))
  return {
    ...policy,
    metadata: { name: prefix(part) + policy.metadata.name },
    spec: {
      ...spec,
      variables: variables.map(repeated),
      validations: validations.map(({ expression }) => repeated({ expression })),
      ...(measured.length > 0 && { matchConditions: measured.map(repeated) })
    }
  }
}

function auditing ({ metadata: { name }, spec, ...binding }: Binding, part: number): KubeObject {
  return {
    ...binding,
    metadata: { name: prefix(part) + name },
    spec: { ...spec, policyName: prefix(part) + spec.policyName, validationActions: ['Audit'] }
  }
}

type Named = KubeObject & { name: string, expression: string }
interface Policy extends KubeObject {
  spec: { validations: Array<{ expression: string }>, variables?: Named[], matchConditions?: Named[] }
}
interface Binding extends KubeObject { spec: { policyName: string } }

/** The audit annotation with the failures of policies that audit. */
export const failuresAnnotation = 'validation.policy.admission.k8s.io/validation_failure'
export interface Failure { policy: string, message: string }

/** The greatest part of the limit that each guardrail exceeded in a request: 10 for a tenth. */
export function exceededParts (failures: readonly Failure[]): Map<string, number> {
  const exceeded = new Map<string, number>()
  for (const { policy, message } of failures) {
    const [, part, name] = /^cost-(\d+)-(.+)$/.exec(policy) ?? []
    if (name === undefined || !/cost limit exceeded|cost budget/.test(message)) continue
    exceeded.set(name, Math.min(exceeded.get(name) ?? Infinity, Number(part)))
  }
  return exceeded
}
