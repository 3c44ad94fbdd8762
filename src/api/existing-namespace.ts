import { Type } from '@sinclair/typebox'
import { withValidations } from './validation/cel-rule.ts'
import { dnsLabel } from './validation/label-syntax.ts'

/**
 * Namespaces of Kubernetes and OpenShift. Those of the platform itself have names of its installation, which a guardrail knows.
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces
 */
const systemNames = ['default', 'openshift']
const systemPrefixes = ['kube-', 'openshift-']

const list = (texts: readonly string[]): string => `[${texts.map(text => `'${text}'`).join(', ')}]`

export function isSystemNamespace (name: string): boolean {
  return systemNames.includes(name) || systemPrefixes.some(prefix => name.startsWith(prefix))
}

/** The name of a namespace that a Tenant has without having created it. */
export const ExistingNamespace = withValidations(Type.String({
  minLength: 1,
  maxLength: 63,
  pattern: dnsLabel.source,
  description: 'Instead of name: a namespace of any name that exists. It is never created. Until k8s-mtp adopt gives it to the Tenant, ' +
    'it stays unchanged, and the status says what to do.'
}), [{
  rule: `!(self in ${list(systemNames)}) && ${systemPrefixes.map(prefix => `!self.startsWith('${prefix}')`).join(' && ')}`,
  message: `namespaces of the system (${[...systemNames, ...systemPrefixes.map(prefix => `${prefix}*`)].join(', ')}) cannot belong to a ` +
    'Tenant. Remove the entry',
  isValid: self => !isSystemNamespace(self)
}])

/**
 * The second owner of an existing namespace that outlives its Tenant: the garbage collector deletes an object only without any owner,
 * and this one cannot be deleted. `k8s-mtp adopt` sets it.
 * Source: https://kubernetes.io/docs/concepts/architecture/garbage-collection/#owners-dependents
 */
export const keeper = { apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' } as const
