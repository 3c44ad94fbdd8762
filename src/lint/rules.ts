import { docsAddress } from '../api/group.ts'
import { amountRules, type AmountRule } from './amount-rules.ts'

/** An error is refused by `render` or by the API server. A warning is valid, and probably not meant. */
export type Severity = 'error' | 'warning'

export interface Rule {
  severity: Severity
  /** What the rule reports, as a noun phrase without its period. */
  summary: string
}

const error = (summary: string): Rule => ({ severity: 'error', summary })
const warning = (summary: string): Rule => ({ severity: 'warning', summary })

/** The rules with a section in docs/reference/lint.md. Their names are API: comments and CI configurations have them. */
const ownRules = {
  'invalid-yaml': error('A file that is not valid YAML or JSON'),
  'unsupported-list': error('A list of objects in one document'),
  'unsupported-kind': error('A kind or version of this API group that users do not write'),
  'unknown-field': error('A field that the kind does not have'),
  'invalid-field': error('A value that the API server, or the class of the Tenant, refuses'),
  'invalid-expiry': error('An expiresAt without a date, a time and an offset'),
  'system-subject': error('A user or group of the system, such as system:authenticated'),
  'namespace-name-too-long': error('A namespace name of more than 63 characters'),
  'duplicate-object': error('Two objects of one kind and name'),
  'duplicate-namespace': error('A namespace that belongs to two Tenants'),
  'unknown-class': error('A class that does not exist'),
  'unknown-role': error('A role that the class does not have'),
  'override-not-allowed': error('An override that the class does not allow, or outside of its bounds'),
  'unknown-subject': error('A subject that the file of --known-subjects does not list'),
  'ignored-document': warning('A document that k8s-mtp does not read'),
  'unused-class': warning('A class that no Tenant uses'),
  'tenant-without-admin': warning('A Tenant without any admin'),
  'expired-subject': warning('A subject whose access has ended'),
  'duplicate-subject': warning('A subject that a list has twice'),
  'subject-in-several-roles': warning('A subject in a role that adds nothing to another of its roles'),
  'own-service-account': warning('A ServiceAccount of the namespace that it has access to'),
  'redundant-override': warning('An override that equals the class'),
  'one-sided-peer': warning('A peer that does not name the Tenant in return'),
  'existing-namespace-deleted': warning('An existing namespace that is deleted with its Tenant'),
  'paused-tenant': warning('A Tenant that is paused'),
  'cordoned-tenant': warning('A Tenant that is cordoned'),
  'reaching-permissions': warning('Permissions of a class that reach beyond the namespace'),
  'privileged-pods': warning('A class that admits privileged pods'),
  'unused-disable': warning('A comment that disables a rule without findings there')
} as const satisfies Record<string, Rule>

export type OwnRule = keyof typeof ownRules
export type RuleName = OwnRule | AmountRule

/** All rules, by name. */
export const rules: Readonly<Record<RuleName, Rule>> = {
  ...ownRules,
  ...Object.fromEntries(Object.entries(amountRules).map(([name, summary]) => [name, warning(summary)])) as Record<AmountRule, Rule>
}

export function isRuleName (name: string): name is RuleName {
  return Object.hasOwn(rules, name)
}

export function isOwnRule (name: RuleName): name is OwnRule {
  return Object.hasOwn(ownRules, name)
}

/** The address of the section about a rule. */
export function helpAddress (rule: RuleName): string {
  return `${docsAddress}/${isOwnRule(rule) ? 'reference/lint.md' : 'classes.md'}#${rule}`
}
