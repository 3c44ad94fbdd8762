import type { Permission } from '../../kubernetes/api-request.ts'
import { accountOf } from '../../guardrails/guardrail.ts'
import { exemptAccounts } from '../../guardrails/actors.ts'
import { readRules } from '../../kubernetes/role-rules.ts'
import type { BoundRules } from '../access/bound-rules.ts'
import type { RoleRule } from '../../api/role-rule.ts'
import { failed, passed, skipped, undecided, warning, type Family, type Result } from '../check.ts'
import type { Context } from '../context.ts'
import type { Member } from '../members.ts'
import { namedEverywhere } from '../access/access-checks.ts'
import { describeGrants, grantedByRules, grantedOf, noMemberMay, withoutMembers, type Grant } from '../access/denied.ts'
import { impersonation, inNamespace, onNodes, permissionsOn, roleEscalation } from '../access/questions.ts'
import {
  concerning, isEscalation, isGrantedBy, isImpersonation, namedRules, permissionsBy, within, type Concern
} from '../access/rule-permissions.ts'
import { ownObjectChecks } from './own-objects.ts'

/** In the cluster, and in the namespace itself: a RoleBinding grants the same verbs there. */
const hereAndEverywhere = ({ target }: Context, permissions: readonly Permission[]): Permission[] =>
  permissions.flatMap(permission => [permission, { ...permission, namespace: target.name }])

/** Passes where no member has any of the permissions, in the cluster or in the namespace itself, on all objects or on single ones. */
async function noMemberMayHere (context: Context, permissions: readonly Permission[], concern: Concern): Promise<Result> {
  const { name: namespace } = context.target
  return await noMemberMay(context, () => hereAndEverywhere(context, permissions), (rules, member) => {
    const [everywhere, here] = [undefined, namespace].map(place =>
      namedRules(rules.rulesOf(member), place).flatMap(rule => permissionsBy(rule, permissions, concern)))
    return [...everywhere ?? [], ...(here ?? []).flatMap(within(namespace, rules))]
  })
}

function exemptIdentities (): Permission[] {
  return exemptAccounts.flatMap(user => {
    const { namespace, name } = accountOf(user)
    return [
      { group: '', resource: 'serviceaccounts/token', verb: 'create', name, namespace },
      { group: '', resource: 'serviceaccounts', verb: 'impersonate', name, namespace }
    ]
  })
}

/** The rules of the Roles by which the Tenant binds a member. */
function rulesOf ({ target }: Context, { roles }: Member): RoleRule[] {
  const names = roles.map(role => `tenant-${role}`)
  return (target.tenant?.desired?.contents ?? []).filter(manifest => manifest.kind === 'Role')
    .filter(({ metadata }) => names.includes(metadata.name)).flatMap(({ rules }) => readRules(rules))
}

const isOfRole = (rules: readonly RoleRule[]): Concern => permission => rules.some(rule => isGrantedBy(rule, permission))

/** token-requests and others ask about them, whatever the role. */
const isOfOtherCheck: Concern = permission => permission.resource === 'serviceaccounts/token' || isEscalation(permission)

/** What bindings grant a member in the namespace on single objects. */
function namedHere (namespace: string, rules: BoundRules, member: Member): Permission[] {
  const named = namedRules(rules.rulesOf(member), namespace).flatMap(rule => permissionsBy(rule, inNamespace, () => true))
  return [...named, ...namedEverywhere(rules, member)].filter(permission => !isOfOtherCheck(permission)).flatMap(within(namespace, rules))
}

async function namedBeyondRole (context: Context): Promise<Grant[]> {
  return await grantedByRules(context, (rules, member) => {
    const isOwn = isOfRole(rulesOf(context, member))
    return namedHere(context.target.name, rules, member).filter(permission => !isOwn(permission))
  })
}

