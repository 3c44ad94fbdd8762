import { Type, type Static } from '@sinclair/typebox'
import { Expiry } from './expires-at.ts'
import { subdomain } from './validation/label-syntax.ts'
import { withValidations } from './validation/cel-rule.ts'

/**
 * Users and groups of the system stand for everybody, for nodes, or for whoever is above the law: a tenant that could name one of them would
 * hand its namespace to the whole cluster. Service accounts, one by one or by namespace, are the exception.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects
 */
export const systemPrefix = 'system:'
export const serviceAccountPrefixes = ['system:serviceaccount:', 'system:serviceaccounts:'] as const

function isOfTheSystem (name: string): boolean {
  return name.startsWith(systemPrefix) && !serviceAccountPrefixes.some(prefix => name.startsWith(prefix))
}

export const Subject = withValidations(
  Type.Object({
    kind: Type.Union([Type.Literal('User'), Type.Literal('Group'), Type.Literal('ServiceAccount')], {
      description: 'User and Group are names that your authentication hands to the API server; ServiceAccount is an object in a namespace.'
    }),
    name: Type.String({ minLength: 1, maxLength: 253, description: 'Name of the user, group or ServiceAccount, for example ada@acme.example.' }),
    namespace: Type.Optional(Type.String({
      minLength: 1,
      maxLength: 63,
      description: 'Namespace of the ServiceAccount. Needed for a ServiceAccount, refused for users and groups.'
    })),
    expiresAt: Type.Optional(Expiry)
  }, { description: 'Somebody who gets rights in the namespace of the Tenant.' }),
  [
    {
      rule: "self.kind != 'ServiceAccount' || has(self.namespace)",
      message: 'a ServiceAccount needs its namespace: add namespace to this subject',
      holds: self => self.kind !== 'ServiceAccount' || self.namespace !== undefined
    },
    {
      rule: "self.kind == 'ServiceAccount' || !has(self.namespace)",
      message: 'only a ServiceAccount has a namespace: remove namespace from this subject, or make its kind ServiceAccount',
      holds: self => self.kind === 'ServiceAccount' || self.namespace === undefined
    },
    {
      rule: `self.kind != 'ServiceAccount' || self.name.matches('${subdomain.source}')`,
      message: 'the name of a ServiceAccount is one of lower-case letters, digits, dashes and dots: write it as kubectl get serviceaccounts shows it',
      holds: self => self.kind !== 'ServiceAccount' || subdomain.test(self.name)
    },
    {
      rule: `!self.name.startsWith('${systemPrefix}') || ${serviceAccountPrefixes.map(prefix => `self.name.startsWith('${prefix}')`).join(' || ')}`,
      message: 'users and groups that begin with system: stand for everybody, for nodes or for cluster administrators (but for service accounts): name the users, groups or ServiceAccounts that are meant',
      holds: self => !isOfTheSystem(self.name)
    }
  ]
)
export type Subject = Static<typeof Subject>
