import type { Permission } from '../../kubernetes/api-request.ts'
import { labels } from '../../api/group.ts'
import { fieldsAt, textAt } from '../../kubernetes/json.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'
import { isSubject, subjectKey, type ListedSubject } from '../../tenancy/subjects/listed-subjects.ts'
import { few } from '../../check/finding.ts'
import { failed, passed, skipped, undecided, warning, type Check, type Family, type Result } from '../check.ts'
import type { Context } from '../context.ts'
import { isOfOtherTenant } from '../other-tenants.ts'
import { subjectName } from '../../kubernetes/binding-subjects.ts'
import type { Member } from '../members.ts'
import { resources } from '../../kubernetes/resources.ts'
import { isBoundBy, type BoundRules } from './bound-rules.ts'
import { describeGrants, grantedByRules, grantedOf, noMemberMay, withoutMembers } from './denied.ts'
import { inCluster, inNamespace, mostSensitive, onNodes } from './questions.ts'
import { concerning, isEscalation, namedRules, permissionsBy, rulesIn, within, type Concern } from './rule-permissions.ts'

/** Where people get access to the whole cluster. */
const clusterRemedy = 'Find the ClusterRoleBinding: kubectl get clusterrolebindings -o wide. Remove the subject, or a rule of the ' +
  'ClusterRole.'

const clusterBenchmark = ['MTB-PL1-CC-CPI-1']

/** Verbs that escalate have checks of their own. */
const withoutEscalation = (concern: Concern): Concern => permission => !isEscalation(permission) && concern(permission)

/** No member needs these permissions, nor those on single objects that concern the check. */
function inClusterCheck (
  check: Pick<Check, 'id' | 'title' | 'why'> & Partial<Check>, permissions: readonly Permission[],
  concernOf: (rules: BoundRules) => Concern = () => withoutEscalation(concerning(permissions, onNodes))
): Check {
  const judge: Check['judge'] = async context => await noMemberMay(context, () => permissions, (rules, member) =>
    namedRules(rules.rulesOf(member), undefined).flatMap(rule => permissionsBy(rule, permissions, concernOf(rules))))
  return { level: 1, remedy: clusterRemedy, benchmarks: clusterBenchmark, ...check, judge }
}

const ofCluster = concerning([...Object.values(inCluster).flat(), ...onNodes])

/** Objects in namespaces. */
const everywhere = ({ isClusterScoped }: BoundRules): Concern =>
  withoutEscalation(permission => !ofCluster(permission) && !isClusterScoped(permission.group, permission.resource))

/** The objects with the names of ClusterRoles, in every namespace. */
export const namedEverywhere = (rules: BoundRules, member: Member): Permission[] =>
  namedRules(rules.rulesOf(member), undefined).flatMap(rule => permissionsBy(rule, inNamespace, everywhere(rules)))

const isOwn = ({ target }: Context) => ({ metadata }: ObservedObject): boolean => metadata.name === target.name

/** Besides those with a RoleBinding for the subject, which are all asked about. */
const sampled = 3
const ofSystem = ['kube-system', 'default', 'kube-node-lease']

const namesOf = (namespaces: readonly ObservedObject[]): string[] => namespaces.map(({ metadata }) => metadata.name)

/** Namespaces with a RoleBinding for the subject, by the list of all RoleBindings. */
function boundIn (bindings: readonly ObservedObject[], member: Member): Set<string> {
  return new Set(bindings.filter(binding => isBoundBy(binding, member)).map(({ metadata }) => metadata.namespace ?? ''))
}

export function subjectsOf (binding: ObservedObject): ListedSubject[] {
  const { subjects } = binding
  return Array.isArray(subjects) ? subjects.filter(isSubject) : []
}

const questionsIn = (namespace: string, bound: ReadonlySet<string>): Permission[] =>
  (bound.has(namespace) ? inNamespace : mostSensitive).map(permission => ({ ...permission, namespace }))

/** What rules of RoleBindings there grant, and the objects of all namespaces that those of ClusterRoleBindings name. */
const byRulesIn = (namespace: string, rules: BoundRules, member: Member): Permission[] =>
  [...rulesIn(rules.rulesOf(member), namespace).flatMap(rule => permissionsBy(rule, [], () => true)), ...namedEverywhere(rules, member)]
    .flatMap(within(namespace, rules))

