import type { Guardrail, ResourceRule, Rule } from './guardrail.ts'

const apiVersion = 'admissionregistration.k8s.io/v1'
const labels = { 'app.kubernetes.io/name': 'k8s-mtp', 'app.kubernetes.io/component': 'guardrail' }

/** The policy and the bindings that a guardrail comes to. Whatever cannot be decided is refused (failurePolicy Fail). */
export function guardrailManifests (guardrail: Guardrail) {
  return [policy(guardrail), ...bindings(guardrail)]
}

function policy ({ name, purpose, resources, inNamespacesWith, conditions = {}, variables = {}, rules, parameter }: Guardrail) {
  return {
    apiVersion,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name, labels, annotations: { 'kubernetes.io/description': purpose } },
    spec: {
      failurePolicy: 'Fail',
      ...(parameter !== undefined && { paramKind: { apiVersion: parameter.apiVersion, kind: parameter.kind } }),
      matchConstraints: {
        matchPolicy: 'Equivalent',
        ...(inNamespacesWith !== undefined && { namespaceSelector: { matchExpressions: [{ key: inNamespacesWith, operator: 'Exists' }] } }),
        resourceRules: resources.map(resourceRule)
      },
      ...(Object.keys(conditions).length > 0 && { matchConditions: named(conditions) }),
      ...(Object.keys(variables).length > 0 && { variables: named(variables) }),
      validations: rules.map(validation)
    }
  }
}

function resourceRule ({ group, resources, operations }: ResourceRule) {
  return { apiGroups: [group], apiVersions: ['*'], operations, resources }
}

function validation ({ holds, message }: Rule) {
  return {
    expression: oneLine(holds),
    ...(typeof message === 'string' ? { message } : { messageExpression: oneLine(message.cel) }),
    reason: 'Forbidden'
  }
}

function named (expressions: Record<string, string>) {
  return Object.entries(expressions).map(([name, expression]) => ({ name, expression: oneLine(expression) }))
}

/** CEL is written over several lines in the sources; in YAML each expression is one. */
function oneLine (expression: string): string {
  return expression.trim().replace(/\s*\n\s*/g, ' ')
}

function bindings (guardrail: Guardrail) {
  const { name, parameter } = guardrail
  if (parameter === undefined) return [binding(name, name, {})]
  return Object.entries(parameter.whenMissing).flatMap(([operation, parameterNotFoundAction]) => {
    const resourceRules = rulesFor(operation, guardrail)
    // A binding without rules would be one for everything.
    return resourceRules.length === 0
      ? []
      : [binding(`${name}-${operation.toLowerCase()}`, name, {
          paramRef: { name: parameter.name, parameterNotFoundAction },
          matchResources: { matchPolicy: 'Equivalent', resourceRules }
        })]
  })
}

function rulesFor (operation: string, { resources }: Guardrail) {
  return resources.flatMap(rule => rule.operations.filter(candidate => candidate === operation).map(only => resourceRule({ ...rule, operations: [only] })))
}

function binding (name: string, policyName: string, rest: object) {
  return {
    apiVersion,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name, labels },
    spec: { policyName, validationActions: ['Deny'], ...rest }
  }
}
