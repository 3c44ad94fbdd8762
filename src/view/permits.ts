import { clusterScopedResources } from '../api/cluster-scoped-resources.ts'
import { group as ownGroup } from '../api/group.ts'
import type { RoleRule } from '../api/role-rule.ts'
import { formatRule } from '../kubernetes/role-rules.ts'

const any = '*'
const writes = ['create', 'update', 'patch', 'delete', 'deletecollection']
const reads = ['get', 'list', 'watch']

const rbacGroup = 'rbac.authorization.k8s.io'
const rbacResources = ['rolebindings', 'clusterrolebindings', 'roles', 'clusterroles']

/** Where a role is bound: a RoleBinding grants nothing on resources of the cluster. */
export type Scope = 'namespace' | 'cluster'

/** One thing that permissions are worth mentioning for. */
interface Ability {
  text: string
  group: string
  resources: string[]
  /** One of them is enough. */
  verbs: string[]
}

const workloads: Ability[] = [
  { text: 'pods', group: '', resources: ['pods'], verbs: writes },
  { text: 'workloads', group: 'apps', resources: ['deployments', 'statefulsets', 'daemonsets', 'replicasets'], verbs: writes },
  { text: 'jobs', group: 'batch', resources: ['jobs', 'cronjobs'], verbs: writes }
]

const admission = 'admissionregistration.k8s.io'
const ownResources = ['tenants', 'tenantclasses', 'tenantnamespaces']
const metacontrollers = ['compositecontrollers', 'decoratorcontrollers']

/**
 * In the order of what they are worth to an attacker. Those on cluster-scoped resources reach the objects in namespaces too.
 * Source: https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks
 */
const abilities: Ability[] = [
  { text: 'make any user an admin of any Tenant', group: ownGroup, resources: ownResources, verbs: writes },
  { text: 'impersonate users', group: '', resources: ['users', 'groups'], verbs: ['impersonate'] },
  { text: 'impersonate ServiceAccounts', group: '', resources: ['serviceaccounts'], verbs: ['impersonate'] },
  { text: 'grant access', group: rbacGroup, resources: rbacResources, verbs: [...writes, 'bind', 'escalate'] },
  {
    text: 'approve certificates of users',
    group: 'certificates.k8s.io',
    resources: ['certificatesigningrequests/approval'],
    verbs: ['update', 'patch']
  },
  {
    text: 'write webhooks',
    group: admission,
    resources: ['mutating', 'validating'].map(type => `${type}webhookconfigurations`),
    verbs: writes
  },
  {
    text: 'write admission policies',
    group: admission,
    resources: ['mutating', 'validating'].flatMap(type => [`${type}admissionpolicies`, `${type}admissionpolicybindings`]),
    verbs: writes
  },
  { text: 'write by Metacontroller', group: 'metacontroller.k8s.io', resources: metacontrollers, verbs: writes },
  { text: 'write CRDs', group: 'apiextensions.k8s.io', resources: ['customresourcedefinitions'], verbs: writes },
  { text: 'write APIServices', group: 'apiregistration.k8s.io', resources: ['apiservices'], verbs: writes },
  // The kubelet runs a command in a container for GET too, over a WebSocket.
  { text: 'exec by nodes/proxy', group: '', resources: ['nodes/proxy'], verbs: ['get', 'create'] },
  { text: 'write PersistentVolumes', group: '', resources: ['persistentvolumes'], verbs: writes },
  { text: 'create tokens', group: '', resources: ['serviceaccounts/token'], verbs: ['create'] },
  { text: 'write Secrets', group: '', resources: ['secrets'], verbs: writes },
  { text: 'read Secrets', group: '', resources: ['secrets'], verbs: reads },
  // A WebSocket is opened with GET: without the feature gate AuthorizePodWebsocketUpgradeCreatePermission, get is enough.
  { text: 'exec', group: '', resources: ['pods/exec', 'pods/attach'], verbs: ['create', 'get'] },
  { text: 'debug containers', group: '', resources: ['pods/ephemeralcontainers'], verbs: ['update', 'patch'] },
  { text: 'forward ports', group: '', resources: ['pods/portforward'], verbs: ['create', 'get'] }
]

/** Permissions on what is no resource, which the API server asks for without a namespace. */
const clusterScopedNames: Readonly<Record<string, readonly string[]>> = { '': ['users', 'groups'] }

function isClusterScoped (group: string, resource: string): boolean {
  const [name = ''] = resource.split('/')
  return [clusterScopedResources, clusterScopedNames].some(names => names[group]?.includes(name) === true)
}

const matches = (values: readonly string[], value: string): boolean => values.includes(value) || values.includes(any)

// `*` is all resources and their subresources, and `*/exec` the subresource exec of each.
function matchesResource (values: readonly string[], resource: string): boolean {
  return matches(values, resource) || (resource.includes('/') && values.includes(`${any}/${resource.split('/')[1]}`))
}

function isGranted (rules: readonly RoleRule[], { group, resources, verbs }: Ability, scope: Scope): boolean {
  const bound = resources.filter(resource => scope === 'cluster' || !isClusterScoped(group, resource))
  return rules.some(rule => matches(rule.apiGroups, group) && verbs.some(verb => matches(rule.verbs, verb)) &&
    bound.some(resource => matchesResource(rule.resources, resource)))
}

/** What rules permit in namespaces, in a few words: `write workloads; write Secrets; exec`. */
export function permitsOf (rules: readonly RoleRule[], scope: Scope): string {
  const reaching = rules.filter(rule => reaches(rule, scope))
  if (reaching.length === 0) return 'nothing in namespaces'
  if (reaching.some(isEverything)) return 'everything'
  // With resourceNames: some objects only, which the rule itself says best.
  const general = reaching.filter(({ resourceNames }) => resourceNames === undefined)
  const words = abilities.filter(ability => isGranted(general, ability, scope)).map(({ text }) => text)
  const listed = workloads.filter(ability => isGranted(general, ability, scope)).map(({ text }) => text)
  const without = words.includes('write Secrets') ? words.filter(text => text !== 'read Secrets') : words
  const all = [...listed.length === 0 ? readsOf(general) : [`write ${listed.join(', ')}`], ...without]
  return all.length > 0 ? all.join('; ') : someRules(reaching)
}

function isEverything ({ apiGroups, resources, verbs, resourceNames }: RoleRule): boolean {
  return resourceNames === undefined && [apiGroups, resources, verbs].every(values => values.includes(any))
}

function readsOf (rules: readonly RoleRule[]): string[] {
  return isGranted(rules, { text: '', group: '', resources: ['pods'], verbs: reads }, 'namespace') ? ['read workloads'] : []
}

function someRules ([first, ...others]: readonly RoleRule[]): string {
  if (first === undefined) return ''
  return `${formatRule(first)}${others.length === 0 ? '' : ` and ${others.length} more`}`
}

/** True where one of the rules permits something in namespaces, directly or by an ability of the cluster. */
export function reachesNamespaces (rules: readonly RoleRule[], scope: Scope): boolean {
  return rules.some(rule => reaches(rule, scope))
}

/** False for rules on addresses that are no resources, and on cluster-scoped resources that decide about no namespace. */
function reaches (rule: RoleRule, scope: Scope): boolean {
  const { apiGroups, resources, verbs } = rule
  if (verbs.length === 0) return false
  return apiGroups.some(group => resources.some(resource => !isClusterScoped(group, resource))) ||
    abilities.some(ability => isGranted([rule], ability, scope))
}
