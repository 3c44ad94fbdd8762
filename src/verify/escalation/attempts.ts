import type { DryRun, DryRunAnswer, Permission } from '../../kubernetes/api-request.ts'
import type { Fields } from '../../kubernetes/json.ts'
import { groupOf } from '../../kubernetes/object.ts'
import { reasonOf, sortOf, type Sort } from '../answer.ts'
import { few } from '../../check/finding.ts'
import { failed, passed, skipped, undecided, type Result } from '../check.ts'
import type { Context } from '../context.ts'
import { creation } from '../creation.ts'
import { subjectName } from '../../kubernetes/binding-subjects.ts'
import type { Member } from '../members.ts'
import { resources } from '../../kubernetes/resources.ts'
import { grantedOf, withoutMembers } from '../access/denied.ts'
import { byDistinction, withUntried } from '../representatives.ts'

/** A write that no member may make. */
export interface Attempt {
  /** For the evidence: `change ResourceQuota tenant-quota`. */
  what: string
  request: DryRun
  /** True for an admitted object that an admission policy has made harmless. */
  isHarmless?: (object: Fields) => boolean
}

/** Members that dry runs are sent as, besides those that RBAC refuses by an access review. */
export const maxTried = 64

/** What an answer means for a check. */
export type Judgement =
  { kind: 'harm', what: string } | { kind: 'refused', what: string, reason: string } | { kind: 'unknown', reason: string }

/** A ConfigMap, which most members may create: the harmless version of a write. */
const harmless = (namespace: string): DryRun => creation(resources.configMaps, namespace, {})

/** Why dry runs of a member prove nothing; undefined where a harmless one is admitted. */
export async function uselessControl ({ api, target }: Context, member: Member): Promise<string | undefined> {
  const answer = await api.dryRun(member.identity, harmless(target.name))
  return sortOf(answer) === 'admitted' ? undefined : `a harmless ConfigMap is refused too: ${whyUnknown(answer)}`
}

const missingImpersonation = 'you may not impersonate the subjects of the namespace: the verb impersonate on users, groups and ' +
  'serviceaccounts is missing'

export function whyUnknown (answer: DryRunAnswer): string {
  if (sortOf(answer) === 'impersonation') return missingImpersonation
  return reasonOf(answer) || `code ${answer.code}`
}

/**
 * Judges one answer. A refusal by RBAC names the member, so it needs no further control; a refusal by a policy counts only where the
 * same member may make a harmless write.
 */
async function judge (
  context: Context, member: Member, { what, request, isHarmless }: Attempt, expected: readonly Sort[]
): Promise<Judgement> {
  const answer = await context.api.dryRun(member.identity, request)
  const sort = sortOf(answer)
  const who = `${subjectName(member.subject)} may ${what}`
  if (sort === 'admitted') {
    const wasChanged = isHarmless?.(answer.object ?? {}) === true
    return wasChanged ? { kind: 'refused', what, reason: 'admitted only without it' } : { kind: 'harm', what: who }
  }
  if (!expected.includes(sort)) return { kind: 'unknown', reason: `${what}: ${whyUnknown(answer)}` }
  const useless = sort === 'rbac' ? undefined : await uselessControl(context, member)
  return useless === undefined ? { kind: 'refused', what, reason: reasonOf(answer) } : { kind: 'unknown', reason: useless }
}

/** Passes where each attempt of each member is refused, by RBAC or by a policy. */
export async function noMemberCan (
  context: Context, attempts: readonly Attempt[], expected: readonly Sort[] = ['rbac', 'policy']
): Promise<Result> {
  const unknown = await withoutMembers(context)
  if (unknown !== undefined) return unknown
  if (attempts.length === 0) return skipped('there is nothing to try')
  const { present } = await context.present()
  const { distinct, alike } = byDistinction(present)
  // Members that are alike are asked about by access reviews, which are cheap. What RBAC allows them is tried.
  const trials = [...distinct.map(member => ({ member, attempts })), ...await allowedOf(context, alike, attempts)]
  const judged: Judgement[] = []
  for (const { member, attempts: some } of trials.slice(0, maxTried)) {
    judged.push(...await Promise.all(some.map(async attempt => await judge(context, member, attempt, expected))))
  }
  return withUntried(summaryOf(judged), trials.slice(maxTried).map(({ member }) => member))
}

/** The attempts of each member that RBAC does not refuse. */
async function allowedOf (
  context: Context, members: readonly Member[], attempts: readonly Attempt[]
): Promise<Array<{ member: Member, attempts: Attempt[] }>> {
  const questions = members.flatMap(member => attempts.map(attempt => ({ member, attempt, permission: permissionOf(attempt.request) })))
  const granted = await grantedOf(context, questions)
  return members.map(member => ({
    member, attempts: granted.filter(grant => grant.member === member).map(({ attempt }) => attempt)
  })).filter(trial => trial.attempts.length > 0)
}

/** What RBAC asks about a write. A namespace is in itself for RBAC. */
function permissionOf ({ verb, resource: { apiVersion, resource }, subresource, place: { name, namespace } }: DryRun): Permission {
  const within = namespace ?? (resource === 'namespaces' ? name : undefined)
  return {
    group: groupOf(apiVersion),
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    verb,
    ...(name !== undefined && { name }),
    ...(within !== undefined && { namespace: within })
  }
}

export function summaryOf (judged: readonly Judgement[]): Result {
  const harm = judged.filter(each => each.kind === 'harm')
  if (harm.length > 0) return failed(few(harm.map(({ what }) => what)))
  const unknown = judged.find(each => each.kind === 'unknown')
  if (unknown !== undefined) return undecided(unknown.reason)
  const refused = judged.filter(each => each.kind === 'refused')
  const [first] = refused
  if (first === undefined) return undecided('nothing was tried')
  return passed(`${refused.length} of ${refused.length} attempts refused, such as: ${first.reason}`)
}
