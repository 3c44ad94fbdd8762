import { clusterScopedResources } from '../../api/cluster-scoped-resources.ts'
import type { RoleRule } from '../../api/role-rule.ts'
import { fieldsAt, listAt, textAt, type Fields } from '../../kubernetes/json.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'
import { readRules } from '../../kubernetes/role-rules.ts'
import type { Context } from '../context.ts'
import type { Member } from '../members.ts'
import { resources } from '../../kubernetes/resources.ts'

/** A rule that a binding gives a member: in one namespace, or by a ClusterRoleBinding in all of the cluster. */
export interface BoundRule { rule: RoleRule, namespace?: string }

/** What bindings give the members, as read from the cluster. Access reviews confirm it. */
export interface BoundRules {
  rulesOf (member: Member): readonly BoundRule[]
  /** True for kinds without a namespace, subresources included. */
  isClusterScoped (group: string, resource: string): boolean
}

/** Lists the rules of all roles that bindings of the cluster give the members of a namespace. */
export async function readBoundRules ({ api, target: { members } }: Pick<Context, 'api' | 'target'>): Promise<BoundRules> {
  const [bindings, clusterBindings, roles, clusterRoles] = await Promise.all([
    api.list(resources.roleBindings), api.list(resources.clusterRoleBindings), api.list(resources.roles), api.list(resources.clusterRoles)
  ])
  const byName = new Map([
    ...roles.map(role => [keyOf('Role', role.metadata), role] as const),
    ...clusterRoles.map(role => [keyOf('ClusterRole', role.metadata), role] as const)
  ])
  const all = [...bindings, ...clusterBindings]
  const rules = new Map(members.map(member =>
    [member, all.filter(binding => isBoundBy(binding, member)).flatMap(binding => rulesOf(binding, byName))]))
  const groups = new Set([...rules.values()].flat().flatMap(({ rule }) => rule.apiGroups))
  const discovered = new Map(await Promise.all([...groups].map(async group => [group, await api.clusterScoped(group)] as const)))
  return {
    rulesOf: member => rules.get(member) ?? [],
    isClusterScoped (group, resource) {
      const [name = ''] = resource.split('/')
      return (group === '' && name === 'namespaces') || [clusterScopedResources[group], discovered.get(group)]
        .some(names => names?.includes(name) === true)
    }
  }
}

/** True where a binding names the user, one of its groups or the ServiceAccount that it is. */
export function isBoundBy (binding: ObservedObject, { identity: { user, groups } }: Member): boolean {
  return listAt({ ...binding }, 'subjects').some(subject => {
    const name = textAt(subject, 'name')
    if (subject['kind'] === 'Group') return groups.includes(name)
    return userOf(subject, name, binding.metadata.namespace) === user
  })
}

/** Without a namespace of its own, a ServiceAccount is of the namespace of the RoleBinding. */
function userOf (subject: Fields, name: string, namespace = ''): string | undefined {
  if (subject['kind'] === 'User') return name
  return subject['kind'] === 'ServiceAccount' ? `system:serviceaccount:${textAt(subject, 'namespace') || namespace}:${name}` : undefined
}

function rulesOf (binding: ObservedObject, roles: ReadonlyMap<string, ObservedObject>): BoundRule[] {
  const { namespace } = binding.metadata
  const within = namespace === undefined ? {} : { namespace }
  const ref = fieldsAt(binding, 'roleRef')
  const [kind, name] = [textAt(ref, 'kind'), textAt(ref, 'name')]
  const role = roles.get(keyOf(kind, { name, ...(kind === 'Role' && within) }))
  return readRules(role?.['rules']).map(rule => ({ rule, ...within }))
}

const keyOf = (kind: string, { namespace = '', name }: { namespace?: string, name: string }): string =>
  JSON.stringify([kind, namespace, name])
