import type { Permission } from '../kubernetes/api-request.ts'
import type { Context, Presence, Target } from './context.ts'

/** What the Role of every Tenant grants. Elsewhere, any of what Roles usually grant. */
function controlsOf ({ name, tenant }: Target): Permission[] {
  const namespace: Permission = { group: '', resource: 'namespaces', verb: 'get', name, namespace: name }
  if (tenant !== undefined) return [namespace]
  const usual = ['pods', 'configmaps', 'services', 'secrets', 'events', 'persistentvolumeclaims', 'serviceaccounts'].flatMap(resource =>
    ['get', 'list', 'create'].map(verb => ({ group: '', resource, verb, namespace: name })))
  const others =
    [['apps', 'deployments'], ['batch', 'jobs'], ['networking.k8s.io', 'networkpolicies'], ['rbac.authorization.k8s.io', 'rolebindings']]
  return [namespace, ...usual, ...others.flatMap(([group = '', resource = '']) =>
    ['get', 'create'].map(verb => ({ group, resource, verb, namespace: name })))]
}

/** Finds the members that the API server knows in the namespace: the control of all denials. */
export async function findPresence ({ target, api }: Pick<Context, 'target' | 'api'>): Promise<Presence> {
  const controls = controlsOf(target)
  const found = await Promise.all(target.members.map(async member => {
    for (const permission of controls) {
      if (await api.isAllowed(member.identity, permission)) return true
    }
    return false
  }))
  return { present: target.members.filter((_, index) => found[index]), absent: target.members.filter((_, index) => found[index] !== true) }
}
