import type { DryRunAnswer, Resource } from '../../kubernetes/api-request.ts'
import type { Fields } from '../../kubernetes/json.ts'
import { reasonOf, sortOf, type Sort } from '../answer.ts'
import { failed, passed, skipped, undecided, type Result } from '../check.ts'
import type { Context } from '../context.ts'
import { creation } from '../creation.ts'
import { subjectName } from '../../kubernetes/binding-subjects.ts'
import type { Member } from '../members.ts'
import { maxTried, whyUnknown } from '../escalation/attempts.ts'
import { byDistinction, withUntried, worstOf } from '../representatives.ts'
import { withoutMembers } from '../access/denied.ts'

/** An object that takes what others own, and the same one without it. */
export interface ObjectTrial {
  resource: Resource
  what: string
  harmless: Fields
  harmful: Fields
  expected?: readonly Sort[]
}

/** Creates both in dry runs, as one member for each distinct set of kind, roles and groups that may create the harmless one. */
export async function judgeObject (context: Context, trial: ObjectTrial): Promise<Result> {
  const unknown = await withoutMembers(context)
  if (unknown !== undefined) return unknown
  const { present } = await context.present()
  const { distinct } = byDistinction(present)
  const controls = []
  for (const member of distinct.slice(0, maxTried)) {
    controls.push({ member, answer: await create(context, member, trial.resource, trial.harmless) })
  }
  const able = controls.filter(({ answer }) => sortOf(answer) === 'admitted').map(({ member }) => member)
  if (able.length === 0) return withoutControl(trial, controls.map(({ answer }) => answer))
  const results = []
  for (const member of able) results.push(await judgeAs(context, member, trial))
  return withUntried(worstOf(results), distinct.slice(maxTried))
}

/** Where RBAC refuses the kind to every member, there is nothing to refuse to them. Other refusals leave the check open. */
function withoutControl ({ resource: { kind } }: ObjectTrial, answers: readonly DryRunAnswer[]): Result {
  if (answers.some(answer => sortOf(answer) === 'not-found')) return skipped(`${kind}s are not served`)
  const other = answers.find(answer => sortOf(answer) !== 'rbac')
  const [first] = answers
  if (other === undefined && first !== undefined) return skipped(`no subject may create ${kind}s: ${whyUnknown(first)}`)
  return undecided(`a harmless ${kind} is refused too: ${other === undefined ? 'no subject has access' : whyUnknown(other)}`)
}

async function judgeAs (
  context: Context, member: Member, { resource, what, harmful, expected = ['policy', 'quota'] }: ObjectTrial
): Promise<Result> {
  const answer = await create(context, member, resource, harmful)
  if (sortOf(answer) === 'admitted') return failed(`${subjectName(member.subject)} may create ${what}`)
  if (!expected.includes(sortOf(answer))) return undecided(`${what}: ${whyUnknown(answer)}`)
  return passed(`${what} is refused: ${reasonOf(answer)}`)
}

async function create ({ api, target }: Context, member: Member, resource: Resource, content: Fields) {
  return await api.dryRun(member.identity, creation(resource, target.name, content))
}
