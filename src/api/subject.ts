import { Type, type Static } from '@sinclair/typebox'
import { Expiry } from './expires-at.ts'
import { OneOf } from './one-of.ts'
import { dnsLabel, subdomain } from './validation/label-syntax.ts'
import { withValidations, type Validation } from './validation/cel-rule.ts'

/**
 * Users and groups with this prefix stand for all users, for nodes or for cluster administrators: a tenant that names
 * one would open its namespace to the whole cluster. Service accounts, by name or by namespace, are the exception.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects
 */
export const systemPrefix = 'system:'
export const serviceAccountPrefixes = ['system:serviceaccount:', 'system:serviceaccounts:'] as const

function isSystemName (name: string): boolean {
  return name.startsWith(systemPrefix) && !serviceAccountPrefixes.some(prefix => name.startsWith(prefix))
}

/**
 * Control characters, and those that separate lines or change the direction of text: in a list of people they would forge
 * an entry, or control a terminal. In the syntax of RE2, and of JavaScript.
 */
const controls = {
  cel: '[\\\\p{Cc}\\\\p{Zl}\\\\p{Zp}\\\\x{202A}-\\\\x{202E}\\\\x{2066}-\\\\x{2069}]',
  typescript: /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u
}

export const subjectFields = {
  kind: OneOf(['User', 'Group', 'ServiceAccount'], {
    description: 'User and Group are names from the authentication of the cluster; ServiceAccount is an object in a namespace.'
  }),
  name: Type.String({
    minLength: 1,
    maxLength: 253,
    description: 'Name of the user, group or ServiceAccount, for example ada@acme.example.'
  }),
  namespace: Type.Optional(Type.String({
    minLength: 1,
    maxLength: 63,
    pattern: dnsLabel.source,
    description: 'Namespace of the ServiceAccount. Required for a ServiceAccount, refused for users and groups.'
  }))
}

const isOneSubject: Array<Validation<{ kind: string, name: string, namespace?: string }>> = [
  {
    rule: "self.kind != 'ServiceAccount' || has(self.namespace)",
    message: 'a ServiceAccount needs its namespace. Add namespace to this subject',
    isValid: self => self.kind !== 'ServiceAccount' || self.namespace !== undefined
  },
  {
    rule: "self.kind == 'ServiceAccount' || !has(self.namespace)",
    message: 'only a ServiceAccount has a namespace. Remove namespace, or set kind to ServiceAccount',
    isValid: self => self.kind === 'ServiceAccount' || self.namespace === undefined
  },
  {
    rule: `self.kind != 'ServiceAccount' || self.name.matches('${subdomain.source}')`,
    message: 'the name of a ServiceAccount has lower-case letters, digits, dashes and dots. Write it as kubectl get ' +
      'serviceaccounts shows it',
    isValid: self => self.kind !== 'ServiceAccount' || subdomain.test(self.name)
  },
  {
    rule: `!self.name.matches('${controls.cel}')`,
    message: 'the name has a control character, such as a line break, or one that changes the direction of text. ' +
      'Write only visible characters',
    isValid: self => !controls.typescript.test(self.name)
  }
]

export const Subject = withValidations(
  Type.Object({ ...subjectFields, expiresAt: Type.Optional(Expiry) }, {
    description: 'A user, group or ServiceAccount with access to the namespace of the Tenant.'
  }),
  [
    ...isOneSubject,
    {
      name: 'system-subject',
      rule: [`!self.name.startsWith('${systemPrefix}')`,
        ...serviceAccountPrefixes.map(prefix => `self.name.startsWith('${prefix}')`)].join(' || '),
      message: 'users and groups that begin with system: (except service accounts) stand for all users, for nodes or for cluster ' +
        'administrators. Name the users, groups or ServiceAccounts instead',
      isValid: self => !isSystemName(self.name)
    }
  ]
)
export type Subject = Static<typeof Subject>

/** Unlike a subject of a Tenant, it may be a system group: it gets no access. */
export const Author = withValidations(
  Type.Object(subjectFields, { description: 'A user, group or ServiceAccount that the guardrail admits. RBAC still applies.' }),
  isOneSubject
)
export type Author = Static<typeof Author>
