import type { Permission } from '../../kubernetes/api-request.ts'
import { few } from '../../check/finding.ts'
import { failed, passed, skipped, undecided, type Result } from '../check.ts'
import type { Context } from '../context.ts'
import { subjectName } from '../../kubernetes/binding-subjects.ts'
import type { Member } from '../members.ts'
import type { BoundRules } from './bound-rules.ts'
import { unique } from './rule-permissions.ts'

/** Enough to ask some thousand questions in seconds, and little for the API server. */
const atOnce = 16

/** `list secrets in kube-system`, `create serviceaccounts/token deployer`. */
export function describePermission ({ group, resource, verb, name, namespace }: Permission): string {
  const [plural = '', ...subresource] = resource.split('/')
  const kind = [group === '' ? plural : `${plural}.${group}`, ...subresource].join('/')
  return [verb, kind, ...(name === undefined ? [] : [name]), ...(namespace === undefined ? [] : [`in ${namespace}`])].join(' ')
}

/** A permission of a member. */
export interface Grant { member: Member, permission: Permission }

/** Lists which of the permissions the members have. */
export async function grantedOf<Question extends Grant> (
  { api }: Pick<Context, 'api'>, questions: readonly Question[]
): Promise<Question[]> {
  const granted: Question[] = []
  for (let start = 0; start < questions.length; start += atOnce) {
    const some = questions.slice(start, start + atOnce)
    const answers = await Promise.all(some.map(async ({ member, permission }) => await api.isAllowed(member.identity, permission)))
    granted.push(...some.filter((_, index) => answers[index] === true))
  }
  return granted
}

/** What the rules of bindings add to the questions about a member. */
export type ByRules = (rules: BoundRules, member: Member) => readonly Permission[]

/**
 * Lists the first of the permissions by rules of bindings that the members have, in particular those on single objects: questions without
 * a name miss them. It rejects where the caller may not list the bindings and their roles.
 */
export async function grantedByRules (context: Context, byRules: ByRules): Promise<Grant[]> {
  const [rules, { present }] = await Promise.all([context.boundRules(), context.present()])
  const questions = present.flatMap(member => unique(byRules(rules, member)).map(permission => ({ member, permission })))
  for (let start = 0; start < questions.length; start += maxFirst) {
    const granted = await grantedOf(context, questions.slice(start, start + maxFirst))
    if (granted.length > 0) return granted
  }
  return []
}

/** Rules with many names are many questions: evidence does not need all answers. */
const maxFirst = 256

/** Why nothing can be said about the members; undefined where some of them have access. */
export async function withoutMembers (context: Context): Promise<Result | undefined> {
  const { present, absent } = await context.present()
  if (present.length > 0) return undefined
  const { name } = context.target
  return undecided(absent.length === 0
    ? `no subject has access to ${name}`
    : `${few(absent.map(({ subject }) => subjectName(subject)))} have no access to ${name} either, so a denial proves nothing`)
}

/**
 * Passes where no member has any of the permissions. The control is the access of the same members to their own namespace: without it, a
 * member does not exist for the API server.
 */
export async function noMemberMay (
  context: Context, permissionsOf: (member: Member) => readonly Permission[], byRules: ByRules
): Promise<Result> {
  const unknown = await withoutMembers(context)
  if (unknown !== undefined) return unknown
  const { present } = await context.present()
  const questions = present.flatMap(member => permissionsOf(member).map(permission => ({ member, permission })))
  const granted = await grantedOf(context, questions)
  if (granted.length > 0) return failed(describeGrants(granted))
  const further = await grantedByRules(context, byRules)
  if (further.length > 0) return failed(describeGrants(further))
  const [example] = questions
  if (example === undefined) return skipped('there is nothing to ask about')
  const count = new Set(questions.map(({ permission }) => describePermission(permission))).size
  return passed(`${present.length === 1 ? '1 subject has' : `${present.length} subjects have`} none of ${count} permissions, ` +
    `such as ${describePermission(example.permission)}`)
}

/** `User ada may list nodes, get nodes and 2 more`. */
export function describeGrants (granted: readonly Grant[]): string {
  const subjects = [...new Set(granted.map(({ member }) => member))]
  return few(subjects.map(member =>
    `${subjectName(member.subject)} may ${few(granted.filter(grant => grant.member === member)
      .map(({ permission }) => describePermission(permission)))}`), 2)
}
