import type { Resource } from '../../kubernetes/api-request.ts'
import { labels, podSecurityPrefix } from '../../api/group.ts'
import { fieldsAt, isFields, textAt, type Fields } from '../../kubernetes/json.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'
import { skipped, type Check, type Result } from '../check.ts'
import type { Context } from '../context.ts'
import { creation, verifyName } from '../creation.ts'
import { resources } from '../../kubernetes/resources.ts'
import { noMemberCan, type Attempt } from './attempts.ts'

const place = ({ metadata: { name, namespace } }: ObservedObject) => ({ name, ...(namespace !== undefined && { namespace }) })

const remove = (resource: Resource, object: ObservedObject): Attempt =>
  ({ what: `delete ${resource.kind} ${object.metadata.name}`, request: { verb: 'delete', resource, place: place(object) } })

const change = (resource: Resource, object: ObservedObject, content: Fields, subresource?: string): Attempt => ({
  what: `change ${resource.kind} ${object.metadata.name}${subresource === undefined ? '' : `/${subresource}`}`,
  request: { verb: 'patch', resource, place: place(object), content, ...(subresource !== undefined && { subresource }) }
})

/** Above any real amount. */
const muchMore = '9999999'

const raised = (quota: ObservedObject): Fields =>
  Object.fromEntries(Object.keys(fieldsAt(fieldsAt(quota, 'spec'), 'hard')).map(resource => [resource, muchMore]))

async function listOwn ({ api, target }: Context, resource: Resource): Promise<ObservedObject[]> {
  return await api.list(resource, { namespace: target.name })
}

async function judgeQuotas (context: Context): Promise<Result> {
  const quotas = await listOwn(context, resources.quotas)
  if (quotas.length === 0) return skipped('the namespace has no ResourceQuota. See compute-quota')
  return await noMemberCan(context, quotas.flatMap(quota => [
    change(resources.quotas, quota, { spec: { hard: raised(quota) } }),
    change(resources.quotas, quota, { status: { hard: raised(quota) } }, 'status'),
    remove(resources.quotas, quota)
  ]))
}

const allowsMore: Fields = { spec: { limits: [{ type: 'Container', default: { cpu: '64', memory: '512Gi' } }] } }

async function judgeLimits (context: Context): Promise<Result> {
  const ranges = await listOwn(context, resources.limitRanges)
  return await noMemberCan(context, [
    { what: 'create a LimitRange', request: creation(resources.limitRanges, context.target.name, allowsMore) },
    ...ranges.flatMap(range => [change(resources.limitRanges, range, allowsMore), remove(resources.limitRanges, range)])
  ])
}

const everyone = [{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }, { namespaceSelector: {} }]
const open: Fields =
  { spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{ from: everyone }], egress: [{ to: everyone }] } }

/** Policies add up, so a new one opens as much as a changed one. Those of members may be changed by them. */
async function judgeNetworkPolicies (context: Context): Promise<Result> {
  const policies = await listOwn(context, resources.networkPolicies)
  const managed = policies.filter(({ metadata }) => context.target.tenant === undefined || metadata.labels?.[labels.tenant] !== undefined)
  return await noMemberCan(context, [
    { what: 'create a NetworkPolicy that allows all networks', request: creation(resources.networkPolicies, context.target.name, open) },
    ...managed.slice(0, 3).flatMap(policy =>
      [change(resources.networkPolicies, policy, open), remove(resources.networkPolicies, policy)])
  ])
}

const outsider = { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'k8s-mtp-verify-outsider' }

async function judgeRoleBindings (context: Context): Promise<Result> {
  const bindings = await listOwn(context, resources.roleBindings)
  const managed = bindings.filter(({ metadata }) => metadata.labels?.[labels.tenant] !== undefined)
  const [known] = bindings
  const roleRef = known === undefined ? { apiGroup: outsider.apiGroup, kind: 'ClusterRole', name: 'view' } : fieldsAt(known, 'roleRef')
  const clusterAdmin = { ...roleRef, kind: 'ClusterRole', name: 'cluster-admin' }
  const bind = (ref: Fields) => creation(resources.roleBindings, context.target.name, { roleRef: ref, subjects: [outsider] })
  const result = await noMemberCan(context, [
    { what: 'bind another user', request: bind(roleRef) },
    { what: 'bind another user to cluster-admin', request: bind(clusterAdmin) },
    ...managed.slice(0, 3).map(binding => change(resources.roleBindings, binding, { subjects: [outsider] }))
  ])
  const isPlain = context.target.tenant === undefined
  return isPlain && result.state === 'failed' ? { ...result, state: 'warning' } : result
}

