import { Type, type Static } from '@sinclair/typebox'
import { docsAddress } from '../api/group.ts'
import { few } from '../check/finding.ts'
import type { Check, Result, State } from './check.ts'
import type { Target } from './context.ts'

const state = Type.Union([Type.Literal('passed'), Type.Literal('failed'), Type.Literal('warning'), Type.Literal('skipped')], {
  description: 'skipped: not decided, for the reason in message. It never means that the namespace is isolated.'
})

const Subject = Type.Object({
  kind: Type.String({ description: 'User, Group or ServiceAccount.' }),
  name: Type.String({ description: 'Its name.' }),
  namespace: Type.Optional(Type.String({ description: 'Namespace of a ServiceAccount.' })),
  roles: Type.Array(Type.String(), { description: 'Roles in the Tenant, or the Roles that RoleBindings name.' })
}, { description: 'A subject that questions were asked as.' })

export const CheckResult = Type.Object({
  id: Type.String({ description: 'Stable id of the check.' }),
  family: Type.String({ description: 'Group of checks.' }),
  level: Type.Integer({ minimum: 1, maximum: 3, description: '1 essential, 2 hardening, 3 self-service.' }),
  title: Type.String({ description: 'What is checked, as a statement.' }),
  state,
  undecided: Type.Optional(Type.Literal(true, {
    description: 'Of a skipped check: it applies, and could not be decided. Absent where it does not apply.'
  })),
  message: Type.String({ description: 'The evidence, in one line.' }),
  why: Type.String({ description: 'What the statement protects from.' }),
  remedy: Type.String({ description: 'What to do where it fails.' }),
  page: Type.String({ description: 'Address of the documentation of the check.' }),
  benchmarks: Type.Optional(Type.Array(Type.String(), { description: 'Ids in the retired Kubernetes multi-tenancy benchmarks.' }))
}, { description: 'A check of one namespace.' })
export type CheckResult = Static<typeof CheckResult>

export const Summary = Type.Object({
  passed: Type.Integer(),
  failed: Type.Integer(),
  warning: Type.Integer(),
  skipped: Type.Integer(),
  undecided: Type.Integer({ description: 'Essential checks (level 1) among the skipped ones that apply, and could not be decided.' })
}, { description: 'The number of checks by state.' })
export type Summary = Static<typeof Summary>

export const NamespaceReport = Type.Object({
  namespace: Type.String({ description: 'Name of the namespace.' }),
  tenant: Type.Optional(Type.String({ description: 'Name of its Tenant; absent for namespaces of other systems.' })),
  class: Type.Optional(Type.String({ description: 'Name of its TenantClass.' })),
  subjects: Type.Array(Subject, { description: 'The subjects of the namespace.' }),
  summary: Summary,
  checks: Type.Array(CheckResult, { description: 'In the order of the documentation.' })
}, { description: 'The checks of one namespace.' })
export type NamespaceReport = Static<typeof NamespaceReport>

export const VerifyReport = Type.Object({
  version: Type.String({ description: 'Version of k8s-mtp.' }),
  kubernetes: Type.String({ description: 'Version of the API server.' }),
  time: Type.String({ description: 'When the run began, in RFC 3339.' }),
  summary: Summary,
  namespaces: Type.Array(NamespaceReport, { description: 'By name.' })
}, { description: 'The output of k8s-mtp verify -o json.' })
export type VerifyReport = Static<typeof VerifyReport>

/** The remedy with the names of the namespace and its Tenant in place of NAMESPACE and TENANT. */
function remedyFor (remedy: string, { name, tenant }: Target): string {
  // Sentences about a Tenant have no meaning in a namespace of another system.
  const sentences = tenant === undefined ? remedy.split(/(?<=\.) /).filter(sentence => !/\bTENANT\b/.test(sentence)).join(' ') : remedy
  return sentences.replaceAll(/\bNAMESPACE\b/g, name).replaceAll(/\bTENANT\b/g, tenant?.name ?? '')
}

export function resultOf (family: string, check: Check, { state, message, undecided }: Result, target: Target): CheckResult {
  const { id, level, title, why, benchmarks } = check
  const remedy = remedyFor(check.remedy, target)
  const page = `${docsAddress}/verify.md#${id}`
  return {
    id,
    family,
    level,
    title,
    state,
    ...(undecided && { undecided }),
    message,
    why,
    remedy,
    page,
    ...(benchmarks !== undefined && { benchmarks: [...benchmarks] })
  }
}

export function summaryOf (results: ReadonlyArray<Pick<CheckResult, 'state' | 'level' | 'undecided'>>): Summary {
  const count = (state: State) => results.filter(result => result.state === state).length
  const undecided = results.filter(isUndecided).length
  return { passed: count('passed'), failed: count('failed'), warning: count('warning'), skipped: count('skipped'), undecided }
}

/** An essential check that applies, and was not decided: no verdict without it. */
export function isUndecided ({ level, undecided }: Pick<CheckResult, 'level' | 'undecided'>): boolean {
  return level === 1 && undecided === true
}

export type Verdict = 'failed' | 'undecided' | 'warning' | 'passed'

/** Nothing passes without checks. */
export function verdictOf ({ passed, failed, warning, undecided }: Summary): Verdict {
  if (failed > 0) return 'failed'
  if (undecided > 0 || passed + warning === 0) return 'undecided'
  return warning > 0 ? 'warning' : 'passed'
}

/** Why the essential checks were not decided, the most frequent reason first: `12 checks: you may not impersonate ...`. */
export function undecidedReasons (results: readonly CheckResult[]): string[] {
  const counts = new Map<string, string[]>()
  for (const { id, message } of results.filter(isUndecided)) counts.set(message, [...counts.get(message) ?? [], id])
  return [...counts].sort(([, a], [, b]) => b.length - a.length).map(([reason, ids]) => `${few([...new Set(ids)])}: ${reason}`)
}
