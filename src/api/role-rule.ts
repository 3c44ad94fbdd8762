import { Type, type Static } from '@sinclair/typebox'
import { withValidations, type Validation } from './validation/cel-rule.ts'

/** Verbs that escalate privileges. Source: https://kubernetes.io/docs/concepts/security/rbac-good-practices/ */
export const escalatingVerbs = ['escalate', 'bind', 'impersonate'] as const

const noWildcard: Validation<string[]> = {
  rule: "!('*' in self)",
  message: "'*' would also grant access to future resources. List each one",
  isValid: self => !self.includes('*')
}

const names = (description: string, validations: ReadonlyArray<Validation<string[]>>) =>
  withValidations(Type.Array(Type.String({ maxLength: 253 }), { minItems: 1, maxItems: 64, description }), validations)

/** The part of a PolicyRule that a class may use: no wildcard, no nonResourceURLs, no privilege escalation. */
export const RoleRule = Type.Object({
  apiGroups: names('API groups; "" is the core group.', [noWildcard]),
  resources: names('Resources in the plural, with a subresource where needed: pods, pods/log.', [
    { ...noWildcard, rule: "self.all(resource, !resource.contains('*'))", isValid: self => !self.some(resource => resource.includes('*')) }
  ]),
  resourceNames: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 253 }), {
    minItems: 1, maxItems: 64, description: 'Only objects with these names; all objects if absent.'
  })),
  verbs: names('get, list, watch, create, update, patch, delete, deletecollection, or a custom verb of a resource.', [
    noWildcard,
    {
      rule: `!self.exists(verb, verb in [${escalatingVerbs.map(verb => `'${verb}'`).join(', ')}])`,
      message: 'escalate, bind and impersonate let a tenant escalate its permissions. Remove them',
      isValid: self => !self.some(verb => escalatingVerbs.some(escalating => escalating === verb))
    }
  ])
}, { description: 'Permissions within the namespace of the tenant, as in a Role.' })
export type RoleRule = Static<typeof RoleRule>