async function judgeBeyondRole (context: Context): Promise<Result> {
  const { tenant, name: namespace } = context.target
  if (tenant === undefined) return skipped('without a Tenant, the RoleBindings of the namespace say which permissions are intended')
  if (tenant.desired === undefined) return undecided(`the roles of the Tenant are unknown: ${tenant.problem ?? 'it is on hold'}`)
  const unknown = await withoutMembers(context)
  if (unknown !== undefined) return unknown
  const { present } = await context.present()
  const questions = present.flatMap(member => {
    const rules = rulesOf(context, member)
    return inNamespace.filter(permission => !isOfRole(rules)(permission) && !isOfOtherCheck(permission))
      .map(permission => ({ member, permission: { ...permission, namespace } }))
  })
  const onAll = await grantedOf(context, questions)
  const granted = onAll.length > 0 ? onAll : await namedBeyondRole(context)
  if (granted.length === 0) return passed(`${questions.length} permissions that the roles do not have are denied`)
  // Admins may grant permissions to ServiceAccounts of the namespace where the class has self-service.
  const isSelfService = tenant.tenantClass?.spec.selfService.permissions === true
  const ofAccounts = granted.every(({ member: { subject } }) => subject.kind === 'ServiceAccount' && subject.namespace === namespace)
  return isSelfService && ofAccounts ? warning(describeGrants(granted)) : failed(describeGrants(granted))
}

const tokenRequests = permissionsOn('', ['serviceaccounts/token'], ['create'])

const rbacRemedy = 'Find the rule: kubectl get clusterroles,roles -A -o yaml. Remove the verb, or the subject from its binding.'

export const escalation: Family = {
  id: 'escalation',
  title: 'Escalation',
  checks: [
    {
      id: 'permissions-beyond-role',
      level: 1,
      title: 'Members have no more permissions in their namespace than their role',
      why: 'Exec, port forwarding, ephemeral containers and tokens lead to all Secrets of a workload. A viewer should have none of them.',
      remedy: 'Find the RoleBinding: kubectl get rolebindings -n NAMESPACE -o wide. Delete it, or give the subject another role in the ' +
        'Tenant.',
      benchmarks: ['MTB-PL2-CC-TI-1'],
      judge: judgeBeyondRole
    },
    {
      id: 'token-requests',
      level: 1,
      title: 'Members cannot request tokens of ServiceAccounts',
      why: 'A token acts as the ServiceAccount, also after the access of the member has ended.',
      remedy: rbacRemedy,
      judge: async context => await noMemberMayHere(context, tokenRequests, concerning(tokenRequests))
    },
    {
      id: 'impersonation',
      level: 1,
      title: 'Members cannot impersonate users, groups or ServiceAccounts',
      why: 'An impersonator has all permissions of the other, up to those of system:masters.',
      remedy: rbacRemedy,
      judge: async context => await noMemberMayHere(context, impersonation, isImpersonation)
    },
    {
      id: 'role-escalation',
      level: 1,
      title: 'Members cannot grant permissions that they do not have',
      why: 'The verbs escalate and bind switch off the check by which RBAC keeps authors within their own permissions.',
      remedy: rbacRemedy,
      benchmarks: ['MTB-PL2-CC-TI-1'],
      judge: async context => await noMemberMayHere(context, roleEscalation, concerning(roleEscalation))
    },
    {
      id: 'exempt-identities',
      level: 1,
      title: 'Members cannot act as identities that guardrails exempt',
      why: 'Controllers of Kubernetes write what guardrails refuse to everyone else.',
      remedy: rbacRemedy,
      judge: async context => await noMemberMay(context, exemptIdentities, () => [])
    },
    {
      id: 'node-proxy',
      level: 1,
      title: 'Members cannot reach the API of kubelets',
      why: 'nodes/proxy runs commands in all pods of a node, past admission and the audit log.',
      remedy: rbacRemedy,
      judge: async context => await noMemberMay(context, () => onNodes, (rules, member) =>
        namedRules(rules.rulesOf(member), undefined).flatMap(rule => permissionsBy(rule, onNodes, concerning(onNodes))))
    },
    ...ownObjectChecks
  ]
}
