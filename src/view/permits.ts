import { clusterScopedResources } from '../api/cluster-scoped-resources.ts'
import { group as ownGroup } from '../api/group.ts'
import type { RoleRule } from '../api/role-rule.ts'
import { formatRule } from '../kubernetes/role-rules.ts'

const any = '*'
const writes = ['create', 'update', 'patch', 'delete', 'deletecollection']
const reads = ['get', 'list', 'watch']

const rbacGroup = 'rbac.authorization.k8s.io'
const rbacResources = ['rolebindings', 'clusterrolebindings', 'roles', 'clusterroles']

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

/** In the order of what they are worth to an attacker. */
const abilities: Ability[] = [
  { text: 'make any user an admin of any Tenant', group: ownGroup, resources: ['tenants', 'tenantclasses'], verbs: writes },
  { text: 'impersonate users', group: '', resources: ['users', 'groups'], verbs: ['impersonate'] },
  { text: 'impersonate ServiceAccounts', group: '', resources: ['serviceaccounts'], verbs: ['impersonate'] },
  { text: 'grant access', group: rbacGroup, resources: rbacResources, verbs: [...writes, 'bind', 'escalate'] },
  { text: 'create tokens', group: '', resources: ['serviceaccounts/token'], verbs: ['create'] },
  { text: 'write Secrets', group: '', resources: ['secrets'], verbs: writes },
  { text: 'read Secrets', group: '', resources: ['secrets'], verbs: reads },
  // A WebSocket is opened with GET: without the feature gate AuthorizePodWebsocketUpgradeCreatePermission, get is enough.
  { text: 'exec', group: '', resources: ['pods/exec', 'pods/attach'], verbs: ['create', 'get'] }
]

const matches = (values: readonly string[], value: string): boolean => values.includes(value) || values.includes(any)
const isGranted = (rules: readonly RoleRule[], { group, resources, verbs }: Ability): boolean => rules.some(rule =>
  matches(rule.apiGroups, group) && resources.some(resource => matches(rule.resources, resource)) &&
  verbs.some(verb => matches(rule.verbs, verb)))

/** What rules permit in a namespace, in a few words: `write workloads, write Secrets, exec`. */
export function permitsOf (rules: readonly RoleRule[]): string {
  const reaching = rules.filter(reachesNamespace)
  if (reaching.length === 0) return 'nothing in namespaces'
  if (reaching.some(isEverything)) return 'everything'
  // With resourceNames: some objects only, which the rule itself says best.
  const general = reaching.filter(({ resourceNames }) => resourceNames === undefined)
  const words = abilities.filter(ability => isGranted(general, ability)).map(({ text }) => text)
  const listed = workloads.filter(ability => isGranted(general, ability)).map(({ text }) => text)
  const without = words.includes('write Secrets') ? words.filter(text => text !== 'read Secrets') : words
  const all = [...listed.length === 0 ? readsOf(general) : [`write ${listed.join(', ')}`], ...without]
  return all.length > 0 ? all.join('; ') : someRules(reaching)
}

function isEverything ({ apiGroups, resources, verbs, resourceNames }: RoleRule): boolean {
  return resourceNames === undefined && [apiGroups, resources, verbs].every(values => values.includes(any))
}

function readsOf (rules: readonly RoleRule[]): string[] {
  return isGranted(rules, { text: '', group: '', resources: ['pods'], verbs: reads }) ? ['read workloads'] : []
}

function someRules ([first, ...others]: readonly RoleRule[]): string {
  if (first === undefined) return ''
  return `${formatRule(first)}${others.length === 0 ? '' : ` and ${others.length} more`}`
}

/**
 * False for rules on cluster-scoped resources only, and on addresses that are no resources. Those on Tenants count: they decide about
 * the access to namespaces.
 */
export function reachesNamespace ({ apiGroups, resources, verbs }: RoleRule): boolean {
  if (verbs.length === 0) return false
  return apiGroups.some(group => resources.some(resource => {
    const [name = ''] = resource.split('/')
    if (group === ownGroup && ['tenants', 'tenantclasses'].includes(name)) return writes.some(verb => matches(verbs, verb))
    return clusterScopedResources[group]?.includes(name) !== true
  }))
}