async function judgeNamespace (context: Context): Promise<Result> {
  const { namespace } = context.target
  return await noMemberCan(context, [
    change(resources.namespaces, namespace, { metadata: { labels: { [`${podSecurityPrefix}enforce`]: 'privileged' } } }),
    change(resources.namespaces, namespace, { metadata: { labels: { [labels.tenant]: verifyName } } }),
    remove(resources.namespaces, namespace)
  ])
}

async function judgeWorkloadPolicy (context: Context): Promise<Result> {
  const policies = await context.api.listServed(resources.workloadPolicies, { namespace: context.target.name }) ?? []
  if (policies.length === 0) return skipped('the namespace has no WorkloadPolicy')
  return await noMemberCan(context, policies.flatMap(policy => [
    change(resources.workloadPolicies, policy, { spec: { allowVolumeNames: true, imageRegistries: ['*'] } }),
    remove(resources.workloadPolicies, policy)
  ]))
}

/** Reports a finished pod as running no longer: quotas do not count it. */
async function judgePodStatus (context: Context): Promise<Result> {
  const pods = await listOwn(context, resources.pods)
  const pod = pods.find(each => !['Succeeded', 'Failed'].includes(textAt(fieldsAt(each, 'status'), 'phase')))
  if (pod === undefined) return skipped('the namespace has no pod whose status could be changed')
  return await noMemberCan(context, [change(resources.pods, pod, { status: { phase: 'Succeeded' } }, 'status')])
}

async function judgeTokenSecrets (context: Context): Promise<Result> {
  const { name: namespace } = context.target
  const metadata = { name: verifyName, namespace, annotations: { 'kubernetes.io/service-account.name': 'default' } }
  return await noMemberCan(context, [{
    what: 'create a Secret that gets a token without expiry',
    request: creation(resources.secrets, namespace, { metadata, type: 'kubernetes.io/service-account-token' }),
    isHarmless: object => isFields(object) && object['type'] !== 'kubernetes.io/service-account-token'
  }])
}

const guardrailRemedy = 'RBAC or a guardrail has to refuse it. Check the guardrails: k8s-mtp check. Look for further roles: ' +
  'kubectl get rolebindings -n NAMESPACE -o wide.'

/** What a Tenant is made of: members who change it have no bounds any more. */
export const ownObjectChecks: readonly Check[] = [
  {
    id: 'own-quotas',
    level: 1,
    title: 'Members cannot change or delete their quotas',
    why: 'Quotas bound what a team takes from the nodes, and from the API server.',
    remedy: guardrailRemedy,
    benchmarks: ['MTB-PL1-CC-TI-1', 'MTB-PL1-BC-CPI-2'],
    judge: judgeQuotas
  },
  {
    id: 'own-limits',
    level: 2,
    title: 'Members cannot create, change or delete LimitRanges',
    why: 'LimitRanges bound each container, and fill in what quotas count.',
    remedy: guardrailRemedy,
    benchmarks: ['MTB-PL1-BC-CPI-2'],
    judge: judgeLimits
  },
  {
    id: 'own-network-policies',
    level: 1,
    title: 'Members cannot open their namespace to all networks',
    why: 'NetworkPolicies add up: what one allows, no other can deny.',
    remedy: guardrailRemedy,
    benchmarks: ['MTB-PL1-BC-CPI-2'],
    judge: judgeNetworkPolicies
  },
  {
    id: 'own-role-bindings',
    level: 1,
    title: 'Members cannot give others access',
    why: 'Access that a member grants does not end with the list of the Tenant. In namespaces without a Tenant this is a warning.',
    remedy: guardrailRemedy,
    benchmarks: ['MTB-PL1-BC-CPI-2', 'MTB-PL2-CC-TI-1'],
    judge: judgeRoleBindings
  },
  {
    id: 'own-namespace',
    level: 1,
    title: 'Members cannot change the labels of their namespace, or delete it',
    why: 'Labels of the namespace choose its Pod Security Standard, its Tenant and who may connect to it.',
    remedy: guardrailRemedy,
    benchmarks: ['MTB-PL1-BC-CPI-2'],
    judge: judgeNamespace
  },
  {
    id: 'own-workload-policy',
    level: 1,
    title: 'Members cannot change their WorkloadPolicy',
    why: 'It has the bounds of Services, pods, host names and images.',
    remedy: guardrailRemedy,
    benchmarks: ['MTB-PL1-BC-CPI-2'],
    judge: judgeWorkloadPolicy
  },
  {
    id: 'pod-status',
    level: 1,
    title: 'Members cannot report a running pod as finished',
    why: 'Quotas do not count finished pods, so such a report gets around them.',
    remedy: guardrailRemedy,
    judge: judgePodStatus
  },
  {
    id: 'token-secrets',
    level: 2,
    title: 'Members cannot create Secrets with tokens that never expire',
    why: 'The token outlives the access of the one who made it.',
    remedy: guardrailRemedy,
    judge: judgeTokenSecrets
  }
]
