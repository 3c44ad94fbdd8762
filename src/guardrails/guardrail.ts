/**
 * A rule set that the API server enforces on requests: ValidatingAdmissionPolicies with their bindings, in most cases one.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
export interface Guardrail {
  name: string
  /** One sentence: the description of the policy. */
  purpose: string
  /** Warn: the request is allowed, and clients print the message. By default it is refused. */
  action?: 'Warn'
  resources: ResourceRule[]
  /** Limits the policy to namespaces with this label. Not for requests on namespaces: those may change the label. */
  namespaceLabel?: string
  /** Not for objects with this label, also without the parameter: conditions apply only where the parameter exists. */
  exceptLabel?: string
  /** Limits the policy to namespaces of these names. Not for requests on namespaces either. */
  namespaces?: readonly string[]
  /** By name. The policy applies only to requests that meet all of them. */
  conditions?: Record<string, Condition>
  /** CEL by name, in order: each may use earlier ones and the common ones of cel.ts. */
  variables?: Record<string, string>
  /** By an id for tests and docs. */
  rules: Record<string, Rule>
  /** True: the WorkloadPolicy of the namespace is `params` in CEL. */
  hasParameter?: boolean
  /** Allow: objects are created where there is no WorkloadPolicy. By default they are refused. */
  withoutParameter?: 'Allow'
  /** Those that this one consists of, by the prefix of their rules. */
  parts?: Record<string, GuardrailPart>
  /** Those that enforce it, for different resources; by default it is one policy. */
  policies?: Policy[]
}

/** What a policy of a guardrail has of its own. */
export interface Policy extends Pick<Guardrail, 'name' | 'purpose' | 'resources' | 'variables' | 'rules'> {
  /** Of the resources, those that the policy does not match. */
  exceptResources?: ResourceRule[]
}

/** A guardrail that is enforced as a part of a policy. */
export interface GuardrailPart extends Pick<Guardrail, 'purpose' | 'resources' | 'variables' | 'rules'> {
  condition?: Condition
}

export interface ResourceRule {
  group: string
  /** All by default. With one, the API server converts objects of the others to it. */
  version?: string
  resources: string[]
  operations: Operation[]
}

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'

export interface Condition {
  expression: string
  /** For the docs: the objects or users that the policy is limited to. */
  appliesTo?: string
  /** For the docs: the users that the policy is not for. */
  exempts?: string
}

export interface Rule {
  /** For the docs: completes "Refuses ...", or "Warns of ...". */
  refuses: string
  /** CEL, true for requests that the rule is for. By default it is for all of them. */
  when?: string
  /** CEL, true for an allowed request. */
  expression: string
  /** The problem, then the remedy, each in a sentence. Parts in braces are CEL. */
  message: string
}

/** Returns the ServiceAccount that is this user. */
export function accountOf (user: string): { namespace: string, name: string } {
  const [, , namespace = '', name = ''] = user.split(':')
  return { namespace, name }
}

/** The users that guardrails know by name. All others are treated alike, cluster administrators included. */
export interface Parties {
  /** The user that Metacontroller acts as. */
  engine: string
  /** Groups whose members are exempt in an emergency. */
  breakGlass: readonly string[]
  /**
   * The Pod Security Standards that the engine may set on a namespace. With `privileged`, a forged response of the hook
   * can lead to root on a node.
   */
  podSecurity: ReadonlyArray<'restricted' | 'baseline' | 'privileged'>
  /** Besides that of the engine. No Tenant may list them as existing. */
  platformNamespaces: readonly string[]
}

export const defaultParties: Parties = {
  engine: 'system:serviceaccount:metacontroller:metacontroller',
  breakGlass: ['k8s-mtp:break-glass'],
  podSecurity: ['restricted', 'baseline'],
  platformNamespaces: ['k8s-mtp-system']
}
