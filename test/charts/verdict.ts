import { describeRemedy, isOurs, remediesIn, type Remedy } from './remedies.ts'
import type { Refusal } from './install.ts'

/** The columns of the report. */
export const columns = {
  a: 'admitted unchanged',
  b: 'admitted, with fields that policies filled in or narrowed',
  c: 'admitted after at most three values that messages named',
  d: 'cannot be of a tenant',
  e: 'refused',
  '-': 'not tried: it does not render with default values, or is invalid in any namespace'
} as const
export type Column = keyof typeof columns

/** The maximum of values for column c. */
export const MAX_VALUES = 3

export interface Verdict {
  column: Column
  /** What is out of scope, filled in or set, or why it was refused or not rendered. */
  details: string[]
  /** What policies filled in or narrowed, in columns b and c. */
  changes: string[]
  refusals: ReportedRefusal[]
}

export interface ReportedRefusal {
  /** `Service web`, or `pods of Deployment web`. */
  what: string
  message: string
  namesCause: boolean
  namesRemedy: boolean
}

/** What happened to an item, in the order in which it ends the attempt. */
export type Outcome =
  | { notRendered: string }
  | { outOfScope: string[] }
  | { refused: Refusal[], applied: Remedy[] }
  | { changes: string[], applied: Remedy[], overcome: Refusal[] }

export function verdictOf (outcome: Outcome): Verdict {
  const verdict = { changes: [], refusals: [] }
  if ('notRendered' in outcome) return { ...verdict, column: '-', details: [outcome.notRendered] }
  if ('outOfScope' in outcome) return { ...verdict, column: 'd', details: outcome.outOfScope }
  if ('refused' in outcome) {
    const refusals = outcome.refused.map(reported)
    return { ...verdict, column: 'e', details: [...new Set(refusals.map(({ what, message }) => `${what}: ${message}`))], refusals }
  }
  const { changes, applied, overcome } = outcome
  const values = valuesOf(applied)
  if (values.length > 0) return { column: 'c', details: values, changes, refusals: overcome.map(reported) }
  return { column: changes.length > 0 ? 'b' : 'a', details: changes, changes, refusals: [] }
}

/** The same value for several objects is one that a team sets. */
export function valuesOf (remedies: Remedy[]): string[] {
  return [...new Set(remedies.map(describeRemedy))]
}

function reported ({ object: { kind, metadata: { name } }, subject, message }: Refusal): ReportedRefusal {
  const prefix = { object: '', pod: 'pods of ', claim: 'claims of ' }[subject]
  return { what: `${prefix}${kind} ${name}`, message, ...namesIn(message) }
}

/** Messages of Kubernetes that name what to set, and those that only name what is missing. */
const ofKubernetes = {
  remedy: /\bmust (set|not set|be less than|be no more than)\b|\b(maximum|minimum) \S+ usage per|violates PodSecurity/,
  cause: /cannot (create|delete|get) resource|exceeded quota|is invalid|must specify|not found|unknown field|is immutable|is forbidden|attempting to grant RBAC permissions/
}

/** Whether a message names the cause and a remedy, so that its reader needs no other page. */
export function namesIn (message: string): { namesCause: boolean, namesRemedy: boolean } {
  if (isOurs(message)) return { namesCause: true, namesRemedy: remediesIn(message).length > 0 || namesAction(message) }
  const namesRemedy = ofKubernetes.remedy.test(message) || namesAction(message)
  return { namesCause: namesRemedy || ofKubernetes.cause.test(message), namesRemedy }
}

/** An imperative after the problem. To change the class is none that a member can follow. */
function namesAction (message: string): boolean {
  return /\. (Add|Delete|Remove|Set|Use|List|Leave|Request|To \w+)\b/.test(message)
}
