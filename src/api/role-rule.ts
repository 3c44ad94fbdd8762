import { Type, type Static } from '@sinclair/typebox'
import { withValidations, type Validation } from './validation/cel-rule.ts'

/** Verbs with which one becomes somebody else. Source: https://kubernetes.io/docs/concepts/security/rbac-good-practices/ */
export const escalatingVerbs = ['escalate', 'bind', 'impersonate'] as const

const noWildcard: Validation<string[]> = {
  rule: "!('*' in self)",
  message: "'*' also means what does not exist yet: list what is meant",
  holds: self => !self.includes('*')
}

const names = (description: string, validations: ReadonlyArray<Validation<string[]>>) =>
  withValidations(Type.Array(Type.String({ maxLength: 253 }), { minItems: 1, maxItems: 64, description }), validations)

/** What of a PolicyRule a class may write: no wildcard, nothing cluster-wide (nonResourceURLs), no way to more rights. */
export const RoleRule = Type.Object({
  apiGroups: names('API groups; "" is the core group.', [noWildcard]),
  resources: names('Resources in the plural, with a subresource where meant: pods, pods/log.', [
    { ...noWildcard, rule: "self.all(resource, !resource.contains('*'))", holds: self => !self.some(resource => resource.includes('*')) }
  ]),
  resourceNames: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 253 }), { minItems: 1, maxItems: 64, description: 'Only objects of these names. Without it, all.' })),
  verbs: names('get, list, watch, create, update, patch, delete, deletecollection, or verbs of their own that a resource has.', [
    noWildcard,
    {
      rule: `!self.exists(verb, verb in [${escalatingVerbs.map(verb => `'${verb}'`).join(', ')}])`,
      message: 'escalate, bind and impersonate let a tenant take rights that nobody gave it: remove them',
      holds: self => !self.some(verb => escalatingVerbs.some(escalating => escalating === verb))
    }
  ])
}, { description: 'Rights within the namespace of the tenant, as in a Role.' })
export type RoleRule = Static<typeof RoleRule>
