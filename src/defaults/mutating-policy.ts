import { apiVersion as ownApiVersion, labels as labelKeys } from '../api/group.ts'
import { matchConstraints, oneLine } from '../guardrails/admission-policy.ts'
import { workloadPolicyName } from '../tenancy/desired/workload-policy-manifest.ts'
import type { DefaultsPolicy, Patch } from './defaults-policy.ts'

/** Served by Kubernetes 1.36 and later. */
export const apiVersion = 'admissionregistration.k8s.io/v1'
const labels = { 'app.kubernetes.io/name': 'k8s-mtp', 'app.kubernetes.io/component': 'defaults' }

/**
 * Builds the policy and its binding, for namespaces of Tenants. What cannot be filled in is judged as it is: failurePolicy Ignore. All
 * patches are one mutation, since the API server encodes and decodes the object for each.
 */
export function mutatingManifests (defaults: DefaultsPolicy) {
  const { name, purpose, conditions, variables = {}, patches, hasParameter = false } = defaults
  const policy = {
    apiVersion,
    kind: 'MutatingAdmissionPolicy',
    metadata: { name, labels, annotations: { 'kubernetes.io/description': purpose } },
    spec: {
      failurePolicy: 'Ignore',
      // Webhooks that inject sidecars may run later.
      reinvocationPolicy: 'IfNeeded',
      ...(hasParameter && { paramKind: { apiVersion: ownApiVersion, kind: 'WorkloadPolicy' } }),
      matchConstraints: matchConstraints({ ...defaults, namespaceLabel: labelKeys.tenant }),
      matchConditions: Object.entries(conditions).map(([name, { expression }]) => ({ name, expression: oneLine(expression) })),
      ...(Object.keys(variables).length > 0 && {
        variables: Object.entries(variables).map(([name, expression]) => ({ name, expression: oneLine(expression) }))
      }),
      mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: Object.values(patches).map(expressionOf).map(oneLine).join(' + ') } }]
    }
  }
  const binding = {
    apiVersion,
    kind: 'MutatingAdmissionPolicyBinding',
    metadata: { name, labels },
    spec: { policyName: name, ...(hasParameter && { paramRef: { name: workloadPolicyName, parameterNotFoundAction: 'Allow' } }) }
  }
  return [policy, binding]
}

function expressionOf ({ when, operations }: Patch): string {
  return when === undefined ? `(${operations.trim()})` : `(!(${when.trim()}) ? [] : (${operations.trim()}))`
}
