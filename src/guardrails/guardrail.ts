/**
 * A rule that the API server itself enforces on requests: a ValidatingAdmissionPolicy and its static bindings, mostly one.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
export interface Guardrail {
  name: string
  /** What it is for, in one sentence. */
  purpose: string
  resources: ResourceRule[]
  /** Only requests in namespaces with this label. A request on a namespace itself is never selected by it: it may change the label. */
  inNamespacesWith?: string
  /** CEL by name: the policy applies where all hold. */
  conditions?: Record<string, string>
  /** CEL by name, in order: each may use those before it. */
  variables?: Record<string, string>
  rules: Rule[]
  parameter?: Parameter
}

export interface ResourceRule {
  group: string
  resources: string[]
  operations: Operation[]
}

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'

/** What has to hold, and what is said where it does not. */
export interface Rule {
  /** Names the rule in tests and docs; unique within its guardrail. */
  id: string
  /** What it refuses, for the docs. */
  refuses: string
  /** CEL, true where the request is fine. */
  holds: string
  /** For whoever is refused: what to do instead. Plain text, or CEL that makes it. */
  message: string | { cel: string }
}

/** An object in the namespace of the request that the CEL knows as `params`. */
export interface Parameter {
  apiVersion: string
  kind: string
  name: string
  /** What happens where there is none, by operation: a binding for each. Deny comes before all conditions, so nobody is exempt from it. */
  whenMissing: Partial<Record<Operation, 'Deny' | 'Allow'>>
}

/** Whom the guardrails know by name; all others are treated alike, cluster administrators included. */
export interface Parties {
  /** The user that Metacontroller acts as. */
  engine: string
  /** Groups whose members may do in an emergency what is refused to everybody else. */
  breakGlass: readonly string[]
  /** The Pod Security Standards that the engine may set on a namespace. With `privileged` whoever answers in the hook's place can get root on a node. */
  podSecurity: ReadonlyArray<'restricted' | 'baseline' | 'privileged'>
}

export const defaultParties: Parties = {
  engine: 'system:serviceaccount:metacontroller:metacontroller',
  breakGlass: ['k8s-mtp:break-glass'],
  podSecurity: ['restricted', 'baseline']
}
