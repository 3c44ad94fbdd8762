import type { Fields } from '../../kubernetes/json.ts'
import { reasonOf, sortOf, type Sort } from '../answer.ts'
import type { Resource } from '../api.ts'
import { failed, passed, skipped, type Result } from '../check.ts'
import type { Context } from '../context.ts'
import { creation } from '../creation.ts'
import { describeSubject, type Member } from '../members.ts'
import { whyUnknown } from '../escalation/attempts.ts'
import { withoutMembers } from '../access/denied.ts'

/** An object that takes what others own, and the same one without it. */
export interface ObjectTrial {
  resource: Resource
  what: string
  harmless: Fields
  harmful: Fields
  expected?: readonly Sort[]
}

/** Creates both in dry runs as the first member that may create the harmless one. */
export async function judgeObject (context: Context, trial: ObjectTrial): Promise<Result> {
  const unknown = await withoutMembers(context)
  if (unknown !== undefined) return unknown
  const { present } = await context.present()
  const { resource, what, harmless, harmful, expected = ['policy', 'quota'] } = trial
  let reason = ''
  for (const member of present) {
    const control = await create(context, member, resource, harmless)
    if (sortOf(control) === 'not-found') return skipped(`${resource.kind}s are not served`)
    if (sortOf(control) !== 'admitted') {
      reason = sortOf(control) === 'rbac' && reason !== '' ? reason : `a harmless ${resource.kind} is refused too: ${whyUnknown(control)}`
      continue
    }
    const answer = await create(context, member, resource, harmful)
    if (sortOf(answer) === 'admitted') return failed(`${describeSubject(member.subject)} may create ${what}`)
    if (!expected.includes(sortOf(answer))) return skipped(`${what}: ${whyUnknown(answer)}`)
    return passed(`${what} is refused: ${reasonOf(answer)}`)
  }
  return skipped(reason)
}

async function create ({ api, target }: Context, member: Member, resource: Resource, content: Fields) {
  return await api.dryRun(member.identity, creation(resource, target.name, content))
}
