import type { Permission } from '../../kubernetes/api-request.ts'
import { accountOf } from '../../guardrails/guardrail.ts'
import { exemptAccounts } from '../../guardrails/actors.ts'
import { readRules } from '../../kubernetes/role-rules.ts'
import type { RoleRule } from '../../api/role-rule.ts'
import { failed, passed, skipped, undecided, warning, type Family, type Result } from '../check.ts'
import type { Context } from '../context.ts'
import type { Member } from '../members.ts'
import { describeGrants, grantedOf, noMemberMay, withoutMembers } from '../access/denied.ts'
import { impersonation, inNamespace, onNodes, permissionsOn, roleEscalation } from '../access/questions.ts'
import { ownObjectChecks } from './own-objects.ts'

/** In the cluster, and in the namespace itself: a RoleBinding grants the same verbs there. */
const hereAndEverywhere = ({ target }: Context, permissions: readonly Permission[]): Permission[] =>
  permissions.flatMap(permission => [permission, { ...permission, namespace: target.name }])

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

function isGranted (rules: readonly RoleRule[], { group, resource, verb }: Permission): boolean {
  return rules.some(({ apiGroups, resources, verbs, resourceNames }) => resourceNames === undefined &&
    has(apiGroups, group) && has(resources, resource) && has(verbs, verb))
}

const has = (list: readonly string[], value: string): boolean => list.includes(value) || list.includes('*')

/** token-requests asks about it, whatever the role. */
const isOfOtherCheck = ({ resource }: Permission): boolean => resource === 'serviceaccounts/token'

async function judgeBeyondRole (context: Context): Promise<Result> {
  const { tenant, name: namespace } = context.target
  if (tenant === undefined) return skipped('without a Tenant, the RoleBindings of the namespace say which permissions are intended')
  if (tenant.desired === undefined) return undecided(`the roles of the Tenant are unknown: ${tenant.problem ?? 'it is on hold'}`)
  const unknown = await withoutMembers(context)
  if (unknown !== undefined) return unknown
  const { present } = await context.present()
  const questions = present.flatMap(member => {
    const rules = rulesOf(context, member)
    return inNamespace.filter(permission => !isGranted(rules, permission) && !isOfOtherCheck(permission))
      .map(permission => ({ member, permission: { ...permission, namespace } }))
  })
  const granted = await grantedOf(context, questions)
  if (granted.length === 0) return passed(`${questions.length} permissions that the roles do not have are denied`)
  // Admins may grant permissions to ServiceAccounts of the namespace where the class has self-service.
  const isSelfService = tenant.tenantClass?.spec.selfService.permissions === true
  const ofAccounts = granted.every(({ member: { subject } }) => subject.kind === 'ServiceAccount' && subject.namespace === namespace)
  return isSelfService && ofAccounts ? warning(describeGrants(granted)) : failed(describeGrants(granted))
}

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
      judge: async context => await noMemberMay(context, () =>
        hereAndEverywhere(context, permissionsOn('', ['serviceaccounts/token'], ['create'])))
    },
    {
      id: 'impersonation',
      level: 1,
      title: 'Members cannot impersonate users, groups or ServiceAccounts',
      why: 'An impersonator has all permissions of the other, up to those of system:masters.',
      remedy: rbacRemedy,
      judge: async context => await noMemberMay(context, () => hereAndEverywhere(context, impersonation))
    },
    {
      id: 'role-escalation',
      level: 1,
      title: 'Members cannot grant permissions that they do not have',
      why: 'The verbs escalate and bind switch off the check by which RBAC keeps authors within their own permissions.',
      remedy: rbacRemedy,
      benchmarks: ['MTB-PL2-CC-TI-1'],
      judge: async context => await noMemberMay(context, () => hereAndEverywhere(context, roleEscalation))
    },
    {
      id: 'exempt-identities',
      level: 1,
      title: 'Members cannot act as identities that guardrails exempt',
      why: 'Controllers of Kubernetes write what guardrails refuse to everyone else.',
      remedy: rbacRemedy,
      judge: async context => await noMemberMay(context, exemptIdentities)
    },
    {
      id: 'node-proxy',
      level: 1,
      title: 'Members cannot reach the API of kubelets',
      why: 'nodes/proxy runs commands in all pods of a node, past admission and the audit log.',
      remedy: rbacRemedy,
      judge: async context => await noMemberMay(context, () => onNodes)
    },
    ...ownObjectChecks
  ]
}
