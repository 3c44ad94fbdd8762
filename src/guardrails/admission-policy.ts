import type {
  RuleWithOperations, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding, Validation
} from 'kubernetes-types/admissionregistration/v1.js'
import { apiVersion as ownApiVersion } from '../api/group.ts'
import { workloadPolicyName } from '../tenancy/desired/workload-policy-manifest.ts'
import { commonVariables, quoted } from './cel.ts'
import type { Guardrail, Policy, ResourceRule, Rule } from './guardrail.ts'

const apiVersion = 'admissionregistration.k8s.io/v1'
const labels = { 'app.kubernetes.io/name': 'k8s-mtp', 'app.kubernetes.io/component': 'guardrail' }

/**
 * Builds the policies and the bindings of a guardrail. What a policy cannot decide is refused (failurePolicy Fail), except that a warning
 * never refuses.
 */
export function guardrailManifests (guardrail: Guardrail) {
  return policiesOf(guardrail).flatMap(each => [policy({ ...guardrail, ...each }), ...bindings({ ...guardrail, ...each })])
}

export const policiesOf = (guardrail: Guardrail): Policy[] => guardrail.policies ?? [guardrail]

function policy (guardrail: Guardrail & Policy) {
  const { name, purpose, conditions = {}, rules, hasParameter = false, action } = guardrail
  const validations = Object.values(rules).map(validation)
  const matchConditions = Object.entries(conditions).map(([name, { expression }]) => ({ name, expression: oneLine(expression) }))
  const variables = usedVariables({ ...commonVariables, ...guardrail.variables }, validations)
  return {
    apiVersion,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name, labels, annotations: { 'kubernetes.io/description': purpose } },
    spec: {
      failurePolicy: action === 'Warn' ? 'Ignore' : 'Fail',
      ...(hasParameter && { paramKind: { apiVersion: ownApiVersion, kind: 'WorkloadPolicy' } }),
      matchConstraints: matchConstraints(guardrail),
      ...(matchConditions.length > 0 && { matchConditions }),
      ...(variables.length > 0 && { variables }),
      validations
    }
  } satisfies ValidatingAdmissionPolicy
}

type Scope = Pick<Guardrail & Policy, 'resources' | 'exceptResources' | 'namespaceLabel' | 'exceptLabel' | 'namespaces'>

export function matchConstraints ({ resources, exceptResources = [], namespaceLabel, exceptLabel, namespaces }: Scope) {
  const selected = [
    ...(namespaceLabel === undefined ? [] : [{ key: namespaceLabel, operator: 'Exists' }]),
    ...(namespaces === undefined ? [] : [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: [...namespaces] }])
  ]
  return {
    matchPolicy: 'Equivalent',
    ...(selected.length > 0 && { namespaceSelector: { matchExpressions: selected } }),
    ...(exceptLabel !== undefined && { objectSelector: { matchExpressions: [{ key: exceptLabel, operator: 'DoesNotExist' }] } }),
    resourceRules: resources.map(resourceRule),
    ...(exceptResources.length > 0 && { excludeResourceRules: exceptResources.map(resourceRule) })
  }
}

/** kubernetes-types lacks `resources`. */
export function resourceRule ({ group, version = '*', resources, operations }: ResourceRule) {
  return { apiGroups: [group], apiVersions: [version], operations, resources } satisfies RuleWithOperations & { resources: string[] }
}

/** The API server evaluates the messages of all rules for each request, also of those that it meets. */
function validation ({ when, expression, message }: Rule) {
  const parts = message.split(/(?<!\\)\{([^{}]+)\}/).map((part, index) => index % 2 === 0 ? part.replaceAll('\\{', '{') : { cel: part })
  const [text] = parts
  return {
    expression: oneLine(when === undefined ? expression : `!${when} || (${expression.trim()})`),
    ...(parts.length === 1 && typeof text === 'string' ? { message: text } : { messageExpression: messageExpression(parts, when) }),
    reason: 'Forbidden'
  } satisfies Validation
}

function messageExpression (parts: Array<string | { cel: string }>, when: string | undefined): string {
  const text = parts.filter(part => part !== '').map(part => typeof part === 'string' ? quoted(part) : part.cel).join(' + ')
  return when === undefined ? text : `${when} ? ${text} : ''`
}

/** Returns the variables that the validations refer to, directly or by way of later variables, in their order. */
function usedVariables (variables: Record<string, string>, validations: unknown[]) {
  return Object.entries(variables).reduceRight<Array<{ name: string, expression: string }>>((used, [name, expression]) => {
    const isUsed = new RegExp(`variables\\.${name}\\b`).test(JSON.stringify([used, validations]))
    return isUsed ? [{ name, expression: oneLine(expression) }, ...used] : used
  }, [])
}

export function oneLine (expression: string): string {
  return expression.trim().replace(/\s*\n\s*/g, ' ')
}

/**
 * By operation, each with a binding of its own. Without the WorkloadPolicy nothing is created: Deny applies before all
 * conditions, so no user is exempt, only objects with `exceptLabel`. Updates pass: it is deleted with the namespace, and
 * objects with finalizers must still be updated then; terminating-namespaces.ts checks these updates.
 */
const whenParameterIsMissing = { CREATE: 'Deny', UPDATE: 'Allow' } as const

function bindings ({ name, resources, hasParameter = false, action, withoutParameter }: Guardrail) {
  if (!hasParameter) return [binding(name, name, action, {})]
  if (action === 'Warn' || withoutParameter === 'Allow') return [binding(name, name, action, { paramRef: paramRef('Allow') })]
  return Object.entries(whenParameterIsMissing).flatMap(([operation, parameterNotFoundAction]) => {
    const resourceRules = resources.map(rule => ({ ...rule, operations: rule.operations.filter(each => each === operation) }))
      .filter(({ operations }) => operations.length > 0)
      .map(resourceRule)
    // A binding without resourceRules would match everything.
    return resourceRules.length === 0
      ? []
      : [binding(`${name}-${operation.toLowerCase()}`, name, action, {
          paramRef: paramRef(parameterNotFoundAction),
          matchResources: { matchPolicy: 'Equivalent', resourceRules }
        })]
  })
}

const paramRef = (parameterNotFoundAction: 'Deny' | 'Allow') => ({ name: workloadPolicyName, parameterNotFoundAction })

function binding (name: string, policyName: string, action: Guardrail['action'], rest: object) {
  return {
    apiVersion,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name, labels },
    spec: { policyName, validationActions: [action ?? 'Deny'], ...rest }
  } satisfies ValidatingAdmissionPolicyBinding
}
