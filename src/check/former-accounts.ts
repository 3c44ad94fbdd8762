import { docsAddress, group } from '../api/group.ts'
import type { RoleRule } from '../api/role-rule.ts'
import { roleOfBinding, subjectsOfBinding } from '../kubernetes/binding-subjects.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { readRules } from '../kubernetes/role-rules.ts'
import { shellQuoted } from '../shell-quoted.ts'
import { few, ok, skipped, warning, type Result } from './finding.ts'

/**
 * Finds bindings that give the permissions of Metacontroller to another account, as one that ran it before. The guardrails restrict
 * only the account that they name.
 * @param account undefined where no guardrail names one
 */
export function formerAccounts (
  account: { namespace: string, name: string } | undefined, bindings: readonly ObservedObject[], roles: readonly ObservedObject[]
): Result {
  if (account === undefined) return skipped('no guardrail names the ServiceAccount of Metacontroller')
  const own = [`ServiceAccount ${account.namespace}/${account.name}`, `User system:serviceaccount:${account.namespace}:${account.name}`]
  const rules = new Map(roles.map(role => [role.metadata.name, readRules(role['rules'])]))
  const found = bindings.flatMap(binding => subjectsOfBinding(binding)
    .filter(subject => !own.includes(subject) && isOfMetacontroller(subject, roleOfBinding(binding).name, rules))
    .map(subject => ({ subject, binding: binding.metadata.name })))
  if (found.length === 0) return ok(`only ${account.namespace}/${account.name} has the permissions of Metacontroller`)
  const names = [...new Set(found.map(({ binding }) => binding))]
  return warning(
    `others have the permissions of Metacontroller, and no guardrail restricts them: ${few(found.map(({ subject }) => subject))}`,
    `Uninstall their Metacontroller, or remove the binding: kubectl delete clusterrolebinding ${names.map(shellQuoted).join(' ')}. ` +
    `See ${docsAddress}/operations.md#from-two-charts-to-one`
  )
}

/** Only Metacontroller writes the status of Tenants. Its own chart may grant everything. */
function isOfMetacontroller (subject: string, role: string, rules: ReadonlyMap<string, readonly RoleRule[]>): boolean {
  const granted = rules.get(role) ?? []
  const isEverything = granted.some(({ apiGroups, resources }) => apiGroups.includes('*') && resources.includes('*'))
  return granted.some(writesStatus) || (isEverything && /metacontroller/.test(`${subject} ${role}`))
}

function writesStatus ({ apiGroups, resources, verbs }: RoleRule): boolean {
  return apiGroups.includes(group) && resources.includes('tenants/status') && verbs.some(verb => ['update', 'patch', '*'].includes(verb))
}
