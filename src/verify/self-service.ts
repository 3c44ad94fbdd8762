import type { Permission } from '../kubernetes/api-request.ts'
import { groupOf } from '../kubernetes/object.ts'
import { passed, skipped, undecided, warning, type Check, type Family, type Result } from './check.ts'
import type { Context } from './context.ts'
import { creation, verifyName } from './creation.ts'
import { subjectName } from '../kubernetes/binding-subjects.ts'
import { sortOf } from './answer.ts'
import { resources } from '../kubernetes/resources.ts'
import { whyUnknown } from './escalation/attempts.ts'

/** What members may create, by the field of spec.selfService. */
const kinds = { permissions: resources.roles, networkPolicies: resources.networkPolicies }
type Field = keyof typeof kinds

/** Passes where some member may create an object, if the class says so. */
async function judge (context: Context, field: Field, content: object): Promise<Result> {
  const { target, api } = context
  const { tenant, name: namespace } = target
  if (tenant === undefined) return skipped('the namespace belongs to no Tenant')
  if (tenant.tenantClass === undefined) return undecided(`TenantClass ${tenant.className} cannot be read`)
  const setting = tenant.tenantClass.spec.selfService[field]
  if (setting === undefined || setting === false) return skipped(`TenantClass ${tenant.className} has no self-service for it`)
  const resource = kinds[field]
  const { present } = await context.present()
  const permission: Permission = { group: groupOf(resource.apiVersion), resource: resource.resource, verb: 'create', namespace }
  for (const member of present) {
    if (!await api.isAllowed(member.identity, permission)) continue
    const answer = await api.dryRun(member.identity, creation(resource, namespace, content))
    if (sortOf(answer) === 'admitted') return passed(`${subjectName(member.subject)} may create a ${resource.kind}`)
    return warning(`a ${resource.kind} of ${subjectName(member.subject)} is refused: ${whyUnknown(answer)}`)
  }
  return present.length === 0 ? undecided('no subject has access') : warning(`no subject may create a ${resource.kind}`)
}

const checks: readonly Check[] = [
  {
    id: 'self-service-permissions',
    level: 3,
    title: 'Members may give their ServiceAccounts permissions',
    why: 'Charts of teams bring Roles for their ServiceAccounts. The class says whether members may create them.',
    remedy: 'See spec.selfService.permissions of the TenantClass, and the refusal.',
    benchmarks: ['MTB-PL2-BC-OPS-3'],
    judge: async context =>
      await judge(context, 'permissions', { rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }] })
  },
  {
    id: 'self-service-network-policies',
    level: 3,
    title: 'Members may isolate their own workloads',
    why: 'Charts of teams bring NetworkPolicies. The class says whether members may create them.',
    remedy: 'See spec.selfService.networkPolicies of the TenantClass, and the refusal.',
    benchmarks: ['MTB-PL2-BC-OPS-4'],
    judge: async context => await judge(context, 'networkPolicies', {
      spec: { podSelector: { matchLabels: { app: verifyName } }, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: {} }] }] }
    })
  }
]

export const selfService: Family = { id: 'self-service', title: 'Self-service', checks }