async function judgeOtherTenants (context: Context): Promise<Result> {
  const others = namesOf(context.cluster.namespaces.filter(isOfOtherTenant(context)))
  if (others.length === 0) return skipped('there is no namespace of another Tenant')
  const bindings = await context.api.list(resources.roleBindings)
  const askedOf = (member: Member, bound: ReadonlySet<string>) => {
    const isListed = (namespace: string) => context.cluster.declared.get(namespace)?.has(subjectKey(member.subject)) === true
    return others.filter(name => !isListed(name)).filter((name, index) => index < sampled || bound.has(name))
  }
  return await noMemberMay(context, member => {
    const bound = boundIn(bindings, member)
    return askedOf(member, bound).flatMap(namespace => questionsIn(namespace, bound))
  }, (rules, member) => askedOf(member, boundIn(bindings, member)).flatMap(namespace => byRulesIn(namespace, rules, member)))
}

async function judgeOtherNamespaces (context: Context): Promise<Result> {
  const unknown = await withoutMembers(context)
  if (unknown !== undefined) return unknown
  const isPlain = (namespace: ObservedObject) => namespace.metadata.labels?.[labels.tenant] === undefined && !isOwn(context)(namespace)
  const plain = namesOf(context.cluster.namespaces.filter(isPlain))
  const bindings = await context.api.list(resources.roleBindings)
  const { present } = await context.present()
  const ask = async (select: (name: string, bound: ReadonlySet<string>) => boolean) => {
    const granted = await grantedOf(context, present.flatMap(member => {
      const bound = boundIn(bindings, member)
      return plain.filter(name => select(name, bound))
        .flatMap(namespace => questionsIn(namespace, bound)).map(permission => ({ member, permission }))
    }))
    if (granted.length > 0) return granted
    return await grantedByRules(context, (rules, member) =>
      plain.filter(name => select(name, boundIn(bindings, member))).flatMap(namespace => byRulesIn(namespace, rules, member)))
  }
  const isSampled = (name: string) => ofSystem.includes(name) || plain.filter(each => !ofSystem.includes(each)).indexOf(name) < sampled
  const granted = await ask((name, bound) => ofSystem.includes(name) || (isSampled(name) && !bound.has(name)))
  if (granted.length > 0) return failed(describeGrants(granted))
  const byBinding = await ask((name, bound) => bound.has(name) && !ofSystem.includes(name))
  if (byBinding.length > 0) return warning(`by RoleBindings there, ${describeGrants(byBinding)}`)
  return passed(`no access to ${few(plain.filter(isSampled))}`)
}

/** RoleBindings of the namespace for subjects that are not of it. */
async function judgeOutsiders (context: Context): Promise<Result> {
  const { target, api } = context
  const bindings = await api.list(resources.roleBindings, { namespace: target.name })
  if (target.tenant === undefined) return skipped('without a Tenant, all subjects of its RoleBindings are members')
  const members = new Set(target.members.map(({ subject }) => subjectKey(subject)))
  const isOutsider = (subject: ListedSubject) =>
    !members.has(subjectKey(subject)) && !(subject.kind === 'ServiceAccount' && subject.namespace === target.name)
  const found = bindings.flatMap(binding => subjectsOf(binding).filter(isOutsider).map(subject => ({ binding, subject })))
  if (found.length > 0) {
    return failed(few(found.map(({ binding, subject }) => `RoleBinding ${binding.metadata.name} gives ${subjectName(subject)} the ` +
      `${textAt(fieldsAt(binding, 'roleRef'), 'kind')} ${textAt(fieldsAt(binding, 'roleRef'), 'name')}`)))
  }
  return passed(`${bindings.length} RoleBindings name only subjects of the Tenant and ServiceAccounts of the namespace`)
}

async function judgeInside (context: Context): Promise<Result> {
  const { present, absent } = await context.present()
  if (present.length + absent.length === 0) return undecided('no subject is listed, so nothing can be asked as one')
  if (absent.length === 0) return passed(`${few(present.map(({ subject }) => subjectName(subject)))} have access`)
  return failed(`${few(absent.map(({ subject, roles }) => `${subjectName(subject)} (${roles.join(', ')})`))} have no access`)
}

