import type { Condition, ResourceRule } from '../guardrails/guardrail.ts'

/**
 * Fields that the API server fills in before it judges a request: a MutatingAdmissionPolicy with its binding.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/
 */
export interface DefaultsPolicy {
  name: string
  /** One sentence: the description of the policy. */
  purpose: string
  resources: ResourceRule[]
  /** Not for objects with this label: for them, the API server does not look for the parameter either. */
  exceptLabel?: string
  /** By name. The policy applies only to requests that meet all of them. */
  conditions: Record<string, Condition>
  /** CEL by name, in order: each may use earlier ones. */
  variables?: Record<string, string>
  /** CEL by an id for docs: the operations of a JSON Patch. */
  patches: Record<string, Patch>
  /** True: the WorkloadPolicy of the namespace is `params` in CEL. Without it, nothing is filled in. */
  hasParameter?: boolean
}

export interface Patch {
  /** For the docs: completes "Fills in ...". */
  fillsIn: string
  /** CEL, true where it is filled in. By default it always is. */
  when?: string
  /** CEL: a list of JSONPatch. */
  operations: string
}
