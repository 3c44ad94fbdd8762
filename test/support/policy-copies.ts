import { guardrailManifests } from '../../src/guardrails/admission-policy.ts'
import type { Guardrail } from '../../src/guardrails/guardrail.ts'
import type { AuditWrite } from '../cluster/audit.ts'
import type { KubeObject } from '../cluster/kube-object.ts'

interface Expression { expression: string }
export interface PolicySpec {
  failurePolicy: string
  validations: Array<Expression & { messageExpression?: string }>
  variables?: Array<Expression & { name: string }>
  matchConditions?: Array<Expression & { name: string }>
}
type Policy = KubeObject & { spec: PolicySpec }
type Binding = KubeObject & { spec: { policyName: string } }

/** The start of the names of copies that fail where a policy costs more than some amount. */
export const prefixOf = (amount: number): string => `cost-${amount}-`

/**
 * Returns copies of the policies of guardrails, with other names and specs, that audit instead of denying. The API server reports no
 * costs, but it logs which of these exceed a limit.
 */
export function auditingCopies (guardrails: readonly Guardrail[], prefix: string, change: (spec: PolicySpec) => PolicySpec): KubeObject[] {
  const manifests = guardrails.flatMap(guardrailManifests) as unknown as Array<Policy | Binding>
  return manifests.map((manifest): KubeObject => {
    const metadata = { name: prefix + manifest.metadata.name }
    return isBinding(manifest)
      ? { ...manifest, metadata, spec: { ...manifest.spec, policyName: prefix + manifest.spec.policyName, validationActions: ['Audit'] } }
      : { ...manifest, metadata, spec: change(manifest.spec) }
  })
}

const isBinding = (manifest: Policy | Binding): manifest is Binding => manifest.kind === 'ValidatingAdmissionPolicyBinding'

export interface Failure { policy: string, message: string }

/** Reads the failures of policies that audit. */
export function failuresOf ({ annotations }: AuditWrite): Failure[] {
  return JSON.parse(annotations['validation.policy.admission.k8s.io/validation_failure'] ?? '[]') as Failure[]
}

/** Returns the amount that a policy exceeded with the name of the policy, or undefined for any other failure. */
export function exceededAmount ({ policy, message }: Failure): { amount: number, name: string } | undefined {
  const { amount, name } = partsOf(policy)
  return name !== undefined && /cost limit exceeded|cost budget/.test(message) ? { amount: Number(amount), name } : undefined
}

/** Returns the policy that a copy, or the binding of one, is of. */
export const copiedPolicyOf = ({ metadata, spec }: KubeObject): string => partsOf((spec as Binding['spec']).policyName ?? metadata.name).name ?? ''

const partsOf = (policy: string): { amount?: string, name?: string } => /^cost-(?<amount>\d+)-(?<name>.+)$/.exec(policy)?.groups ?? {}