export const access: Family = {
  id: 'access',
  title: 'Permissions',
  checks: [
    {
      id: 'access-inside',
      level: 1,
      title: 'Members have access to their namespace',
      why: 'This is the control of all checks that ask as members: a denial to a subject without any access proves nothing.',
      remedy: 'Look for the reason: kubectl describe tenant TENANT. The RoleBindings tenant-* of the namespace bind the subjects.',
      judge: judgeInside
    },
    {
      id: 'access-other-tenants',
      level: 1,
      title: 'Members have no access to namespaces of other Tenants',
      why: 'One RoleBinding or ClusterRoleBinding opens the Secrets and pods of another team. Subjects that the other Tenant lists ' +
        'itself are not asked about there.',
      remedy: 'Find the binding: kubectl get rolebindings,clusterrolebindings -A -o wide. Remove the subject from it.',
      benchmarks: ['MTB-PL1-CC-TI-2'],
      judge: judgeOtherTenants
    },
    {
      id: 'access-other-namespaces',
      level: 1,
      title: 'Members have no access to other namespaces, such as kube-system',
      why: 'Permissions in kube-system lead to the whole cluster. Access to a plain namespace by a RoleBinding there is a warning: it ' +
        'may be intended.',
      remedy: 'Find the binding: kubectl get rolebindings,clusterrolebindings -A -o wide. Remove the subject from it.',
      judge: judgeOtherNamespaces
    },
    inClusterCheck({
      id: 'access-all-namespaces',
      title: 'Members have no access to all namespaces at once',
      why: 'A ClusterRoleBinding to view or edit gives access to the workloads of all teams, and one to a ClusterRole with resourceNames ' +
        'to the objects with these names in every namespace.'
    }, inNamespace, everywhere),
    inClusterCheck({
      id: 'access-nodes',
      title: 'Members cannot read or change nodes',
      why: 'Nodes name their addresses and images, and labels of nodes decide which pods they run.'
    }, inCluster.nodes),
    inClusterCheck({
      id: 'access-volumes',
      title: 'Members cannot read or change PersistentVolumes',
      why: 'A PersistentVolume can be bound to another claim, with its data, or name a path of a node.'
    }, inCluster.volumes),
    inClusterCheck({
      id: 'access-namespaces',
      title: 'Members cannot list, create or change other namespaces',
      why: 'The labels of a namespace choose its Pod Security Standard and who may connect to it. The names tell who else is there.'
    }, inCluster.namespaces),
    inClusterCheck({
      id: 'access-definitions',
      title: 'Members cannot change CustomResourceDefinitions, APIServices and controllers of Metacontroller',
      why: 'Deleting a definition deletes all its objects, of all teams; an APIService receives their requests. A CompositeController ' +
        'names the hook that decides what Metacontroller writes.'
    }, inCluster.definitions),
    inClusterCheck({
      id: 'access-cluster-roles',
      title: 'Members cannot read or change ClusterRoles and their bindings',
      why: 'They grant permissions in all namespaces.',
      benchmarks: [...clusterBenchmark, 'MTB-PL2-CC-TI-1']
    }, inCluster.clusterRoles),
    inClusterCheck({
      id: 'access-admission',
      title: 'Members cannot change admission policies and webhooks',
      why: 'A webhook reads and changes the objects of all teams, and deleting a policy removes its rules.'
    }, inCluster.admission),
    inClusterCheck({
      id: 'access-classes',
      level: 2,
      title: 'Members cannot change classes that the cluster shares',
      why: 'StorageClasses, PriorityClasses and the like decide on the volumes and the priority of all teams. Reading is harmless.'
    }, inCluster.classes),
    inClusterCheck({
      id: 'access-certificates',
      title: 'Members cannot request or approve certificates',
      why: 'A client certificate can be for any user or group, and cannot be revoked.'
    }, inCluster.certificates),
    inClusterCheck({
      id: 'access-tenants',
      title: 'Members cannot read or change Tenants and TenantClasses',
      why: 'They would make themselves admins, or choose a class with more.',
      benchmarks: []
    }, inCluster.tenants),
    {
      id: 'outsiders',
      level: 1,
      title: 'RoleBindings of the namespace name only subjects of the Tenant',
      why: 'A RoleBinding beside those of the Tenant gives others access, and does not end with the list of the Tenant.',
      remedy: 'List the subject in the Tenant, or delete the RoleBinding.',
      judge: judgeOutsiders
    }
  ]
}
