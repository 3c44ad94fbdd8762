import { subjectName } from '../kubernetes/binding-subjects.ts'

const kinds = ['User', 'Group', 'ServiceAccount']
/** The user of requests without credentials. */
const anonymous = 'system:anonymous'

export interface SubjectFilter {
  matches: (subject: string) => boolean
  /** What cannot be known of it. */
  notes: string[]
}

/**
 * Reads `User ada@acme.example`, or a name of any kind: `ada@acme.example`, `ci/deployer`. A ServiceAccount is also the user
 * system:serviceaccount:ci:deployer, in groups that are known; the groups of a user are not.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#service-account-tokens
 */
export function subjectFilter (text: string): SubjectFilter {
  const [, kind, name = ''] = /^(?:(User|Group|ServiceAccount)\s+)?(.*)$/s.exec(text.trim()) ?? []
  const account = accountOf(kind, name)
  const possible = kinds.filter(other => kind === undefined || other === kind)
  const wanted = new Set([
    ...possible.map(other => `${other} ${name}`),
    ...account === undefined ? [] : namesOfAccount(account),
    ...kind === 'Group' ? [] : [name === anonymous ? 'Group system:unauthenticated' : 'Group system:authenticated']
  ])
  const isUser = account === undefined && name !== anonymous && possible.includes('User')
  return { matches: subject => wanted.has(subject), notes: isUser ? [groupsUnknown(name)] : [] }
}

interface Account { namespace: string, name: string }

/** `ci/deployer`, or the user that it is. Others have names with colons and slashes too: `oidc:ada`. */
function accountOf (kind: string | undefined, text: string): Account | undefined {
  if (kind === 'Group') return undefined
  const [, namespace, name] = /^system:serviceaccount:([a-z0-9-]+):([a-z0-9.-]+)$/.exec(text) ??
    (kind === 'User' ? null : /^([a-z0-9-]+)\/([a-z0-9.-]+)$/.exec(text)) ?? []
  return namespace === undefined || name === undefined ? undefined : { namespace, name }
}

function namesOfAccount ({ namespace, name }: Account): string[] {
  return [
    subjectName({ kind: 'ServiceAccount', namespace, name }),
    `User system:serviceaccount:${namespace}:${name}`,
    'Group system:serviceaccounts',
    `Group system:serviceaccounts:${namespace}`
  ]
}

function groupsUnknown (name: string): string {
  return `the identity provider alone knows the groups of ${name}, so access by a group is not listed. ` +
    'List it for each group: --subject "Group NAME"'
}
