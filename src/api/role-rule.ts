import { Type, type Static } from '@sinclair/typebox'
import { clusterScopedResources } from './cluster-scoped-resources.ts'
import { group } from './group.ts'
import { withValidations, type Validation } from './validation/cel-rule.ts'

/** Verbs that escalate privileges. Source: https://kubernetes.io/docs/concepts/security/rbac-good-practices/ */
export const escalatingVerbs = ['escalate', 'bind', 'impersonate'] as const

/** Verbs that change nothing. All others count as writes. */
export const readingVerbs: readonly string[] = ['get', 'list', 'watch']

const listOf = (names: readonly string[]) => `[${names.map(name => `'${name}'`).join(', ')}]`

const noWildcard: Validation<string[]> = {
  rule: "!('*' in self)",
  message: "'*' would also grant access to future resources. List each one",
  isValid: self => !self.includes('*')
}

const names = (maxItems: number, description: string, validations: ReadonlyArray<Validation<string[]>>) =>
  withValidations(Type.Array(Type.String({ maxLength: 253 }), { minItems: 1, maxItems, description }), validations)

interface Granted { apiGroups: string[], resources: string[], verbs: string[] }

/**
 * CEL, true for a rule on none of these resources, and on no subresource of them. It splits each name once: the API server refuses rules
 * that may be too costly for the longest lists.
 */
const grantsNoneOf = (resources: Readonly<Record<string, readonly string[]>>) =>
  "self.resources.map(resource, resource.split('/')[0]).all(name, " +
  `${Object.entries(resources).map(([apiGroup, names]) => `!('${apiGroup}' in self.apiGroups && name in ${listOf(names)})`).join(' && ')})`

const grantsOn = ({ apiGroups, resources }: Granted, apiGroup: string, names: readonly string[]) =>
  apiGroups.includes(apiGroup) && resources.some(resource => names.some(name => resource === name || resource.startsWith(`${name}/`)))

const staysInNamespace: ReadonlyArray<Validation<Granted>> = [
  {
    rule: grantsNoneOf({ '': ['namespaces'] }),
    message: 'a Role applies to the Namespace object that it is in, so writers could change its pod security and its labels. ' +
      'Remove namespaces: every role may read it already',
    isValid: self => !grantsOn(self, '', ['namespaces'])
  },
  {
    rule: grantsNoneOf(clusterScopedResources),
    message: 'a Role in a namespace grants nothing on cluster-scoped resources, such as nodes, clusterroles and storageclasses. ' +
      'Remove them, or grant them in a ClusterRole with a ClusterRoleBinding',
    isValid: self => !Object.entries(clusterScopedResources).some(([apiGroup, resources]) => grantsOn(self, apiGroup, resources))
  },
  {
    rule: `self.verbs.all(verb, verb in ${listOf(readingVerbs)}) || ${grantsNoneOf({ [group]: ['workloadpolicies'] })}`,
    message: `a WorkloadPolicy is what guardrails enforce, and only k8s-mtp writes it. Grant only ${readingVerbs.join(', ')} on ` +
      'workloadpolicies',
    isValid: self => !grantsOn(self, group, ['workloadpolicies']) || self.verbs.every(verb => readingVerbs.includes(verb))
  }
]

const roleRule = (maxItems: number) => withValidations(Type.Object({
  apiGroups: names(maxItems, 'API groups; "" is the core group.', [noWildcard]),
  resources: names(maxItems, 'Resources in the plural, with a subresource where needed: pods, pods/log.', [
    { ...noWildcard, rule: "self.all(resource, !resource.contains('*'))", isValid: self => !self.some(resource => resource.includes('*')) }
  ]),
  resourceNames: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 253 }), {
    minItems: 1, maxItems, description: 'Only objects with these names; all objects if absent.'
  })),
  verbs: names(maxItems, 'get, list, watch, create, update, patch, delete, deletecollection, or a custom verb of a resource.', [
    noWildcard,
    {
      rule: `!self.exists(verb, verb in ${listOf(escalatingVerbs)})`,
      message: 'escalate, bind and impersonate let a tenant escalate its permissions. Remove them',
      isValid: self => !self.some(verb => escalatingVerbs.some(escalating => escalating === verb))
    }
  ])
}, { description: 'Permissions within the namespace of the tenant, as in a Role.' }), staysInNamespace)

/** The part of a PolicyRule that a class may use: no wildcard, no nonResourceURLs, no escalation, nothing outside of the namespace. */
export const RoleRule = roleRule(64)
/** For maps of roles: the API server refuses a CRD whose rules may cost too much, were all lists as long as they may be. */
export const ShortRoleRule = roleRule(16)
export type RoleRule = Static<typeof RoleRule>
