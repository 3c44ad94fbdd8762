import { undecided, warning, type Result } from './check.ts'
import { few } from '../check/finding.ts'
import { subjectName } from '../kubernetes/binding-subjects.ts'
import type { Member } from './members.ts'

/** The API server and admission policies tell members apart by their kind, their groups, and what binds them. */
function keyOf ({ subject: { kind }, roles, identity: { groups } }: Member): string {
  return JSON.stringify([kind, [...roles].sort(), [...groups].sort()])
}

/** One member for each distinct set of kind, roles and groups first, then the others, each in their order. */
export function byDistinction (members: readonly Member[]): { distinct: Member[], alike: Member[] } {
  const first = new Map<string, Member>()
  for (const member of members) if (!first.has(keyOf(member))) first.set(keyOf(member), member)
  const distinct = [...first.values()]
  return { distinct, alike: members.filter(member => !distinct.includes(member)) }
}

/** Which of several results counts: a harm for one member is a harm, and a member without an answer leaves the check open. */
export function worstOf (results: readonly Result[]): Result {
  const order = ['failed', 'undecided', 'warning', 'passed', 'skipped']
  const rank = ({ state, undecided }: Result): number => order.indexOf(undecided ? 'undecided' : state)
  const [worst] = [...results].sort((a, b) => rank(a) - rank(b))
  return worst ?? undecided('nothing was tried')
}

/** A pass of some members does not speak for those that were not tried. */
export function withUntried (result: Result, untried: readonly Member[]): Result {
  if (result.state !== 'passed' || untried.length === 0) return result
  const who = few(untried.map(({ subject }) => subjectName(subject)))
  return warning(`${result.message}. Not tried as ${untried.length} further subjects: ${who}`)
}
