import type {
  RuleWithOperations, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding, Validation
} from 'kubernetes-types/admissionregistration/v1.js'
import { apiVersion as ownApiVersion } from '../api/group.ts'
import { workloadPolicyName } from '../tenancy/desired/workload-policy-manifest.ts'
import { commonVariables, quoted } from './cel.ts'
import type { Guardrail, ResourceRule, Rule } from './guardrail.ts'

const apiVersion = 'admissionregistration.k8s.io/v1'
const labels = { 'app.kubernetes.io/name': 'k8s-mtp', 'app.kubernetes.io/component': 'guardrail' }

/** Builds the policy and the bindings of a guardrail. What the policy cannot decide is refused (failurePolicy Fail). */
export function guardrailManifests (guardrail: Guardrail) {
  return [policy(guardrail), ...bindings(guardrail)]
}

function policy (guardrail: Guardrail) {
  const { name, purpose, resources, namespaceLabel, namespaces, conditions = {}, rules, hasParameter = false } = guardrail
  const validations = Object.values(rules).map(validation)
  const matchConditions = Object.entries(conditions).map(([name, { expression }]) => ({ name, expression: oneLine(expression) }))
  const variables = usedVariables({ ...commonVariables, ...guardrail.variables }, validations)
  const selected = [
    ...(namespaceLabel === undefined ? [] : [{ key: namespaceLabel, operator: 'Exists' }]),
    ...(namespaces === undefined ? [] : [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: [...namespaces] }])
  ]
  return {
    apiVersion,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name, labels, annotations: { 'kubernetes.io/description': purpose } },
    spec: {
      failurePolicy: 'Fail',
      ...(hasParameter && { paramKind: { apiVersion: ownApiVersion, kind: 'WorkloadPolicy' } }),
      matchConstraints: {
        matchPolicy: 'Equivalent',
        ...(selected.length > 0 && { namespaceSelector: { matchExpressions: selected } }),
        resourceRules: resources.map(resourceRule)
      },
      ...(matchConditions.length > 0 && { matchConditions }),
      ...(variables.length > 0 && { variables }),
      validations
    }
  } satisfies ValidatingAdmissionPolicy
}

/** kubernetes-types lacks `resources`. */
function resourceRule ({ group, resources, operations }: ResourceRule) {
  return { apiGroups: [group], apiVersions: ['*'], operations, resources } satisfies RuleWithOperations & { resources: string[] }
}

function validation ({ expression, message }: Rule) {
  const parts = message.split(/(?<!\\)\{([^{}]+)\}/).map((part, index) => index % 2 === 0 ? part.replaceAll('\\{', '{') : { cel: part })
  const [text] = parts
  return {
    expression: oneLine(expression),
    ...(parts.length === 1 && typeof text === 'string' ? { message: text } : { messageExpression: concatenated(parts) }),
    reason: 'Forbidden'
  } satisfies Validation
}

function concatenated (parts: Array<string | { cel: string }>): string {
  return parts.filter(part => part !== '').map(part => typeof part === 'string' ? quoted(part) : part.cel).join(' + ')
}

/** Returns the variables that the validations refer to, directly or by way of later variables, in their order. */
function usedVariables (variables: Record<string, string>, validations: unknown[]) {
  return Object.entries(variables).reduceRight<Array<{ name: string, expression: string }>>((used, [name, expression]) => {
    const isUsed = new RegExp(`variables\\.${name}\\b`).test(JSON.stringify([used, validations]))
    return isUsed ? [{ name, expression: oneLine(expression) }, ...used] : used
  }, [])
}

function oneLine (expression: string): string {
  return expression.trim().replace(/\s*\n\s*/g, ' ')
}

/**
 * By operation, each with a binding of its own. Without the WorkloadPolicy nothing is created: Deny applies before all
 * conditions, so no user is exempt. Updates pass: it is deleted with the namespace, and objects with finalizers must
 * still be updated then; terminating-namespaces.ts checks these updates.
 */
const whenParameterIsMissing = { CREATE: 'Deny', UPDATE: 'Allow' } as const

function bindings ({ name, resources, hasParameter = false }: Guardrail) {
  if (!hasParameter) return [binding(name, name, {})]
  return Object.entries(whenParameterIsMissing).flatMap(([operation, parameterNotFoundAction]) => {
    const resourceRules = resources.map(rule => ({ ...rule, operations: rule.operations.filter(each => each === operation) }))
      .filter(({ operations }) => operations.length > 0)
      .map(resourceRule)
    // A binding without resourceRules would match everything.
    return resourceRules.length === 0
      ? []
      : [binding(`${name}-${operation.toLowerCase()}`, name, {
          paramRef: { name: workloadPolicyName, parameterNotFoundAction },
          matchResources: { matchPolicy: 'Equivalent', resourceRules }
        })]
  })
}

function binding (name: string, policyName: string, rest: object) {
  return {
    apiVersion,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name, labels },
    spec: { policyName, validationActions: ['Deny'], ...rest }
  } satisfies ValidatingAdmissionPolicyBinding
}
